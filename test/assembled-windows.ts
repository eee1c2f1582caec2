import type { DataSource } from 'typeorm';
import type { CalendarService } from '../src/calendar/calendar.service';
import { civilOfCell, clockOfMinute } from '../src/common/civil-time';
import type { AssembledProblem } from '../src/load/assembled-problem';

/** A dated window of an assembled problem. */
export interface DatedRow {
  demand: number;
  classId: number;
  establishmentId: number;
  on: string;
  /** Cells of this date from the candidates of the demand, absolute. */
  shift: number;
}

/** Every dated window of the problem. */
export function windowRows({ problem, identity }: AssembledProblem): DatedRow[] {
  const rows: DatedRow[] = [];
  for (let demand = 0; demand < problem.demandCount; demand++) {
    const shifts = problem.occurrenceOffset[problem.demandOccurrences[demand]!]!;
    for (let k = identity.dayOffset[demand]!; k < identity.dayOffset[demand + 1]!; k++) {
      rows.push({
        demand,
        classId: identity.classId[demand]!,
        establishmentId: identity.establishmentId[demand]!,
        on: new Date(identity.localDay[k]! * 86_400_000).toISOString().slice(0, 10),
        shift: problem.originCell + problem.occurrenceShift[shifts + k - identity.dayOffset[demand]!]!,
      });
    }
  }
  return rows;
}

/** The same with clock texts of a zone, as a reader of the plan would see them. */
export function windowsOf(assembled: AssembledProblem, zone: string, rows = windowRows(assembled)) {
  const { problem, identity } = assembled;
  const clock = (cell: number) => clockOfMinute(civilOfCell(cell, zone).minuteOfDay);
  return rows.map(({ demand, classId, on, shift }) => ({
    classId,
    on,
    starts: candidatesOf(assembled, demand).map((cell) => clock(cell + shift)),
    wish: problem.demandWish[demand]! < 0 ? null : clock(problem.demandWish[demand]! + shift),
    ordinal: identity.ordinal[demand]!,
    origin: identity.origin[demand]!,
    teacherKeyId: identity.teacherKeyId[demand]!,
    isSeries: identity.isSeries[demand] === 1,
  }));
}

/** Allowed starts of a demand, in cells from the origin. */
export function candidatesOf({ problem }: AssembledProblem, demand: number): number[] {
  const set = problem.demandCandidates[demand]!;
  return [...problem.candidateCell.subarray(problem.candidateOffset[set], problem.candidateOffset[set + 1])];
}

/** Open halves by establishment and date, asked of the calendar. */
export async function openHalvesOf(
  database: DataSource,
  calendar: CalendarService,
  ids: number[],
  firstOn: string,
  lastOn: string,
) {
  const places = await database.query<
    { establishmentId: number; timeZone: string; holidayZone: string; openHalfDays: number; departmentId: number }[]
  >(
    `select id as "establishmentId", time_zone as "timeZone", holiday_zone as "holidayZone", open_half_days as "openHalfDays",
            department_id as "departmentId" from establishment where id = any($1) order by id`,
    [ids],
  );
  const open = await calendar.openDays(
    places.map((place) => ({ ...place, academyId: null, regionId: null })),
    firstOn,
    lastOn,
  );
  const dayOf = (on: string) => (Date.parse(on) - Date.parse(firstOn)) / 86_400_000;
  return (establishmentId: number, on: string) =>
    open[places.findIndex((place) => place.establishmentId === establishmentId)]![dayOf(on)]!;
}
