import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { PRICE_UNIT } from '../src/kernel/allocation/bound';
import { LOCAL_PRICE_UNIT } from '../src/kernel/allocation/local-prices';
import { CLASS_LAW, SITE_LAW } from '../src/kernel/allocation/site-shares';
import type { Allocation, AllocationProblem } from '../src/kernel/allocation/problem';

export interface DumpedClaims {
  objective: number;
  lowerBound: number;
  jointLowerBound: number;
}

/** Writes an instance, its plan and its prices as lines of JSON: docs/allocation-dump.md has every field. */
export async function writeDump(
  file: string,
  problem: AllocationProblem,
  plan: Allocation,
  claims: DumpedClaims,
): Promise<void> {
  const out = createWriteStream(file);
  for (const line of dumpLines(problem, plan, claims)) {
    if (!out.write(`${JSON.stringify(line)}\n`)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
}

/** The law by name, and for a rounded law of a site how many whole shares it lets in. */
function lawOf(law: number): { law: string; shares?: number } {
  if (law > SITE_LAW) return { law: 'siteShares', shares: law - SITE_LAW };
  return { law: law === SITE_LAW ? 'site' : law === CLASS_LAW ? 'class' : 'teacher' };
}

function* dumpLines(problem: AllocationProblem, plan: Allocation, claims: DumpedClaims): Generator<object> {
  const { objectivePrices: prices } = plan;
  const lists = (offset: Int32Array, value: Int32Array) =>
    Array.from({ length: offset.length - 1 }, (_, row) => Array.from(value.subarray(offset[row], offset[row + 1])));
  yield {
    line: 'instance',
    format: 1,
    originCell: problem.originCell,
    cellCount: problem.cellCount,
    sessionLimit: Array.from(problem.sessionLimit),
    loginLimit: Array.from(problem.loginLimit),
    profiles: lists(problem.profileOffset, problem.profileSessionsPerMille).map((sessionsPerMille, p) => ({
      sessionsPerMille,
      loginsPerMille: lists(problem.profileOffset, problem.profileLoginsPerMille)[p],
    })),
    candidateSets: lists(problem.candidateOffset, problem.candidateCell),
    occurrenceSets: lists(problem.occurrenceOffset, problem.occurrenceShift),
    neighbourSpacingCells: problem.neighbourSpacingCells,
  };
  yield {
    line: 'plan',
    displacementCapCells: plan.displacementCapCells,
    ...claims,
    cellPriceUnits: 1 / PRICE_UNIT,
    sessionPrices: Array.from(prices.sessions),
    loginPrices: Array.from(prices.logins),
    localPriceUnits: 1 / LOCAL_PRICE_UNIT,
  };
  for (let row = 0; row < prices.localPrice.length; row++) {
    yield {
      line: 'localPrice',
      ...lawOf(prices.localLaw[row]!),
      owner: prices.localOwner[row],
      cell: prices.localCell[row],
      price: prices.localPrice[row],
    };
  }
  for (let e = 0; e < problem.establishmentCount; e++) {
    yield {
      line: 'establishment',
      id: e,
      siteLimit: problem.establishmentSiteLimit[e],
      neighbours: Array.from(problem.neighbour.subarray(problem.neighbourOffset[e], problem.neighbourOffset[e + 1])),
    };
  }
  for (let c = 0; c < problem.classCount; c++) {
    const [from, to] = [problem.classConflictOffset[c]!, problem.classConflictOffset[c + 1]!];
    if (to > from)
      yield { line: 'class', id: c, sharesPupilsWith: Array.from(problem.classConflict.subarray(from, to)) };
  }
  for (let i = 0; i < problem.demandCount; i++) {
    yield {
      line: 'demand',
      id: i,
      day: problem.demandDay[i],
      cells: problem.demandCells[i],
      scale: problem.demandScale[i],
      profile: problem.demandProfile[i],
      candidateSet: problem.demandCandidates[i],
      occurrenceSet: problem.demandOccurrences[i],
      wish: problem.demandWish[i],
      weight: problem.demandWeight[i],
      class: problem.demandClass[i],
      establishment: problem.demandEstablishment[i],
      teacher: problem.demandTeacher[i],
      gapCells: problem.demandGapCells[i],
      siteUnits: problem.demandSiteUnits[i],
      start: plan.starts[i],
    };
  }
}
