import { DateTime } from 'luxon';
import { randomInteger, seededRandom } from '../kernel/random';
import { civilDateOf, clockText, dayOfWords, isoOf } from './zone-clock';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

describe(`the clock of a school (SEED=${seed})`, () => {
  it('says what the time zone database says, in every zone of French schools and over changes of the clock', () => {
    const random = seededRandom(seed);
    const zones = [
      'Europe/Paris',
      'America/Guadeloupe',
      'America/Miquelon',
      'Indian/Reunion',
      'Pacific/Tahiti',
      'Pacific/Marquesas',
    ];
    const changesAt = [1_774_746_000, 1_792_890_000];
    for (let k = 0; k < 3000; k++) {
      const zone = zones[k % zones.length]!;
      const near = changesAt[k % 2]! + randomInteger(random, 20_000) - 10_000;
      const seconds = k % 3 === 0 ? near : 1_750_000_000 + randomInteger(random, 80_000_000);
      const at = DateTime.fromSeconds(seconds, { zone, locale: 'fr' });
      const said = [
        isoOf(seconds, zone),
        clockText(seconds, zone, 'fr'),
        clockText(seconds, zone, 'en'),
        civilDateOf(seconds, zone),
        dayOfWords(seconds, zone, 'fr'),
      ];
      const expected = [
        at.toISO({ suppressMilliseconds: true })!,
        at.toFormat("H'\u00a0h\u00a0'mm"),
        at.toFormat('HH:mm'),
        at.toISODate()!,
        at.toFormat(at.day === 1 ? "cccc '1er' LLLL" : 'cccc d LLLL'),
      ];
      expect(said).toEqual(expected);
    }
  });
});
