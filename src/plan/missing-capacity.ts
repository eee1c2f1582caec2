/** Sessions and log-ins that the limits of some cells on end lack, the same in each of them. */
export interface ExtraStretch {
  startCell: number;
  cellCount: number;
  startsAt: string;
  endsAt: string;
  extraSessions: number;
  extraLogins: number;
}

/** A stretch of time that shares no cell with the others and leaves somebody out; ratios are certified. */
export interface ShortPart {
  startsAt: string;
  endsAt: string;
  /** What a complete plan needs at least of the present limits: of sessions were there log-ins enough, the other way round, of both. */
  sessionsRatio: number;
  loginsRatio: number;
  ratio: number;
  /** What it needs at least of the limits with the extra capacity. */
  leastRatio: number;
}

/** Capacity with which the solver found a place for everybody whom capacity helps. */
export interface MissingCapacity {
  stretches: ExtraStretch[];
  parts: ShortPart[];
  /** Dated windows that have no place however large the capacity. */
  beyondCapacityCount: number;
}
