import fc from 'fast-check';
import { anyLoadParameters as anyParameters } from '../../../test/kernel/any-load-parameters';
import { profileByVisitors } from './check-curve';
import { buildProfile, type LoadParameters, LoadParametersInvalid, windowLoad } from './profile';

const anyWindowCells = fc.integer({ min: 1, max: 30 });

describe('buildProfile', () => {
  it('agrees with the profile counted visitor by visitor', () => {
    fc.assert(
      fc.property(anyParameters, anyWindowCells, (parameters, windowCells) => {
        expect(buildProfile(parameters, windowCells)).toEqual(profileByVisitors(parameters, windowCells));
      }),
    );
  });

  it('lets everybody arrive exactly once, before the end, and holds nobody longer than ten minutes after it', () => {
    fc.assert(
      fc.property(anyParameters, anyWindowCells, (parameters, windowCells) => {
        const { loginsPerMille, sessionsPerMille } = buildProfile(parameters, windowCells);
        expect(sessionsPerMille).toHaveLength(windowCells + 3);
        expect(loginsPerMille.reduce((sum, share) => sum + share, 0)).toBe(1000);
        expect([...loginsPerMille.subarray(windowCells + 1)]).toEqual([0, 0]);
        loginsPerMille.forEach((arriving, k) => expect(sessionsPerMille[k]).toBeGreaterThanOrEqual(arriving));
        expect(Math.max(...sessionsPerMille)).toBeLessThanOrEqual(1000);
      }),
    );
  });

  it('shows a live class: a burst that stays to the end, half of it idling after it', () => {
    const profile = buildProfile(
      {
        participationPerMille: 800,
        arrival: { shape: 'burst', perMille: [400, 400, 200] },
        stay: 'toEnd',
        logOutPerMille: 500,
        idleMinutes: 20,
      },
      4,
    );
    expect([...profile.loginsPerMille]).toEqual([400, 400, 200, 0, 0, 0, 0]);
    expect([...profile.sessionsPerMille]).toEqual([400, 800, 1000, 1000, 1000, 500, 500]);
  });

  it('folds a burst longer than the window into the last cell that one may enter', () => {
    const parameters: LoadParameters = {
      participationPerMille: 1000,
      arrival: { shape: 'burst', perMille: [100, 200, 300, 400] },
      stay: [1000],
      logOutPerMille: 1000,
      idleMinutes: 20,
    };
    expect([...buildProfile(parameters, 1).loginsPerMille]).toEqual([100, 900, 0, 0]);
  });

  const valid: LoadParameters = {
    participationPerMille: 500,
    arrival: { shape: 'spread', earlyPerMille: 100, firstPerMille: 100 },
    stay: [1000, 500],
    logOutPerMille: 300,
    idleMinutes: 20,
  };
  it.each<[string, Partial<LoadParameters>]>([
    ['a burst that does not sum to 1000', { arrival: { shape: 'burst', perMille: [400, 500] } }],
    ['a head start above 1000', { arrival: { shape: 'spread', earlyPerMille: 600, firstPerMille: 600 } }],
    ['a survival table that rises', { stay: [1000, 300, 400] }],
    ['a survival table that does not start with everybody', { stay: [900] }],
    ['a negative share', { logOutPerMille: -1 }],
    ['a share that is not whole', { participationPerMille: 0.5 }],
    ['negative idle minutes', { idleMinutes: -5 }],
    ['idle minutes that are no number', { idleMinutes: Number.NaN }],
  ])('refuses %s', (_, broken) => {
    expect(() => buildProfile({ ...valid, ...broken }, 6)).toThrow(LoadParametersInvalid);
  });

  it('refuses a window without length', () => {
    expect(() => buildProfile(valid, 0)).toThrow('whole number of cells');
  });
});

describe('windowLoad', () => {
  it('rounds up to whole thousandths', () => {
    expect(windowLoad(25 * 500, 333)).toBe(4163);
    expect(windowLoad(25 * 500, 0)).toBe(0);
    expect(windowLoad(1, 1)).toBe(1);
  });
});
