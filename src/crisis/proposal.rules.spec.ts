import { usualLadder } from '../protection/ladder.rules';
import { capacityNotice } from './capacity-notice.rules';
import { type ActiveRung, loadPerMille, type MeasuredMinute, rungProposal } from './proposal.rules';

const NOW = new Date('2026-12-07T07:30:30Z');
const LADDER = usualLadder(['video']);

/** Minutes up to now, the last one the present, of a platform for 1,000 sessions. */
const measured = (sessions: readonly number[], more: Partial<MeasuredMinute> = {}): MeasuredMinute[] =>
  sessions.map((count, k) => ({
    at: new Date(Date.parse('2026-12-07T07:30:00Z') - (sessions.length - 1 - k) * 60_000),
    sessions: count,
    loginsPerMinute: null,
    latencyMilliseconds: null,
    errorsPerMille: 0,
    sessionLimit: 1000,
    loginLimit: 100,
    ...more,
  }));
const active = (code: string, minutesAgo = 30): ActiveRung => ({ code, stepId: 7, since: new Date(NOW.getTime() - minutesAgo * 60_000) }); // prettier-ignore
const proposed = (sessions: readonly number[], its: readonly ActiveRung[] = [], more: Partial<MeasuredMinute> = {}) => {
  const { action, rung } = rungProposal(LADDER, its, measured(sessions, more), NOW);
  return rung === null ? action : `${action} ${rung}`;
};

describe('the rung that is proposed', () => {
  it('is the mildest that is not in force, once its load has lasted three minutes', () => {
    expect(LADDER.map(({ code }) => code)).toEqual(['idle', 'walk-in', 'features', 'relatives', 'live-only']);
    expect(proposed([790, 820, 830])).toBe('keep');
    expect(proposed([820, 830])).toBe('keep');
    expect(proposed([820, 830, 810])).toBe('climb idle');
    expect(proposed([990, 990, 990])).toBe('climb idle');
    expect(proposed([820, 830, 810], [active('idle', 1)])).toBe('keep');
    expect(proposed([860, 870, 880], [active('idle', 1)])).toBe('climb walk-in');
  });

  it('needs three measured minutes that lie together: what lies far apart says nothing of the time between', () => {
    const apart = (ago: readonly number[]) =>
      rungProposal(LADDER, [], ago.map((minutes) => ({ ...measured([900])[0]!, at: new Date(NOW.getTime() - 30_000 - minutes * 60_000) })), NOW).action; // prettier-ignore
    expect(apart([25, 12, 0])).toBe('keep');
    expect(apart([6, 2, 0])).toBe('keep');
    expect(apart([4, 2, 0])).toBe('climb');
  });

  it('is left from the strictest on, after ten calm minutes and its own ten', () => {
    const both = [active('idle'), active('walk-in')];
    expect(proposed(Array<number>(10).fill(640), both)).toBe('leave walk-in');
    expect(proposed(Array<number>(10).fill(640), [active('idle')])).toBe('leave idle');
    expect(proposed(Array<number>(9).fill(640), both)).toBe('keep');
    expect(proposed([...Array<number>(9).fill(640), 700], both)).toBe('keep');
    expect(proposed(Array<number>(10).fill(640), [active('idle'), active('walk-in', 5)])).toBe('keep');
  });

  it('never chases itself: between the two loads nothing changes', () => {
    for (let load = 700; load < 800; load += 10) {
      expect(proposed(Array<number>(12).fill(load), [active('idle')])).toBe('keep');
      expect(proposed(Array<number>(12).fill(load))).toBe('keep');
    }
  });

  it('takes the fuller of sessions and log-ins, and failing requests for a full platform', () => {
    expect(proposed([100, 100, 100], [], { loginsPerMinute: 95 })).toBe('climb idle');
    expect(proposed([100, 100, 100], [], { errorsPerMille: 60 })).toBe('climb idle');
    expect(loadPerMille(measured([100], { errorsPerMille: 60 })[0]!)).toBe(1000);
  });

  it('is unknown where nothing was measured lately, and says so in both languages', () => {
    const old = measured([990, 990, 990]).map((minute) => ({ ...minute, at: new Date(minute.at.getTime() - 600_000) }));
    const { action, reason } = rungProposal(LADDER, [], old, NOW);
    expect([action, reason.fr.length > 10, reason.en.length > 10]).toEqual(['unknown', true, true]);
  });
});

describe('the declared capacity', () => {
  it('looks too high where requests fail, or answers come three times as slowly, well below it', () => {
    expect(capacityNotice(measured(Array<number>(5).fill(600), { errorsPerMille: 80 }))).toMatchObject({ kind: 'too_high', observedSessions: 600, sessionsPerMille: 600 }); // prettier-ignore
    const quiet = measured(Array<number>(5).fill(300), { latencyMilliseconds: 200 });
    const slow = measured(Array<number>(5).fill(700), { latencyMilliseconds: 650 });
    expect(capacityNotice([...quiet, ...slow])).toMatchObject({ kind: 'too_high', observedSessions: 700 });
    expect(capacityNotice([...quiet, ...measured(Array<number>(5).fill(700), { latencyMilliseconds: 500 })])).toBeUndefined(); // prettier-ignore
    expect(capacityNotice(measured(Array<number>(4).fill(600), { errorsPerMille: 80 }))).toBeUndefined();
    expect(capacityNotice(measured(Array<number>(9).fill(990), { errorsPerMille: 80 }))).toBeUndefined();
  });

  it('is told in counts as readers write them', () => {
    const { reason } = capacityNotice(measured(Array<number>(5).fill(89_340), { errorsPerMille: 80, sessionLimit: 120_000 }))!; // prettier-ignore
    expect(reason.fr).toContain('vers 89\u202f340 sessions, alors que 120\u202f000 sont');
    expect(reason.en).toContain('at some 89,340 sessions although 120,000 are');
  });

  it('looks too low where clearly more was held without errors', () => {
    expect(capacityNotice(measured([1100, 1150, 1200, 1180, 1120]))).toMatchObject({ kind: 'too_low', concurrentSessions: 1200 }); // prettier-ignore
    expect(capacityNotice(measured(Array<number>(9).fill(1040)))).toBeUndefined();
    expect(capacityNotice(measured(Array<number>(9).fill(1200), { errorsPerMille: null }))).toBeUndefined();
  });
});
