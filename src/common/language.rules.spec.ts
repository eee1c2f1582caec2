import { DateTime } from 'luxon';
import { localeOf, withFirstOfMonth } from './language.rules';

describe('the first of a month', () => {
  const firsts = Array.from({ length: 12 }, (_, month) => DateTime.utc(2027, month + 1, 1, 1, 0));

  it('is a first one in French, in every month, long or short', () => {
    for (const first of firsts) {
      for (const format of ['cccc d LLLL', 'ccc d LLL', "d MMMM yyyy 'à' H 'h' mm"]) {
        const text = withFirstOfMonth(first.setLocale(localeOf('fr')).toFormat(format), 'fr');
        expect(text).toMatch(/(^|\D)1er \p{L}/u);
        expect(text.match(/1er/g)).toHaveLength(1);
      }
    }
  });

  it('leaves other days, hours and English as they are', () => {
    for (const text of ['lundi 11 janvier', 'lundi 2 mars à 1 h 00', 'samedi 31 mai 2021']) {
      expect(withFirstOfMonth(text, 'fr')).toBe(text);
    }
    expect(withFirstOfMonth('1 March 2027', 'en')).toBe('1 March 2027');
  });
});
