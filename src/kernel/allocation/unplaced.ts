import { UNPLACED_REASONS, type UnplacedReason } from './problem';
import { excess, isFree, type Search } from './search';

/** Why each demand without a start has none, and the least extra capacity that its best start would have needed. */
export interface UnplacedReport {
  unplacedReason: Uint8Array;
  /** Per demand; empty where everybody has a place. */
  neededSessions: Float64Array;
  neededLogins: Float64Array;
}

/** Looks at every allowed start of the demands left over, in the finished plan. */
export function explainUnplaced(search: Search): UnplacedReport {
  const { model, starts } = search;
  const { problem } = model;
  const count = starts.includes(-1) ? problem.demandCount : 0;
  const report = {
    unplacedReason: new Uint8Array(problem.demandCount),
    neededSessions: new Float64Array(count),
    neededLogins: new Float64Array(count),
  };
  for (let i = 0; i < problem.demandCount; i++) if (starts[i]! < 0) explainOne(search, i, report);
  return report;
}

function explainOne(search: Search, i: number, report: UnplacedReport): void {
  const { model } = search;
  const { problem } = model;
  const set = problem.demandCandidates[i]!;
  const from = problem.candidateOffset[set]!;
  const to = problem.candidateOffset[set + 1]!;
  const state = { fitsSomewhere: false, freeSomewhere: false, freeOfMates: false };
  let best = Infinity;
  let bestBlocked = Infinity;
  for (let k = from; k < to; k++) {
    const start = problem.candidateCell[k]!;
    const need = excess(search, i, start);
    const size = need.sessions + need.logins;
    const free = isFree(search, i, start);
    if (size === 0) {
      state.fitsSomewhere = true;
      state.freeOfMates ||= isFreeOfMates(search, i, start);
    }
    // the extra capacity that helps is that of a start which nothing else bars; only where there is none, of any start
    if (free && size < best) {
      best = size;
      state.freeSomewhere = true;
      report.neededSessions[i] = need.sessions;
      report.neededLogins[i] = need.logins;
    } else if (!state.freeSomewhere && size < bestBlocked) {
      bestBlocked = size;
      report.neededSessions[i] = need.sessions;
      report.neededLogins[i] = need.logins;
    }
  }
  report.unplacedReason[i] = UNPLACED_REASONS.indexOf(reason(from === to, state, report, i));
}

function reason(
  noStart: boolean,
  state: { fitsSomewhere: boolean; freeSomewhere: boolean; freeOfMates: boolean },
  report: UnplacedReport,
  i: number,
): UnplacedReason {
  if (noStart) return 'no_candidate';
  if (state.fitsSomewhere) return state.freeOfMates ? 'site_full' : 'conflict';
  if (!state.freeSomewhere && report.neededSessions[i] === 0 && report.neededLogins[i] === 0) return 'conflict';
  return report.neededSessions[i]! > 0 ? 'sessions_full' : 'logins_full';
}

function isFreeOfMates({ conflicts, starts }: Search, i: number, start: number): boolean {
  for (let row = conflicts.offset[i]!; row < conflicts.offset[i + 1]!; row++) {
    const other = starts[conflicts.mate[row]!]!;
    if (other < 0) continue;
    const apart = start - (other + conflicts.shift[row]!);
    if (apart > -conflicts.after[row]! && apart < conflicts.before[row]!) return false;
  }
  return true;
}
