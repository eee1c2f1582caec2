import type { PostMortemFacts } from './post-mortem';
import { assumptionsOf, causesAsReplayed, causesOf, causesWith } from './post-mortem.rules';

/** A day of 1,000 visitors who made 3,000 attempts. */
const factsOf = (more: Partial<PostMortemFacts> = {}): PostMortemFacts => ({
  timeZone: 'Europe/Paris',
  firstCell: 0,
  timeline: [],
  curves: {
    sessionLimit: [],
    loginLimit: [],
    plannedSessions: [],
    plannedLogins: [],
    measuredSessions: [],
    measuredLogins: [],
    attempts: [],
    admitted: [],
    deferred: [],
    refused: [],
  },
  totals: { expected: 1000, admitted: 1000, admittedInWindow: 900, deferred: 2000, refused: 0, attempts: 3000 },
  territories: [],
  kinds: [],
  profiles: [],
  assumedAdherencePerMille: null,
  overPlannedCellCount: 0,
  capacityCutCount: 0,
  failingBelowCapacityMinutes: 0,
  measuredMinutes: 0,
  ...more,
});
const cameAgain = (...its: Parameters<typeof causesOf>) => causesOf(...its).find(({ code }) => code === 'came_again');
/** The same day replayed: one attempt each, and pages that ask twice. */
const asked = { attemptCount: 1000, pollCount: 2000, admittedCount: 1000, peakSessions: 400 };

describe('the bubble of a post-mortem', () => {
  it('is what people came again without a waiting room, whatever a replay says', () => {
    const replayed = { ...asked, attemptCount: 3000, pollCount: 0 };
    for (const its of [undefined, replayed])
      expect(cameAgain(factsOf(), its)).toMatchObject({ verdict: 'contributed', figure: 3 });
  });

  it('is open where a room’s pages ask, until the replay says how often', () => {
    expect(cameAgain(factsOf({ hasWaitingRoom: true }))).toMatchObject({ verdict: 'open', figure: 3 });
  });

  it('does not blame pages that asked as they were told', () => {
    expect(cameAgain(factsOf({ hasWaitingRoom: true }), asked)).toMatchObject({ verdict: 'ruled_out', figure: 3 });
  });

  it('is found in a room too: people who come again in the replay, or beyond it, excuse nobody', () => {
    const coming = { ...asked, attemptCount: 2500, pollCount: 500 };
    expect(cameAgain(factsOf({ hasWaitingRoom: true }), coming)).toMatchObject({ verdict: 'contributed' });
    const seldom = { ...asked, pollCount: 100 };
    expect(cameAgain(factsOf({ hasWaitingRoom: true }), seldom)).toMatchObject({ verdict: 'contributed' });
  });

  it('is compared with a replay that counts as the gates do', () => {
    const [amplification] = assumptionsOf(factsOf({ hasWaitingRoom: true }), asked).filter(
      ({ name }) => name === 'amplification',
    );
    expect(amplification).toEqual({ name: 'amplification', assumed: 3, observed: 3, deviationRatio: 0 });
  });
});

describe('what people say of causes', () => {
  const causes = causesOf(factsOf({ hasWaitingRoom: true }));
  const cut = { code: 'capacity_cut', verdict: 'contributed', comment: 'Un serveur de moins.' } as const;

  it('leaves the figures, and the causes that nobody named', () => {
    const its = causesWith(causes, [cut]);
    expect(its.find(({ code }) => code === 'capacity_cut')).toEqual({ ...cut, figure: 0 });
    expect(its.filter(({ code }) => code !== 'capacity_cut')).toEqual(
      causes.filter(({ code }) => code !== 'capacity_cut'),
    );
    expect(causesWith(causes, [])).toEqual(causes);
  });

  it('is another cause where it has a comment, until that is taken away', () => {
    const other = { code: 'other', verdict: 'contributed', comment: 'Panne d’un annuaire.' } as const;
    const its = causesWith(causes, [other]);
    expect(its.at(-1)).toEqual({ ...other, figure: null });
    expect(causesWith(its, [{ ...other, comment: ' ' }])).toEqual(causes);
  });

  it('stands over the replay, which speaks of the others', () => {
    const facts = factsOf({ hasWaitingRoom: true });
    const of = (words: Parameters<typeof causesWith>[1]) => {
      const its = causesAsReplayed(causesWith(causes, words), facts, asked);
      return its.find(({ code }) => code === 'came_again')!.verdict;
    };
    expect(of([cut])).toBe('ruled_out');
    expect(of([{ code: 'came_again', verdict: 'contributed', comment: '' }])).toBe('contributed');
    expect(of([{ code: 'came_again', verdict: 'open', comment: 'À revoir.' }])).toBe('open');
  });
});

describe('what no gateway counted', () => {
  const silent = factsOf({
    totals: { expected: 1000, admitted: 0, admittedInWindow: 0, deferred: 0, refused: 0, attempts: 0 },
  });

  it('leaves open whether more came than planned', () => {
    const came = causesOf(silent).find(({ code }) => code === 'more_came_than_planned');
    expect(came).toMatchObject({ verdict: 'open', figure: null });
  });

  it('is no participation of nobody', () => {
    expect(assumptionsOf(silent, undefined)).toEqual([]);
    expect(assumptionsOf(factsOf(), undefined)).toMatchObject([{ name: 'participation', observed: 1000 }]);
  });
});
