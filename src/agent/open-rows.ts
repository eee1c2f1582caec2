import type { StayPlace } from './stays';
import { COUNTED_PROFILES } from '../kernel/decision/visitor';

export interface Counted {
  admitted: number;
  deferred: number;
  refused: number;
  attempts: number;
  wouldRefuse: number;
}

/**
 * Totals of one window on one day; `startCell` is null outside every window. `school`: pupils of whom the plan knows the school and
 * not the class, by the cell in which a window of their level let them in; `ownerId` is the establishment's.
 */
export interface WindowCount extends Counted, StayPlace {
  /** Visits that are over, of those that are watched, and how long they were from the admission to the last page. */
  ended: number;
  staySeconds: number;
}

/** Totals of a cell by department, kind of the school, level and profile; no kind where nobody knows the school. */
export interface CellCount extends Counted {
  cell: number;
  department: string;
  kind: string | null;
  level: number | null;
  profile: string;
}

/** Rows of one batch: the service takes 4,000 of each kind and 1 MB. */
const MOST_ROWS = 2_500;
/** More than there are levels and profiles. */
const LEVEL_KEYS = 64;
const PROFILE_KEYS = 8;

/** The rows that are being counted, found by numbers: a text for each attempt cost as much as the decision. */
export class OpenRows {
  readonly windows: WindowCount[] = [];
  readonly cells: CellCount[] = [];
  private readonly windowsOf: Record<WindowCount['audience'], Map<number, WindowCount[]>> = {
    pupils: new Map(),
    relatives: new Map(),
    staff: new Map(),
    school: new Map(),
  };
  private readonly cellsOf = new Map<string, Map<string | null, Map<number, CellCount>>>();

  get isFull(): boolean {
    return this.windows.length >= MOST_ROWS || this.cells.length >= MOST_ROWS;
  }

  get rowCount(): number {
    return this.windows.length + this.cells.length;
  }

  windowRow(audience: WindowCount['audience'], ownerId: number, startCell: number | null, onDate: string): WindowCount {
    const ofOwners = this.windowsOf[audience];
    let ofOwner = ofOwners.get(ownerId);
    if (ofOwner === undefined) ofOwners.set(ownerId, (ofOwner = []));
    // one or two: a class has few windows a day
    for (const row of ofOwner) if (row.startCell === startCell && row.onDate === onDate) return row;
    const row = {
      audience,
      ownerId,
      startCell,
      onDate,
      admitted: 0,
      deferred: 0,
      refused: 0,
      attempts: 0,
      wouldRefuse: 0,
      ended: 0,
      staySeconds: 0,
    };
    ofOwner.push(row);
    this.windows.push(row);
    return row;
  }

  /** @param profile index into COUNTED_PROFILES */
  cellRow(cell: number, department: string, kind: string | null, level: number | null, profile: number): CellCount {
    let ofDepartment = this.cellsOf.get(department);
    if (ofDepartment === undefined)
      this.cellsOf.set(department, (ofDepartment = new Map<string | null, Map<number, CellCount>>()));
    let ofKind = ofDepartment.get(kind);
    if (ofKind === undefined) ofDepartment.set(kind, (ofKind = new Map<number, CellCount>()));
    const key = (cell * LEVEL_KEYS + (level === null ? LEVEL_KEYS - 1 : level)) * PROFILE_KEYS + profile;
    let row = ofKind.get(key);
    if (row === undefined) {
      row = {
        cell,
        department,
        kind,
        level,
        profile: COUNTED_PROFILES[profile]!,
        admitted: 0,
        deferred: 0,
        refused: 0,
        attempts: 0,
        wouldRefuse: 0,
      };
      ofKind.set(key, row);
      this.cells.push(row);
    }
    return row;
  }
}

export function increase(row: Counted, step: Counted): void {
  row.admitted += step.admitted;
  row.deferred += step.deferred;
  row.refused += step.refused;
  row.attempts += step.attempts;
  row.wouldRefuse += step.wouldRefuse;
}
