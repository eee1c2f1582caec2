import { type CountedAdherence, replayAdherencesOf, simulatedAdherencesOf } from './replay-adherence.rules';

const row = (its: Partial<CountedAdherence>): CountedAdherence => ({
  profile: 'pupil',
  kind: 'college',
  establishmentCount: 10,
  admitted: 1000,
  admittedInWindow: 700,
  expected: 1200,
  expectedInWindow: 1080,
  ...its,
});

describe('the adherence of a replay', () => {
  it('is what was counted of a kind, else of all of the profile, else what the load models believe', () => {
    const replayed = replayAdherencesOf([
      row({}),
      row({ kind: 'lycee_gt', admitted: 150, admittedInWindow: 35 }),
      row({ kind: 'lycee_pro', establishmentCount: 4, admitted: 250, admittedInWindow: 245 }),
      row({ profile: 'relative', admitted: 199, admittedInWindow: 0 }),
      row({
        profile: 'relative',
        kind: 'lycee_gt',
        establishmentCount: 0,
        admitted: 0,
        admittedInWindow: 0,
        expectedInWindow: 900,
      }),
    ]);
    expect(
      replayed.map(({ kind, adherencePerMille, basis, countedVisitorCount }) => [
        kind,
        adherencePerMille,
        basis,
        countedVisitorCount,
      ]),
    ).toEqual([
      ['college', 700, 'kind', 1000],
      // (700 + 35 + 245) of 1400
      ['lycee_gt', 700, 'profile', 1400],
      ['lycee_pro', 700, 'profile', 1400],
      ['college', 900, 'assumed', 0],
      ['lycee_gt', 750, 'assumed', 0],
    ]);
    expect(simulatedAdherencesOf(replayed)).toEqual([
      { profile: 'pupil', establishmentKind: 'college', adherencePerMille: 700 },
      { profile: 'pupil', establishmentKind: null, adherencePerMille: 700 },
    ]);
  });
});
