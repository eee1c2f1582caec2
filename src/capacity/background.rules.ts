import { DAY_TYPES, type DayType } from '../calendar/calendar-place';
import { addDays, cellOfCivil, civilOfCell, type CivilDate } from '../common/civil-time';
import { CELL_MINUTES, CELLS_PER_DAY, LOAD_SCALE } from '../kernel/cell-grid';

/** Load of those who have no window over a local day, 288 whole thousandths each. */
export interface BackgroundCurve {
  sessionsThousandths: number[];
  loginsThousandths: number[];
}

/**
 * Visits a day per thousand people without a window. Seen on an ordinary school day: some 3 million connections
 * nationwide for 15 to 20 million accounts.
 */
const VISITS_PER_MILLE: Record<DayType, number> = { school_day: 180, wednesday: 120, saturday: 50, day_off: 30 };

/** When they come on a day with school: three bumps over a low plateau. Shares sum to 1. */
const BUMPS = [
  { share: 0.3, aroundMinute: 7 * 60 + 50, spreadMinutes: 30 },
  { share: 0.15, aroundMinute: 12 * 60 + 30, spreadMinutes: 30 },
  { share: 0.35, aroundMinute: 17 * 60 + 30, spreadMinutes: 60 },
];
const PLATEAU = { share: 0.2, fromMinute: 7 * 60, toMinute: 22 * 60 };
/** On Saturdays and days off nothing calls at an hour: two wide bumps over the same plateau. */
const FREE_DAY_BUMPS = [
  { share: 0.35, aroundMinute: 10 * 60 + 30, spreadMinutes: 90 },
  { share: 0.45, aroundMinute: 18 * 60, spreadMinutes: 120 },
];
/** A visit of 12 minutes, then idle until the platform cuts it after 20: present in these cells from its login on. */
const STAY_CELLS = Math.ceil((12 + 20) / CELL_MINUTES);

/**
 * A plausible background of a department until gateways have counted: the curves of the people who have no window
 * (relatives, staff ...), by type of day. logins = people x visits x share of the cell; sessions = logins of this cell
 * and of the six before it.
 */
export function defaultBackground(peopleCount: number): Record<DayType, BackgroundCurve> {
  const curve = (type: DayType): BackgroundCurve => {
    const visits = (peopleCount * VISITS_PER_MILLE[type]) / 1000;
    const shares = arrivalShares(type === 'school_day' || type === 'wednesday' ? BUMPS : FREE_DAY_BUMPS);
    const logins = shares.map((share) => Math.round(visits * share * LOAD_SCALE));
    const sessions = logins.map((_, cell) =>
      logins.slice(Math.max(0, cell - STAY_CELLS + 1), cell + 1).reduce((sum, login) => sum + login, 0),
    );
    return { sessionsThousandths: sessions, loginsThousandths: logins };
  };
  return {
    school_day: curve('school_day'),
    wednesday: curve('wednesday'),
    saturday: curve('saturday'),
    day_off: curve('day_off'),
  };
}

/** The background of a department on one type of day. */
export interface BackgroundRow extends BackgroundCurve {
  departmentId: number;
  dayType: DayType;
}

/** What is stated of one department: counted curves, or the people from whose number the usual curves are made. */
export interface DepartmentBackground {
  departmentId: number;
  peopleCount?: number | undefined;
  curves?: (BackgroundCurve & { dayType: DayType })[] | undefined;
}

/** The rows of a statement, undefined where it says both curves and people, or neither. */
export function backgroundRowsOf({
  departmentId,
  peopleCount,
  curves,
}: DepartmentBackground): BackgroundRow[] | undefined {
  if ((peopleCount ?? undefined) === undefined)
    return curves?.map(({ dayType, sessionsThousandths, loginsThousandths }) => ({
      departmentId,
      dayType,
      sessionsThousandths,
      loginsThousandths,
    }));
  if (curves) return undefined;
  const usual = defaultBackground(peopleCount!);
  return DAY_TYPES.map((dayType) => ({ departmentId, dayType, ...usual[dayType] }));
}

/** The share of the day's visits that begin in each of its 288 cells; they sum to 1. */
function arrivalShares(bumps: readonly { share: number; aroundMinute: number; spreadMinutes: number }[]): number[] {
  const weights = Array.from({ length: CELLS_PER_DAY }, (_, cell) => {
    const minute = (cell + 0.5) * CELL_MINUTES;
    const isPlateau = minute > PLATEAU.fromMinute && minute < PLATEAU.toMinute;
    const plateau = isPlateau ? PLATEAU.share / (PLATEAU.toMinute - PLATEAU.fromMinute) : 0;
    return bumps.reduce(
      (sum, { share, aroundMinute, spreadMinutes }) =>
        sum +
        (share * Math.exp(-(((minute - aroundMinute) / spreadMinutes) ** 2) / 2)) /
          (spreadMinutes * Math.sqrt(2 * Math.PI)),
      plateau,
    );
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Where the cells of a range lie in the local days of a zone. */
export interface LocalDayGrid {
  firstOn: CivilDate;
  lastOn: CivilDate;
  /** Days after `firstOn`, per cell. */
  day: Int32Array;
  /** Cell of the local day, 0 to 287, per cell. */
  cellOfDay: Int32Array;
}

/**
 * The local day of each cell of a range. On the day that the clock skips an hour there are 276 cells and those of the
 * skipped hour do not occur; on the day that has an hour twice there are 300, and its twelve occur twice.
 */
export function localDayGrid(firstCell: number, cellCount: number, timeZone: string): LocalDayGrid {
  const firstOn = civilOfCell(firstCell, timeZone).on;
  const day = new Int32Array(cellCount);
  const cellOfDay = new Int32Array(cellCount);
  let on = firstOn;
  let start = cellOfCivil(on, 0, timeZone);
  for (let index = 0; start < firstCell + cellCount; index++) {
    const nextOn = addDays(on, 1);
    const next = cellOfCivil(nextOn, 0, timeZone);
    const isPlainDay = next - start === CELLS_PER_DAY;
    for (let cell = Math.max(start, firstCell); cell < Math.min(next, firstCell + cellCount); cell++) {
      day[cell - firstCell] = index;
      cellOfDay[cell - firstCell] = isPlainDay
        ? cell - start
        : Math.floor(civilOfCell(cell, timeZone).minuteOfDay / CELL_MINUTES);
    }
    on = nextOn;
    start = next;
  }
  return { firstOn, lastOn: addDays(on, -1), day, cellOfDay };
}

/** The curves of one department, by type of day; a type without a curve has no background. */
export type DepartmentCurves = Partial<Record<DayType, BackgroundCurve>>;

/** Adds a department's background to the columns of a range, by the type of each local day; thousandths. */
export function layBackground(
  columns: { sessions: Float64Array; logins: Float64Array },
  grid: LocalDayGrid,
  dayTypes: readonly DayType[],
  curves: DepartmentCurves,
): void {
  for (let cell = 0; cell < grid.day.length; cell++) {
    const curve = curves[dayTypes[grid.day[cell]!]!];
    if (!curve) continue;
    columns.sessions[cell]! += curve.sessionsThousandths[grid.cellOfDay[cell]!]!;
    columns.logins[cell]! += curve.loginsThousandths[grid.cellOfDay[cell]!]!;
  }
}
