import { stormAtGate } from '../../bench/gate-storm';
import { stormAtRoom } from '../../bench/room-storm';
import { installed } from '../../bench/real-proxy';
import { seededRandom } from '../../src/kernel/random';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const nginx = installed('nginx');
const redisServer = installed('redis-server') ?? installed('valkey-server');
/** As many as make chance small beside the 15 % within which the simulator is to be. */
const VISITORS = 500;
const WAITING_VISITORS = 240;

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
      expect({ seed, neverAdmitted: storm.neverAdmitted, admitted: storm.admitted }).toEqual({
        seed,
        neverAdmitted: 0,
        admitted: VISITORS,
      });
      expect((storm.attempts - storm.gateDown) / storm.visitors).toBeLessThanOrEqual(2);
    });
  }
});

(nginx && redisServer ? describe : describe.skip)(`a storm at nginx, two agents and Redis (SEED=${seed})`, () => {
  it.each([
    ['called as the plan leaves room', 0, 0, 0],
    ['and half of them let in by the walk-in quotas', 1, 350, 650],
  ])(
    'of five times what the plan leaves waits in line through a protection step, %s, nobody is let in beyond it or twice, and the simulator tells waits and refusals',
    async (_, walkInPerAgent, leastPerMille, mostPerMille) => {
      const storm = await stormAtRoom(nginx!, redisServer!, seededRandom(seed), WAITING_VISITORS, walkInPerAgent);
      expect({ seed, ...storm }).toMatchObject({
        seed,
        admitted: WAITING_VISITORS,
        seenByEnt: WAITING_VISITORS,
        relativesDuringStep: 0,
      });
      expect(storm.mostCalledInCell).toBeLessThanOrEqual(storm.leftPerCell);
      const outsideCount = storm.admitted - storm.admittedByPlan;
      expect(outsideCount).toBeGreaterThan(storm.leftPerCell);
      // each of them took a place of a quota or was called, by what the agents say themselves
      expect({ seed, outsideCount: storm.walkedIn + storm.called }).toEqual({ seed, outsideCount });
      const walkInPerMille = Math.round((1000 * storm.walkedIn) / outsideCount);
      const isAsSaid = leastPerMille <= walkInPerMille && walkInPerMille <= mostPerMille;
      expect({ seed, walkInPerMille, isAsSaid }).toMatchObject({ isAsSaid: true });
      for (const figure of ['attempts', 'refused', 'meanWaitSeconds'] as const) {
        const deviation = storm.simulated[figure] / storm.measured[figure] - 1;
        expect({ seed, figure, ...storm, isNear: Math.abs(deviation) <= 0.15 }).toMatchObject({ isNear: true });
      }
    },
  );
});
