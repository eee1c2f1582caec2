import type { BundleChange, BundleContent } from '../../src/kernel/decision/bundle-content';
import { checkedDecision, rowsOf } from '../../src/kernel/decision/check-decide';
import { decide } from '../../src/kernel/decision/decide';
import { applyChanges, gatePlanOf, windowsOfOwner } from '../../src/kernel/decision/gate-plan';
import { ADMIT, DECISION_KINDS, DECISION_REASONS, emptyDecision } from '../../src/kernel/decision/visitor';
import { randomInteger, seededRandom } from '../../src/kernel/random';
import { anyBundle, anyChange, anyQuota, anyVisitor } from './any-bundle';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const random = seededRandom(seed);

/** The bundle with its windows written out anew after changes, as a service would send it. */
function freshContent(content: BundleContent, changes: readonly BundleChange[]): BundleContent {
  const rows = rowsOf(content, changes);
  const windows = { count: [] as number[], gap: [] as number[], cellCount: [] as number[], activity: [] as number[] };
  const establishments = content.establishments.id.map((_, e) => e);
  const owners = [
    ...content.classes.id.map((_, owner) => ({ audience: 'pupils', owner })),
    ...establishments.map((owner) => ({ audience: 'relatives', owner })),
    ...establishments.map((owner) => ({ audience: 'staff', owner })),
  ];
  for (const { audience, owner } of owners) {
    const own = rows
      .filter((r) => r.audience === audience && r.owner === owner)
      .sort((a, b) => a.startCell - b.startCell);
    windows.count.push(own.length);
    own.forEach((r, k) => {
      windows.gap.push(r.startCell - (k === 0 ? content.firstCell : own[k - 1]!.startCell));
      windows.cellCount.push(r.cellCount);
      windows.activity.push(r.isLive ? 1 : 0);
    });
  }
  return { ...content, windows };
}

function someChanges(content: BundleContent, count: number): BundleChange[] {
  const changes: BundleChange[] = [];
  for (let k = 0; k < count; k++) {
    const rows = rowsOf(content, changes);
    changes.push(
      anyChange(random, content, (audience, owner) =>
        rows.filter((r) => r.audience === audience && r.owner === owner).map((r) => r.startCell),
      ),
    );
  }
  return changes;
}

describe(`decisions on random bundles (SEED=${seed})`, () => {
  it('are what the definitions give, row by row, before and after deltas', () => {
    const seen = new Set<string>();
    for (let bundle = 0; bundle < 120; bundle++) {
      const content = anyBundle(random);
      const changes = someChanges(content, randomInteger(random, 4));
      const plan = gatePlanOf(content);
      applyChanges(plan, changes);
      const rows = rowsOf(content, changes);
      const out = emptyDecision();
      for (let k = 0; k < 200; k++) {
        const visitor = anyVisitor(random, content);
        const now = content.firstCell * 300 + randomInteger(random, 4 * 86_400) - 3600;
        const quota = anyQuota(random);
        decide(plan, visitor, quota, now, out);
        const expected = checkedDecision(content, rows, visitor, quota, now);
        const is = {
          kind: DECISION_KINDS[out.enforcedKind],
          reason: DECISION_REASONS[out.reason],
          windowUntil: expected.windowUntil === null ? null : out.until,
          opensAt: out.opensAt,
        };
        expect({ is, visitor, now, quota }).toEqual({ is: expected, visitor, now, quota });
        if (content.posture !== 'enforced') expect(out.kind).toBe(ADMIT);
        else expect(out.kind).toBe(out.enforcedKind);
        // law 8: a no always says when, and what is left
        if (out.enforcedKind !== ADMIT)
          expect({ comesBack: out.retryAt > now, ways: out.ways > 0 }).toEqual({ comesBack: true, ways: true });
        seen.add(expected.reason);
      }
    }
    expect([...seen].sort()).toEqual([...DECISION_REASONS].sort());
  });

  it('a plan with deltas applied holds exactly what a fresh bundle holds', () => {
    for (let bundle = 0; bundle < 60; bundle++) {
      const content = anyBundle(random);
      const changes = someChanges(content, 1 + randomInteger(random, 12));
      const followed = gatePlanOf(content);
      for (const change of changes) applyChanges(followed, [change]);
      const fresh = gatePlanOf(freshContent(content, changes));
      for (let owner = 0; owner < fresh.isChanged.length; owner++) {
        expect(windowsOfOwner(followed, owner)).toEqual(windowsOfOwner(fresh, owner));
      }
    }
  });
});
