import { ACTIVITIES, AUDIENCES, ORIGINS } from '../campaign/window-kind';
import type { PlanCells, PlanColumns, PlanDraft } from './plan-draft';
import { PlanColumnsInvalid, PlanViolations } from './plan.errors';

const WINDOW_COLUMNS = [
  'establishmentId',
  'departmentId',
  'classId',
  'audience',
  'activity',
  'origin',
  'cellCount',
  'ordinal',
  'profileId',
  'localDay',
  'startCell',
  'wishCell',
  'headcount',
  'teacherKeyId',
  'series',
] as const satisfies (keyof PlanColumns)[];
const CELL_COLUMNS = [
  'capacitySessions',
  'capacityLogins',
  'headroomSessions',
  'headroomLogins',
  'backgroundSessions',
  'backgroundLogins',
  'reservedSessions',
  'reservedLogins',
  'otherSessions',
  'otherLogins',
] as const satisfies (keyof PlanCells)[];

/**
 * Refuses a draft whose columns do not fit together or whose checker found something, before any row is written.
 *
 * @throws PlanColumnsInvalid, PlanViolations
 */
export function checkDraft({ columns, cells, profiles, evidence }: PlanDraft): void {
  if (Object.values(evidence.violationCounts).some((count) => count !== 0)) {
    throw new PlanViolations(evidence.violationCounts);
  }
  for (const name of WINDOW_COLUMNS) {
    if (columns[name].length !== columns.windowCount) {
      throw new PlanColumnsInvalid(`${name} has ${columns[name].length} entries for ${columns.windowCount} windows`);
    }
  }
  for (const name of CELL_COLUMNS) {
    if (cells[name].length !== cells.cellCount) {
      throw new PlanColumnsInvalid(`${name} has ${cells[name].length} entries for ${cells.cellCount} cells`);
    }
  }
  const windowCellsOf = new Map<number, number>();
  for (const profile of profiles) {
    const { profileId, windowCells, sessionsPerMille, loginsPerMille } = profile;
    if (windowCellsOf.has(profileId)) throw new PlanColumnsInvalid(`profile ${profileId} stands twice`);
    if (sessionsPerMille.length !== loginsPerMille.length) {
      throw new PlanColumnsInvalid(`profile ${profileId} has sessions and logins of different lengths`);
    }
    windowCellsOf.set(profileId, windowCells);
  }
  for (let i = 0; i < columns.windowCount; i++) {
    const cellCount = columns.cellCount[i]!;
    if (windowCellsOf.get(columns.profileId[i]!) !== cellCount) {
      throw new PlanColumnsInvalid(`window ${i} of ${cellCount} cells has no such profile ${columns.profileId[i]}`);
    }
    if (
      cellCount === 0 ||
      columns.headcount[i]! < 0 ||
      columns.audience[i]! >= AUDIENCES.length ||
      columns.activity[i]! >= ACTIVITIES.length ||
      columns.origin[i]! >= ORIGINS.length
    ) {
      throw new PlanColumnsInvalid(`window ${i} has an impossible length, headcount, audience, activity or origin`);
    }
  }
}
