import { cellOfSeconds } from '../kernel/cell-grid';
import { SPENDS_URGENT, SPENDS_WALK_IN, type QuotaLeft } from '../kernel/decision/visitor';

/** How many may enter in a cell outside every window; of one agent, in its own process. */
export interface QuotaSizes {
  walkInPerCell: number;
  /** The part of the walk-in quota that is kept for those who were not admitted today. */
  keptPerCell: number;
  urgentPerCell: number;
}

/** Counts what is left of the quotas of the present cell. */
export class GateQuota {
  private cell = -1;
  readonly left: QuotaLeft = { walkInCount: 0, keptCount: 0, urgentCount: 0 };

  constructor(private readonly sizes: QuotaSizes) {}

  at(now: number): QuotaLeft {
    const cell = cellOfSeconds(now);
    // a clock that goes back a little gives nobody a second quota
    if (cell > this.cell) {
      this.cell = cell;
      this.left.walkInCount = this.sizes.walkInPerCell;
      this.left.keptCount = this.sizes.keptPerCell;
      this.left.urgentCount = this.sizes.urgentPerCell;
    }
    return this.left;
  }

  spend(spends: number, isAdmittedToday: boolean): void {
    if (spends === SPENDS_URGENT) this.left.urgentCount--;
    if (spends !== SPENDS_WALK_IN) return;
    this.left.walkInCount--;
    // the kept part shrinks by those for whom it was kept
    if (!isAdmittedToday && this.left.keptCount > 0) this.left.keptCount--;
  }
}
