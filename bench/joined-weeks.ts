import type { AllocationProblem } from '../src/kernel/allocation/problem';

/** The columns with one row per demand. */
const DEMAND_COLUMNS = [
  'demandDay',
  'demandCells',
  'demandProfile',
  'demandCandidates',
  'demandOccurrences',
  'demandWish',
  'demandClass',
  'demandEstablishment',
  'demandTeacher',
  'demandGapCells',
  'demandSiteUnits',
  'demandScale',
  'demandWeight',
] as const;

/**
 * A week with the schools of another instance in it, after its own; each of these stands near one of the week's. Limits and grid are
 * those of the week; neither may have class conflicts, and windows repeat nowhere: so are the benchmark's instances.
 */
export function withSchools(week: AllocationProblem, added: AllocationProblem): AllocationProblem {
  const setOf = new Map<string, number>();
  const sets: Int32Array[] = [];
  const numbered = ({ candidateOffset, candidateCell }: AllocationProblem) =>
    Array.from({ length: candidateOffset.length - 1 }, (_, k) => {
      const cells = candidateCell.subarray(candidateOffset[k], candidateOffset[k + 1]);
      const key = cells.join(' ');
      if (!setOf.has(key)) setOf.set(key, sets.push(cells) - 1);
      return setOf.get(key)!;
    });
  const setsOfWeek = numbered(week);
  const setsOfAdded = numbered(added);
  const after = (owner: number, count: number) => (owner < 0 ? -1 : owner + count);
  const ownRow = {
    demandCandidates: (set: number) => setsOfAdded[set]!,
    demandClass: (owner: number) => after(owner, week.classCount),
    demandTeacher: (owner: number) => after(owner, week.teacherCount),
    demandEstablishment: (owner: number) => after(owner, week.establishmentCount),
  };
  const columns: Partial<AllocationProblem> = {};
  for (const name of DEMAND_COLUMNS) {
    const column = new (week[name].constructor as new (length: number) => Int32Array)(
      week.demandCount + added.demandCount,
    );
    const of = name in ownRow ? ownRow[name as keyof typeof ownRow] : (value: number) => value;
    for (let i = 0; i < week.demandCount; i++)
      column[i] = name === 'demandCandidates' ? setsOfWeek[week[name][i]!]! : week[name][i]!;
    for (let i = 0; i < added.demandCount; i++) column[week.demandCount + i] = of(added[name][i]!);
    Object.assign(columns, { [name]: column });
  }
  const near = Array.from({ length: week.establishmentCount + added.establishmentCount }, (_, e) =>
    Array.from(week.neighbour.subarray(week.neighbourOffset[e], week.neighbourOffset[e + 1])),
  );
  for (let e = 0; e < added.establishmentCount; e++) {
    const host = (e * 97) % week.establishmentCount;
    near[host]!.push(week.establishmentCount + e);
    near[week.establishmentCount + e] = [host];
  }
  const candidates = rows(sets);
  const neighbours = rows(near);
  const classCount = week.classCount + added.classCount;
  return {
    ...week,
    ...columns,
    demandCount: week.demandCount + added.demandCount,
    candidateOffset: candidates.offset,
    candidateCell: candidates.value,
    classCount,
    classConflictOffset: new Int32Array(classCount + 1),
    teacherCount: week.teacherCount + added.teacherCount,
    establishmentCount: week.establishmentCount + added.establishmentCount,
    establishmentSiteLimit: Int32Array.of(...week.establishmentSiteLimit, ...added.establishmentSiteLimit),
    neighbourOffset: neighbours.offset,
    neighbour: neighbours.value,
  };
}

function rows(lists: readonly ArrayLike<number>[]): { offset: Int32Array; value: Int32Array } {
  const offset = new Int32Array(lists.length + 1);
  lists.forEach((list, k) => (offset[k + 1] = offset[k]! + list.length));
  const value = new Int32Array(offset[lists.length]!);
  lists.forEach((list, k) => value.set(list, offset[k]));
  return { offset, value };
}
