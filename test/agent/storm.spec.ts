import { stormAtGate } from '../../bench/gate-storm';
import { installed } from '../../bench/real-proxy';
import { seededRandom } from '../../src/kernel/random';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const nginx = installed('nginx');

(nginx ? describe : describe.skip)(`a storm at nginx and the agent (SEED=${seed})`, () => {
  for (const obeys of [true, false]) {
    it(`lets nobody in outside the windows but by the quota, and refuses nobody inside, with people who ${obeys ? 'come back when they are told to' : 'reload'}`, async () => {
      const storm = await stormAtGate(nginx!, seededRandom(seed), 80, obeys);
      expect({ seed, ...storm }).toMatchObject({ seed, refusedInside: 0 });
      expect(storm.mostOutsideInCell).toBeLessThanOrEqual(storm.walkInPerCell);
      expect(storm.admittedOutside).toBeGreaterThan(0);
      if (!obeys) return;
      expect({ seed, neverAdmitted: storm.neverAdmitted, admitted: storm.admitted }).toEqual({ seed, neverAdmitted: 0, admitted: 80 }); // prettier-ignore
      expect((storm.attempts - storm.gateDown) / storm.visitors).toBeLessThanOrEqual(2);
    });
  }
});
