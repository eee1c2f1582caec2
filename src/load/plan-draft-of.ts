import type { Allocation } from '../kernel/allocation/problem';
import { UNPLACED_REASONS } from '../kernel/allocation/problem';
import type { PlanCheck } from '../kernel/allocation/check-plan';
import { SHUT_CAUSES, shutStarts } from '../kernel/allocation/shut-starts';
import { CELL_MINUTES } from '../kernel/cell-grid';
import { AUDIENCES } from '../campaign/window-kind';
import type { CaseReplan } from '../kernel/allocation/case-lines';
import type { AllocationEvidence, PlanColumns, PlanDraft, UnplacedWindow } from '../plan/plan-draft';
import { type BaselinePeaks, type PlanBaselines, LOCAL_LAWS, type PlanPrices } from '../plan/plan-evidence';
import type { AssembledProblem } from './assembled-problem';
import { caseFileOf } from './case-file';

/** What was derived again from the prices of an allocation, by those who share no code with the solver. */
export interface AllocationProof {
  /** Choices further from their wish than the cap: at the nearest start that they have, which was checked. */
  beyondCapCount: number;
  peakLowerBoundRatio: number;
  objectiveLowerBound: number;
  jointLowerBound: number;
  baselines: { peaks: BaselinePeaks; curves: PlanBaselines };
}

/**
 * The draft of a plan: every placed demand as its dated windows, in the order of the demands (establishment, class, first date), every
 * unplaced one as its dated windows with the reason. Pure, and needs no database: it runs beside the solver.
 */
export function planDraftOf(
  assembled: AssembledProblem,
  allocation: Allocation,
  check: PlanCheck,
  proof: AllocationProof,
  seed: number,
  replan?: CaseReplan,
): PlanDraft {
  const { peakLowerBoundRatio, objectiveLowerBound: lowerBound, jointLowerBound } = proof;
  const claims = { objective: check.objective, lowerBound, jointLowerBound, peakLowerBoundRatio };
  const { campaignId, platformId, baseEpoch, baseRevision, profiles, cells, memory } = assembled;
  return {
    campaignId,
    platformId,
    baseEpoch,
    baseRevision,
    columns: columnsOf(assembled, allocation),
    profiles,
    cells,
    unplaced: unplacedOf(assembled, allocation, check),
    evidence: evidenceOf(assembled, allocation, check, proof, seed),
    prices: pricesOf(assembled, allocation),
    baselines: proof.baselines.curves,
    memory,
    caseFile: caseFileOf(assembled, allocation, claims, replan),
  };
}

function columnsOf({ problem, identity }: AssembledProblem, { starts }: Allocation): PlanColumns {
  let windowCount = 0;
  for (let demand = 0; demand < problem.demandCount; demand++) {
    if (starts[demand]! >= 0) windowCount += identity.dayOffset[demand + 1]! - identity.dayOffset[demand]!;
  }
  const columns: PlanColumns = {
    windowCount,
    establishmentId: new Int32Array(windowCount),
    departmentId: new Int32Array(windowCount),
    classId: new Int32Array(windowCount),
    audience: new Uint8Array(windowCount),
    activity: new Uint8Array(windowCount),
    origin: new Uint8Array(windowCount),
    cellCount: new Uint8Array(windowCount),
    ordinal: new Uint8Array(windowCount),
    profileId: new Uint16Array(windowCount),
    localDay: new Int32Array(windowCount),
    startCell: new Int32Array(windowCount),
    wishCell: new Int32Array(windowCount),
    headcount: new Int32Array(windowCount),
    teacherKeyId: new Int32Array(windowCount),
    series: new Int32Array(windowCount),
  };
  let row = 0;
  for (let demand = 0; demand < problem.demandCount; demand++) {
    if (starts[demand]! < 0) continue;
    const shifts = problem.occurrenceOffset[problem.demandOccurrences[demand]!]!;
    const days = identity.dayOffset[demand]!;
    const dateCount = identity.dayOffset[demand + 1]! - days;
    for (let date = 0; date < dateCount; date++, row++) {
      const shift = problem.originCell + problem.occurrenceShift[shifts + date]!;
      columns.establishmentId[row] = identity.establishmentId[demand]!;
      columns.departmentId[row] = identity.departmentId[demand]!;
      columns.classId[row] = identity.classId[demand]!;
      columns.audience[row] = identity.audience[demand]!;
      columns.activity[row] = identity.activity[demand]!;
      columns.origin[row] = identity.origin[demand]!;
      columns.cellCount[row] = problem.demandCells[demand]!;
      columns.ordinal[row] = identity.ordinal[demand]!;
      columns.profileId[row] = identity.profileId[demand]!;
      columns.localDay[row] = identity.localDay[days + date]!;
      columns.startCell[row] = starts[demand]! + shift;
      columns.wishCell[row] = problem.demandWish[demand]! < 0 ? -1 : problem.demandWish[demand]! + shift;
      columns.headcount[row] = identity.headcount[demand]!;
      columns.teacherKeyId[row] = identity.teacherKeyId[demand]!;
      columns.series[row] = identity.isSeries[demand] === 1 ? demand : -1;
    }
  }
  return columns;
}

