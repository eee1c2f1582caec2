import { at, cell, gateContent } from '../../../test/agent/gate-content';
import type { BundleContent, NamedRule } from './bundle-content';
import { shutOutBy } from './day-admission';
import { BundleInvalid, gatePlanOf } from './gate-plan';
import { rulesOf } from './rules';

const RULE: NamedRule = {
  id: 1,
  startsAt: at(0),
  endsAt: at(24),
  scope: { departments: [], profiles: [], kinds: [], levels: 0 },
  relativesWaitUntil: null,
  isLiveOnly: true,
  walkInPerMille: 1000,
  idleMinutes: null,
  featuresOff: [],
};

/** Names of the classes that rules leave without an admission. */
function shutOut(rules: readonly Partial<NamedRule>[], changed: Partial<BundleContent> = {}): string[] {
  const content = gateContent(changed);
  const its = rulesOf(
    content,
    rules.map((rule) => ({ ...RULE, ...rule })),
  );
  return shutOutBy(gatePlanOf(content), its).map(({ classIndex }) => content.classes.name[classIndex]!);
}

describe('law 8: nobody is left without an admission all day', () => {
  it('names the classes that only live windows would shut out for a whole day, those whom nothing binds too', () => {
    expect(shutOut([{}])).toEqual(['6e A', '6e B', 'CP']);
  });

  it('is kept where evening hours, or a part of the own window, are left', () => {
    expect(shutOut([{ endsAt: at(20) }])).toEqual([]);
    expect(shutOut([{ endsAt: at(21) }])).toEqual([]);
    const noEvening = { catchUps: [] };
    // 6e A has its window from 9:45 to 10:30, 6e B from 10:30 to 11:15, each open five minutes before
    expect(shutOut([{ endsAt: at(10) }], noEvening)).toEqual([]);
    expect(shutOut([{ endsAt: at(11) }], noEvening)).toEqual(['6e A']);
    expect(shutOut([{ startsAt: at(10) }], noEvening)).toEqual(['6e B']);
  });

  it('looks at all rules together: two that leave something each may leave nothing', () => {
    const [morning, evening] = [{ endsAt: at(12) }, { startsAt: at(12), endsAt: at(24) }];
    expect(shutOut([morning])).toEqual([]);
    expect(shutOut([evening])).toEqual([]);
    expect(shutOut([morning, evening])).toEqual(['6e A', '6e B', 'CP']);
  });

  it('is no matter of relatives, quotas, idle minutes or features', () => {
    const others = {
      isLiveOnly: false,
      relativesWaitUntil: at(24),
      walkInPerMille: 0,
      idleMinutes: 1,
      featuresOff: ['news'],
    };
    expect(shutOut([others])).toEqual([]);
  });

  it('is kept by live windows, and by an exam', () => {
    const { windows } = gateContent();
    expect(shutOut([{}], { windows: { ...windows, activity: [1, 0, 0] } })).toEqual(['6e B', 'CP']);
    const exam = { classIndex: 1, establishmentIndex: 0, startsAt: at(8), endsAt: at(9) };
    expect(shutOut([{}], { exemptions: [exam] })).toEqual(['6e A', 'CP']);
  });

  it('counts only those whom the rules concern', () => {
    const scope = { ...RULE.scope, levels: 8 };
    expect(shutOut([{ scope }])).toEqual(['6e B']);
    expect(shutOut([{ scope: { ...RULE.scope, departments: ['62'] } }])).toEqual(['CP']);
    const kinds = { kinds: ['college'], establishments: { ...gateContent().establishments, kind: [0, 0] } };
    expect(shutOut([{ scope: { ...RULE.scope, kinds: ['college'] } }], kinds)).toEqual(['6e A', '6e B', 'CP']);
    expect(shutOut([{ scope: { ...RULE.scope, kinds: ['lycee_gt'] } }], kinds)).toEqual([]);
  });

  it('asks the youngest as their relatives, who come in the class window', () => {
    const { classes } = gateContent();
    const young = { classes: { ...classes, hasParentAccounts: [1, 0, 0] }, catchUps: [] };
    expect(shutOut([{ isLiveOnly: false, relativesWaitUntil: at(24) }], young)).toEqual([]);
    expect(shutOut([{ endsAt: at(11) }], young)).toEqual(['6e A']);
  });

  it('counts no minute as an admission: a quarter of an hour must be left, or all of an entry that is shorter', () => {
    const noEvening = { catchUps: [] };
    // entry of 6e A is open from 9:40 to 10:30
    expect(shutOut([{ startsAt: at(9, 41) }], noEvening)).toContain('6e A');
    expect(shutOut([{ startsAt: at(9, 54) }], noEvening)).toContain('6e A');
    expect(shutOut([{ startsAt: at(9, 55) }], noEvening)).not.toContain('6e A');
    // twice ten minutes are no quarter of an hour
    expect(shutOut([{ endsAt: at(9, 50) }, { startsAt: at(10) }], noEvening)).toContain('6e A');
    const { windows } = gateContent();
    const short = { ...noEvening, windows: { ...windows, cellCount: [1, 9, 12] } };
    // ten minutes in all, from 9:40 to 9:50
    expect(shutOut([{ startsAt: at(9, 50) }], short)).not.toContain('6e A');
    expect(shutOut([{ startsAt: at(9, 49) }], short)).toContain('6e A');
  });

  it('leaves the walk-in quota to who has no other way in: a step that takes it away all day is found', () => {
    const { windows } = gateContent();
    const nothing: Partial<BundleContent> = {
      catchUps: [],
      quotas: { walkInPerCell: 100, keptPerCell: 50, urgentPerCell: 20 },
      windows: {
        ...windows,
        count: [0, 1, 0, 1, 0, 0, 0],
        gap: windows.gap.slice(1),
        cellCount: [9, 12],
        activity: [0, 0],
      },
    };
    const quota = { isLiveOnly: false, walkInPerMille: 0 };
    expect(shutOut([quota], nothing)).toEqual(['6e A']);
    expect(shutOut([{ ...quota, walkInPerMille: 5 }], nothing)).toEqual(['6e A']);
    expect(shutOut([{ ...quota, walkInPerMille: 10 }], nothing)).toEqual([]);
    expect(shutOut([{ ...quota, endsAt: at(12) }], nothing)).toEqual([]);
    expect(shutOut([{}], nothing)).toContain('6e A');
    // where there is no quota on a free day either, no step takes it away
    expect(shutOut([quota], { ...nothing, quotas: { ...nothing.quotas!, walkInPerCell: 0, keptPerCell: 0 } })).toEqual(
      [],
    );
    // evening hours are a way of their own
    expect(shutOut([quota], { ...nothing, catchUps: gateContent().catchUps })).toEqual([]);
  });

  it('holds for a window of the evening too', () => {
    const { windows } = gateContent();
    const late = { ...windows, gap: [cell(23) - cell(0), windows.gap[1]!, windows.gap[2]!], cellCount: [12, 9, 12] };
    expect(shutOut([{ endsAt: at(23, 30) }], { windows: late, catchUps: [] })).toEqual(['6e B']);
  });
});

