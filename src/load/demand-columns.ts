import type { AllocationProblem } from '../kernel/allocation/problem';
import type { DemandIdentity, LimitedDemands } from './assembled-problem';
import { float32Column, float64Column, int32Column, uint16Column, uint8Column } from './growing-column';

/** One demand on its way into the columns. */
export interface DemandRow {
  /** Day block: a day of the campaign. */
  block: number;
  windowCells: number;
  scale: number;
  profileId: number;
  candidateSet: number;
  /** Without the limit of memory; the same where there is none. */
  freeCandidateSet: number;
  /** Weight of displacement squared. */
  weight: number;
  occurrenceSet: number;
  /** Cell from the origin, -1 for none. */
  wish: number;
  /** Dense indices. */
  classIndex: number;
  establishment: number;
  gapCells: number;
  siteUnits: number;
  establishmentId: number;
  departmentId: number;
  classId: number;
  audience: number;
  activity: number;
  origin: number;
  ordinal: number;
  headcount: number;
  teacherKeyId: number;
  /** Starts of its hours that closed times take. */
  closedStartCount: number;
  isSeries: boolean;
  /** Number of its hours in the letter by level, 0 for none. */
  letterRange: number;
  /** Civil days since 1970-01-01. */
  localDays: readonly number[];
}

/** A row to be filled. */
export const emptyDemandRow = (): DemandRow => ({
  block: 0,
  windowCells: 0,
  scale: 0,
  profileId: 0,
  candidateSet: 0,
  freeCandidateSet: 0,
  weight: 1,
  occurrenceSet: 0,
  wish: -1,
  classIndex: -1,
  establishment: 0,
  gapCells: 0,
  siteUnits: 0,
  establishmentId: 0,
  departmentId: 0,
  classId: -1,
  audience: 0,
  activity: 0,
  origin: 0,
  ordinal: 0,
  headcount: 0,
  teacherKeyId: -1,
  closedStartCount: 0,
  isSeries: false,
  letterRange: 0,
  localDays: [],
});

type DemandPart = Pick<
  AllocationProblem,
  | 'demandCount'
  | 'demandDay'
  | 'demandCells'
  | 'demandScale'
  | 'demandProfile'
  | 'demandCandidates'
  | 'demandOccurrences'
  | 'demandWish'
  | 'demandWeight'
  | 'demandClass'
  | 'demandEstablishment'
  | 'demandTeacher'
  | 'demandGapCells'
  | 'demandSiteUnits'
  | 'teacherCount'
>;

/** Index of `live` in ACTIVITIES: only there is a teacher kept out of two windows at once. */
const LIVE = 1;

/** Demands gathered into growing typed columns: millions of them would not fit as objects. */
export class DemandColumns {
  count = 0;
  private readonly ints = {
    demandCandidates: int32Column(),
    demandOccurrences: int32Column(),
    demandWish: int32Column(),
    demandClass: int32Column(),
    demandEstablishment: int32Column(),
  };
  private readonly shorts = {
    demandDay: uint16Column(),
    demandCells: uint16Column(),
    demandGapCells: uint16Column(),
    demandSiteUnits: uint16Column(),
  };
  private readonly scale = float64Column();
  private readonly weight = float32Column();
  private readonly limited = { demand: int32Column(), candidates: int32Column() };
  private readonly establishmentId = int32Column();
  private readonly departmentId = int32Column();
  private readonly classId = int32Column();
  private readonly audience = uint8Column();
  private readonly activity = uint8Column();
  private readonly origin = uint8Column();
  private readonly ordinal = uint8Column();
  private readonly isSeries = uint8Column();
  private readonly profileId = uint16Column();
  private readonly closedStartCount = uint16Column();
  private readonly letterRange = uint16Column();
  private readonly headcount = int32Column();
  private readonly teacherKeyId = int32Column();
  private readonly dayOffset = int32Column();
  private readonly localDay = int32Column();

  constructor() {
    this.dayOffset.push(0);
  }

