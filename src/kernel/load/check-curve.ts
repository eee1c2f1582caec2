import type { LoadCurve } from './curve';
import type { LoadParameters, LoadProfile } from './profile';

/** A window as the definitions see it: when, how long, how many, how they behave. */
export interface CheckedWindow {
  startCell: number;
  windowCells: number;
  headcount: number;
  parameters: LoadParameters;
}

/**
 * The profile from its definition, visitor by visitor: a million of them for each arriving per mille, each with a moment of
 * leaving and a way of leaving. Shares only types with the code that it checks.
 */
export function profileByVisitors(parameters: LoadParameters, windowCells: number): LoadProfile {
  const lastCell = windowCells + 1;
  const billionths = new Map<number, bigint>();
  const loginsPerMille: number[] = [];
  for (let cell = -1; cell <= lastCell; cell++) loginsPerMille.push(arrivingPerMille(parameters, windowCells, cell));

  for (let arrival = -1; arrival < windowCells; arrival++) {
    const arriving = BigInt(loginsPerMille[arrival + 1]!);
    for (const { leavingCell, perMille } of departures(parameters, windowCells, arrival)) {
      for (const logsOut of [true, false]) {
        const way = BigInt(logsOut ? parameters.logOutPerMille : 1000 - parameters.logOutPerMille);
        let lastPresentCell = leavingCell - 1;
        if (!logsOut) for (let idle = 0; idle < parameters.idleMinutes; idle += 5) lastPresentCell++;
        for (let cell = arrival; cell <= Math.min(lastPresentCell, lastCell); cell++) {
          billionths.set(cell, (billionths.get(cell) ?? 0n) + arriving * BigInt(perMille) * way);
        }
      }
    }
  }
  const sessionsPerMille = loginsPerMille.map((_, k) => {
    const exact = billionths.get(k - 1) ?? 0n;
    return Math.min(1000, Number(exact / 1_000_000n) + (exact % 1_000_000n > 0n ? 1 : 0));
  });
  return {
    windowCells,
    sessionsPerMille: Int32Array.from(sessionsPerMille),
    loginsPerMille: Int32Array.from(loginsPerMille),
  };
}

/** The whole curve again, window by window and cell by cell, with big integers. */
export function curveByVisitors(originCell: number, cellCount: number, windows: readonly CheckedWindow[]): LoadCurve {
  const curve = { originCell, sessions: new Float64Array(cellCount), logins: new Float64Array(cellCount) };
  const load = (scale: bigint, perMille: number) => Number((scale * BigInt(perMille) + 999n) / 1000n);
  for (const window of windows) {
    const profile = profileByVisitors(window.parameters, window.windowCells);
    const scale = BigInt(window.headcount) * BigInt(window.parameters.participationPerMille);
    profile.sessionsPerMille.forEach((perMille, k) => {
      const index = window.startCell - 1 + k - originCell;
      if (index < 0 || index >= cellCount) return;
      curve.sessions[index]! += load(scale, perMille);
      curve.logins[index]! += load(scale, profile.loginsPerMille[k]!);
    });
  }
  return curve;
}

function arrivingPerMille({ arrival }: LoadParameters, windowCells: number, cell: number): number {
  if (cell >= windowCells) return 0;
  if (arrival.shape === 'burst') {
    const own = arrival.perMille[cell + 1] ?? 0;
    const late = cell === windowCells - 1 ? arrival.perMille.slice(cell + 2) : [];
    return late.reduce((sum, perMille) => sum + perMille, own);
  }
  if (cell === -1) return arrival.earlyPerMille;
  const rest = 1000 - arrival.earlyPerMille - arrival.firstPerMille;
  if (cell === 0) return windowCells === 1 ? 1000 - arrival.earlyPerMille : arrival.firstPerMille;
  const dealt: number[] = new Array<number>(windowCells - 1).fill(0);
  for (let k = 0; k < rest; k++) dealt[k % dealt.length]!++;
  return dealt[cell - 1]!;
}

function departures(parameters: LoadParameters, windowCells: number, arrival: number) {
  if (parameters.stay === 'toEnd') return [{ leavingCell: windowCells, perMille: 1000 }];
  const leaving: { leavingCell: number; perMille: number }[] = [];
  for (let k = 1; k <= parameters.stay.length; k++) {
    leaving.push({ leavingCell: arrival + k, perMille: parameters.stay[k - 1]! - (parameters.stay[k] ?? 0) });
  }
  return leaving;
}
