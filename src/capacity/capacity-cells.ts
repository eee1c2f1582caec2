/**
 * What a platform can bear, per cell from `firstCell` on, in whole thousandths of a session and of a login; login
 * figures are per cell of five minutes (five times the declared logins per minute).
 */
export interface CapacityCells {
  firstCell: number;
  cellCount: number;
  /** Declared by the steps; 0 before the first one. */
  plannedSessions: Float64Array;
  plannedLogins: Float64Array;
  /** What regulations leave of it. */
  effectiveSessions: Float64Array;
  effectiveLogins: Float64Array;
  /** The share of the effective capacity that no plan may use. */
  headroomSessions: Float64Array;
  headroomLogins: Float64Array;
  /** Expected load of those who have no window. */
  backgroundSessions: Float64Array;
  backgroundLogins: Float64Array;
}

/** What a plan may use of each cell: effective capacity less headroom and background, never below 0; thousandths. */
export function limitOf(cells: CapacityCells): { sessions: Float64Array; logins: Float64Array } {
  const limit = (effective: Float64Array, headroom: Float64Array, background: Float64Array): Float64Array =>
    effective.map((capacity, cell) => Math.max(0, capacity - headroom[cell]! - background[cell]!));
  return {
    sessions: limit(cells.effectiveSessions, cells.headroomSessions, cells.backgroundSessions),
    logins: limit(cells.effectiveLogins, cells.headroomLogins, cells.backgroundLogins),
  };
}