  add(row: DemandRow): void {
    if (row.freeCandidateSet !== row.candidateSet) {
      this.limited.demand.push(this.count);
      this.limited.candidates.push(row.freeCandidateSet);
    }
    this.count++;
    this.shorts.demandDay.push(row.block);
    this.shorts.demandCells.push(row.windowCells);
    this.ints.demandCandidates.push(row.candidateSet);
    this.ints.demandOccurrences.push(row.occurrenceSet);
    this.ints.demandWish.push(row.wish);
    this.ints.demandClass.push(row.classIndex);
    this.ints.demandEstablishment.push(row.establishment);
    this.shorts.demandGapCells.push(row.gapCells);
    this.shorts.demandSiteUnits.push(row.siteUnits);
    this.scale.push(row.scale);
    this.weight.push(row.weight);
    this.establishmentId.push(row.establishmentId);
    this.departmentId.push(row.departmentId);
    this.classId.push(row.classId);
    this.audience.push(row.audience);
    this.activity.push(row.activity);
    this.origin.push(row.origin);
    this.ordinal.push(row.ordinal);
    this.isSeries.push(row.isSeries ? 1 : 0);
    this.profileId.push(row.profileId);
    this.closedStartCount.push(row.closedStartCount);
    this.letterRange.push(row.letterRange);
    this.headcount.push(row.headcount);
    this.teacherKeyId.push(row.teacherKeyId);
    for (const day of row.localDays) this.localDay.push(day);
    this.dayOffset.push(this.localDay.length);
  }

  /** The columns cut to length; this object is empty afterwards. */
  take(): { problem: DemandPart; identity: DemandIdentity; limited: LimitedDemands } {
    const identity: DemandIdentity = {
      establishmentId: this.establishmentId.take(),
      departmentId: this.departmentId.take(),
      classId: this.classId.take(),
      audience: this.audience.take(),
      activity: this.activity.take(),
      origin: this.origin.take(),
      ordinal: this.ordinal.take(),
      isSeries: this.isSeries.take(),
      profileId: this.profileId.take(),
      headcount: this.headcount.take(),
      teacherKeyId: this.teacherKeyId.take(),
      closedStartCount: this.closedStartCount.take(),
      letterRange: this.letterRange.take(),
      dayOffset: this.dayOffset.take(),
      localDay: this.localDay.take(),
    };
    const { demandTeacher, teacherCount } = bindingTeachers(identity);
    return {
      identity,
      limited: { demand: this.limited.demand.take(), candidates: this.limited.candidates.take() },
      problem: {
        demandCount: this.count,
        demandDay: this.shorts.demandDay.take(),
        demandCells: this.shorts.demandCells.take(),
        demandScale: this.scale.take(),
        demandProfile: identity.profileId,
        demandCandidates: this.ints.demandCandidates.take(),
        demandOccurrences: this.ints.demandOccurrences.take(),
        demandWish: this.ints.demandWish.take(),
        demandWeight: this.weight.take(),
        demandClass: this.ints.demandClass.take(),
        demandEstablishment: this.ints.demandEstablishment.take(),
        demandTeacher,
        demandGapCells: this.shorts.demandGapCells.take(),
        demandSiteUnits: this.shorts.demandSiteUnits.take(),
        teacherCount,
      },
    };
  }
}

/** Dense teacher indices of the live windows, in the order of the keys' ids. */
export function bindingTeachers({ teacherKeyId, activity }: Pick<DemandIdentity, 'teacherKeyId' | 'activity'>): {
  demandTeacher: Int32Array;
  teacherCount: number;
} {
  const binding = teacherKeyId.map((id, i) => (activity[i] === LIVE ? id : -1));
  const known = binding.slice().sort();
  let teacherCount = 0;
  for (let k = 0; k < known.length; k++) {
    if (known[k]! >= 0 && (teacherCount === 0 || known[k] !== known[teacherCount - 1]))
      known[teacherCount++] = known[k]!;
  }
  const rankOf = (id: number) => {
    let low = 0;
    for (let high = teacherCount; low < high;) {
      const middle = (low + high) >> 1;
      if (known[middle]! < id) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return { demandTeacher: binding.map((id) => (id < 0 ? -1 : rankOf(id))), teacherCount };
}
