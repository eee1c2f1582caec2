import { LEAD_CELLS } from '../cell-grid';
import { type LoadProfile, windowLoad } from './profile';

/** Sessions and logins per cell in whole thousandths, counted from `originCell`. */
export interface LoadCurve {
  originCell: number;
  sessions: Float64Array;
  logins: Float64Array;
}

/** A curve of `cellCount` empty cells from the absolute cell `originCell`. */
export function emptyCurve(originCell: number, cellCount: number): LoadCurve {
  return { originCell, sessions: new Float64Array(cellCount), logins: new Float64Array(cellCount) };
}

/**
 * Adds a window that starts in the absolute cell `startCell` (`times` = -1 takes it away again); cells outside the curve
 * are left out. `scale` is headcount x participation per mille.
 */
export function addWindow(curve: LoadCurve, startCell: number, scale: number, profile: LoadProfile, times = 1): void {
  const first = startCell - LEAD_CELLS - curve.originCell;
  const { sessionsPerMille, loginsPerMille } = profile;
  const from = Math.max(0, -first);
  const to = Math.min(sessionsPerMille.length, curve.sessions.length - first);
  for (let k = from; k < to; k++) {
    curve.sessions[first + k]! += times * windowLoad(scale, sessionsPerMille[k]!);
    curve.logins[first + k]! += times * windowLoad(scale, loginsPerMille[k]!);
  }
}

/** Adds many windows that share a profile: columns of absolute start cells and of headcount x participation per mille. */
export function addWindows(
  curve: LoadCurve,
  startCells: ArrayLike<number>,
  scales: ArrayLike<number>,
  profile: LoadProfile,
): void {
  for (let i = 0; i < startCells.length; i++) addWindow(curve, startCells[i]!, scales[i]!, profile);
}
