import { stormAtGate } from '../../bench/gate-storm';
import { installed } from '../../bench/real-proxy';
import { seededRandom } from '../../src/kernel/random';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const nginx = installed('nginx');
/** As many as make chance small beside the 15 % within which the simulator is to be. */
const VISITORS = 500;

(nginx ? describe : describe.skip)(`a storm at nginx and the agent (SEED=${seed})`, () => {
  for (const obeys of [true, false]) {
    it(`lets nobody in outside the windows but by the quota, and refuses nobody inside, as the simulator says, with people who ${obeys ? 'come back when they are told to' : 'reload'}`, async () => {
      const storm = await stormAtGate(nginx!, seededRandom(seed), VISITORS, obeys);
      expect({ seed, ...storm }).toMatchObject({ seed, refusedInside: 0 });
      expect(storm.mostOutsideInCell).toBeLessThanOrEqual(storm.walkInPerCell);
      expect(storm.admittedOutside).toBeGreaterThan(0);
      for (const figure of ['attempts', 'refused', 'meanWaitSeconds'] as const) {
        const deviation = storm.simulated[figure] / storm.measured[figure] - 1;
        expect({ seed, figure, ...storm, isNear: Math.abs(deviation) <= 0.15 }).toMatchObject({ isNear: true });
      }
      if (!obeys) return;
      expect({ seed, neverAdmitted: storm.neverAdmitted, admitted: storm.admitted }).toEqual({ seed, neverAdmitted: 0, admitted: VISITORS }); // prettier-ignore
      expect((storm.attempts - storm.gateDown) / storm.visitors).toBeLessThanOrEqual(2);
    });
  }
});