describe('rules by names', () => {
  it('become those of a bundle; what it does not know concerns nobody', () => {
    const [rule] = rulesOf(gateContent(), [
      {
        ...RULE,
        scope: { departments: ['62', '99'], profiles: ['relative'], kinds: ['college'], levels: 6 },
        featuresOff: ['video', 'gone'],
      },
    ]);
    expect(rule!.scope).toEqual({ departments: [-1, 1], profiles: [-1, 1], kinds: [-1], levels: 6 });
    expect(rule!.featuresOff).toBe(2);
  });

  it('keep the hours of relatives in the zones that a bundle knows', () => {
    const hours = [
      { zone: 'Europe/Paris', from: at(17), to: at(22) },
      { zone: 'Indian/Reunion', from: at(14), to: at(19) },
    ];
    const [rule] = rulesOf(gateContent(), [{ ...RULE, relativesWaitUntil: at(24), relativesHours: hours }]);
    expect(rule!.relativesHours).toEqual([
      { zone: 0, from: at(17), to: at(22) },
      { zone: -1, from: at(14), to: at(19) },
    ]);
  });

  it('are refused where they make no sense', () => {
    expect(() => rulesOf(gateContent(), [{ ...RULE, endsAt: RULE.startsAt }])).toThrow(BundleInvalid);
  });
});