function unplacedOf(
  { problem, identity }: AssembledProblem,
  allocation: Allocation,
  check: PlanCheck,
): UnplacedWindow[] {
  const unplaced: UnplacedWindow[] = [];
  const leftOut: number[] = [];
  allocation.starts.forEach((start, demand) => start < 0 && leftOut.push(demand));
  for (const { demand, startCount, shutCounts } of shutStarts(problem, allocation.starts, check, leftOut)) {
    const classId = identity.classId[demand]!;
    for (let k = identity.dayOffset[demand]!; k < identity.dayOffset[demand + 1]!; k++) {
      unplaced.push({
        establishmentId: identity.establishmentId[demand]!,
        classId: classId < 0 ? null : classId,
        audience: AUDIENCES[identity.audience[demand]!]!,
        localDay: identity.localDay[k]!,
        ordinal: identity.ordinal[demand]!,
        reason: UNPLACED_REASONS[allocation.unplacedReason[demand]!]!,
        neededSessions: allocation.neededSessions[demand]!,
        neededLogins: allocation.neededLogins[demand]!,
        startCount,
        closedStartCount: identity.closedStartCount[demand]!,
        shut: Object.fromEntries(SHUT_CAUSES.map((cause, c) => [cause, shutCounts[c]!])) as UnplacedWindow['shut'],
      });
    }
  }
  return unplaced;
}

function evidenceOf(
  { problem }: AssembledProblem,
  allocation: Allocation,
  check: PlanCheck,
  proof: AllocationProof,
  seed: number,
): AllocationEvidence {
  return {
    violationCounts: { ...check.violationCountByLaw },
    peakSessionsRatio: check.peakUtilisationRatio.sessions,
    peakLoginsRatio: check.peakUtilisationRatio.logins,
    peakSessionsCell: problem.originCell + peakCell(check.sessionLoad, problem.sessionLimit),
    peakLoginsCell: problem.originCell + peakCell(check.loginLoad, problem.loginLimit),
    peakLowerBoundRatio: proof.peakLowerBoundRatio,
    objectiveLowerBound: proof.objectiveLowerBound,
    jointLowerBound: proof.jointLowerBound,
    baselinePeakRatios: proof.baselines.peaks,
    isBoundProved: true,
    beyondCapCount: proof.beyondCapCount,
    displacementCapMinutes: allocation.displacementCapCells * CELL_MINUTES,
    objective: check.objective,
    days: allocation.parts.map((part) => ({
      ...part,
      firstCell: part.firstCell + problem.originCell,
      endCell: part.endCell + problem.originCell,
    })),
    seed,
  };
}

/** The prices with the ids of those whom the local ones are about, in place of the dense numbers of the problem. */
function pricesOf({ problem, identity }: AssembledProblem, allocation: Allocation): PlanPrices {
  const { peakPrices, objectivePrices: prices } = allocation;
  const ids = {
    teacher: idsOf(problem.teacherCount, problem.demandTeacher, identity.teacherKeyId),
    class: idsOf(problem.classCount, problem.demandClass, identity.classId),
    site: idsOf(problem.establishmentCount, problem.demandEstablishment, identity.establishmentId),
  };
  return {
    firstCell: problem.originCell,
    peakSessions: peakPrices.sessions,
    peakLogins: peakPrices.logins,
    objectiveSessions: prices.sessions,
    objectiveLogins: prices.logins,
    localLaw: prices.localLaw,
    localOwnerId: prices.localOwner.map((owner, row) => ids[LOCAL_LAWS[prices.localLaw[row]!]!][owner]!),
    localCell: prices.localCell.map((cell) => cell + problem.originCell),
    localPrice: prices.localPrice,
  };
}

function idsOf(count: number, dense: Int32Array, ids: Int32Array): Int32Array {
  const idOf = new Int32Array(count).fill(-1);
  for (let demand = 0; demand < dense.length; demand++) if (dense[demand]! >= 0) idOf[dense[demand]!] = ids[demand]!;
  return idOf;
}

/** The first cell with the largest share of its limit in use. */
function peakCell(load: Float64Array, limit: Float64Array): number {
  let peak = 0;
  let largest = -1;
  for (let cell = 0; cell < load.length; cell++) {
    const ratio = load[cell] === 0 ? 0 : load[cell]! / limit[cell]!;
    if (ratio > largest) {
      largest = ratio;
      peak = cell;
    }
  }
  return peak;
}
