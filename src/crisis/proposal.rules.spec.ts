import { usualLadder } from '../protection/ladder.rules';
import { capacityNotice, isAnswered } from './capacity-notice.rules';
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
const active = (code: string, minutesAgo = 30): ActiveRung => ({
  code,
  stepId: 7,
  since: new Date(NOW.getTime() - minutesAgo * 60_000),
});
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
      rungProposal(
        LADDER,
        [],
        ago.map((minutes) => ({ ...measured([900])[0]!, at: new Date(NOW.getTime() - 30_000 - minutes * 60_000) })),
        NOW,
      ).action;
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
  const five = (sessions: number, loginsPerMinute: number | null, more: Partial<MeasuredMinute> = {}) =>
    measured(Array<number>(5).fill(sessions), { loginsPerMinute, ...more });
  const failing = { errorsPerMille: 80 };

  it('looks too high where requests fail, or answers come three times as slowly, well below it', () => {
    expect(capacityNotice(five(600, 20, failing))).toMatchObject({
      kind: 'too_high',
      about: 'sessions',
      observedSessions: 600,
      sessionsPerMille: 600,
      loginsPerMille: null,
    });
    const quiet = five(300, 10, { latencyMilliseconds: 200 });
    expect(capacityNotice([...quiet, ...five(700, 20, { latencyMilliseconds: 650 })])).toMatchObject({
      kind: 'too_high',
      observedSessions: 700,
    });
    expect(capacityNotice([...quiet, ...five(700, 20, { latencyMilliseconds: 500 })])).toBeUndefined();
    expect(capacityNotice(five(600, 20, failing).slice(1))).toBeUndefined();
    expect(capacityNotice([...five(990, 20, failing), ...five(990, 20, failing)])).toBeUndefined();
  });

  it('is not to blame for a storm of log-ins, nor where nobody measured them', () => {
    expect(capacityNotice(five(200, 300, { errorsPerMille: 100 }))).toBeUndefined();
    expect(capacityNotice(five(600, 95, failing))).toBeUndefined();
    expect(capacityNotice(five(600, null, failing))).toBeUndefined();
    // slow answers of a storm are none of quiet minutes
    const [quiet, storm] = [
      five(300, 10, { latencyMilliseconds: 200 }),
      five(200, 300, { latencyMilliseconds: 900, errorsPerMille: 20 }),
    ];
    const slow = five(600, 20, { latencyMilliseconds: 650 });
    expect(capacityNotice([...quiet.slice(2), ...storm, ...slow])).toMatchObject({
      kind: 'too_high',
      observedSessions: 600,
    });
  });

  it('looks too high for log-ins where they are the fuller, and for both where they stand alike', () => {
    const logins = capacityNotice(five(200, 70, failing))!;
    expect(logins).toMatchObject({
      kind: 'too_high',
      about: 'logins',
      observedLogins: 70,
      declaredLogins: 100,
      sessionsPerMille: null,
      loginsPerMille: 700,
    });
    expect([logins.reason.fr, logins.reason.en]).toEqual([
      expect.stringContaining('70 connexions par minute, alors que 100 sont'),
      expect.stringContaining('log-ins alone'),
    ]);
    expect(capacityNotice(five(600, 58, failing))).toMatchObject({
      about: 'sessions',
      sessionsPerMille: 600,
      loginsPerMille: 600,
    });
  });

  it('says nothing of hardly anybody', () => {
    expect(capacityNotice(five(2, 1, { errorsPerMille: 500 }))).toBeUndefined();
    expect(capacityNotice(five(49, 20, failing))).toBeUndefined();
    expect(capacityNotice(five(499, 2, { ...failing, sessionLimit: 10_000 }))).toBeUndefined();
    expect(capacityNotice(five(500, 2, { ...failing, sessionLimit: 10_000 }))).toMatchObject({ sessionsPerMille: 50 });
  });

  it('is told in counts as readers write them', () => {
    const { reason } = capacityNotice(five(89_340, 20, { ...failing, sessionLimit: 120_000 }))!;
    expect(reason.fr).toContain('vers 89\u202f340 sessions, alors que 120\u202f000 sont');
    expect(reason.en).toContain('at some 89,340 sessions although 120,000 are');
  });

  it('looks too low where clearly more was held without errors, of sessions, of log-ins or of both', () => {
    expect(capacityNotice(measured([1100, 1150, 1200, 1180, 1120]))).toMatchObject({
      kind: 'too_low',
      about: 'sessions',
      concurrentSessions: 1200,
      loginsPerMinute: null,
    });
    expect(capacityNotice(measured(Array<number>(9).fill(1040)))).toBeUndefined();
    expect(capacityNotice(measured(Array<number>(9).fill(1200), { errorsPerMille: null }))).toBeUndefined();
    expect(capacityNotice(five(400, 130))).toMatchObject({
      kind: 'too_low',
      about: 'logins',
      observedSessions: 400,
      concurrentSessions: null,
      loginsPerMinute: 130,
    });
    expect(capacityNotice(five(400, 104))).toBeUndefined();
    expect(capacityNotice(five(400, 130, failing))).toBeUndefined();
    expect(capacityNotice(five(1200, 130))).toMatchObject({
      about: 'logins',
      concurrentSessions: 1200,
      loginsPerMinute: 130,
    });
  });

  it('is answered once what is declared of the same says so', () => {
    const notice = capacityNotice(five(200, 70, failing))!;
    expect(isAnswered(notice, { sessions: 200, logins: 100 })).toBe(false);
    expect(isAnswered(notice, { sessions: 1000, logins: 70 })).toBe(true);
    const more = capacityNotice(five(400, 130))!;
    expect([isAnswered(more, { sessions: 5000, logins: 100 }), isAnswered(more, { sessions: 1, logins: 130 })]).toEqual(
      [false, true],
    );
  });
});
