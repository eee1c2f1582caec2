import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assembledOf, ORIGIN } from '../../test/kernel/tiny-assembled';
import type { TinyDemand } from '../../test/kernel/tiny-problem';
import { replannedDraft } from './replanned-draft';

/** The draft of a replan of these demands, the first ones frozen. */
function draftOf(demands: TinyDemand[], before: number[], frozenCount: number) {
  return replannedDraft(
    assembledOf(demands, 100),
    {
      publishedPlanId: 7,
      before: Int32Array.from(before),
      isFrozen: Uint8Array.from(demands, (_, i) => (i < frozenCount ? 1 : 0)),
      frozenUntilCell: ORIGIN + 100,
    },
    1,
    {},
  );
}

const starts = Array.from({ length: 40 }, (_, k) => 100 + k);
/** Two windows of one class that meet: a gap was made longer since, or two groups were found to share pupils. */
const meeting: TinyDemand[] = [
  { candidates: [100], classId: 0, cells: 4, visitors: 10, teacher: 0 },
  { candidates: [102], classId: 0, cells: 4, visitors: 10, teacher: 0 },
];

/** What docs/verify-a-dump.mjs finds in the case of a draft. */
function provenOutside({ caseFile }: ReturnType<typeof draftOf>): { problems: string[]; verdict: object } {
  const folder = mkdtempSync(join(tmpdir(), 'etale-case-'));
  const file = join(folder, 'case.ndjson.gz');
  writeFileSync(file, caseFile!);
  const { stdout } = spawnSync(process.execPath, ['docs/verify-a-dump.mjs', file], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  const lines = stdout.trimEnd().split('\n');
  return { problems: lines.slice(0, -1), verdict: JSON.parse(lines.at(-1)!) as object };
}

describe('the draft of a replan', () => {
  it('tells what frozen windows break among themselves instead of refusing everything', () => {
    const { columns, evidence } = draftOf(
      [...meeting, { candidates: starts, classId: 1, cells: 4, visitors: 10, wish: 110 }],
      [100, 102, 120],
      2,
    );
    expect([...columns.startCell]).toEqual([100, 102, 120].map((cell) => cell + ORIGIN));
    expect(evidence.replan).toMatchObject({
      movedWindowCount: 0,
      frozenViolationCounts: { class_overlap: 1, teacher_overlap: 1 },
    });
    expect(Object.values(evidence.violationCounts).every((count) => count === 0)).toBe(true);
    expect(evidence.objectiveLowerBound).toBeLessThanOrEqual(evidence.objective);
  });

  it('still keeps everybody else out of their way', () => {
    const { columns, evidence } = draftOf(
      [...meeting, { candidates: starts, classId: 0, cells: 4, visitors: 10, gapCells: 2 }],
      [100, 102, 104],
      2,
    );
    // 102 to 105 is taken, and the gap after it
    expect(columns.startCell[2]! - ORIGIN).toBe(108);
    expect(evidence.replan).toMatchObject({ movedWindowCount: 1, movedWindowBound: 1 });
  });

  it('has a case from which an outsider derives both bounds, what frozen windows break being no fault of it', () => {
    const draft = draftOf(
      [...meeting, { candidates: starts, classId: 0, cells: 4, visitors: 10, gapCells: 2, wish: 104 }],
      [100, 102, 104],
      2,
    );
    const { problems, verdict } = provenOutside(draft);
    expect(problems).toEqual([]);
    const { movedWindowCount, movedWindowBound, movedPupilCount, movedPupilBound } = draft.evidence.replan!;
    expect(verdict).toMatchObject({ movedWindowCount, movedWindowBound, movedPupilCount, movedPupilBound });
    expect(movedWindowBound).toBe(1);
  });

  it('says nothing of it where they break nothing', () => {
    const { evidence } = draftOf(meeting, [100, 106], 1);
    expect(evidence.replan).not.toHaveProperty('frozenViolationCounts');
  });
});
