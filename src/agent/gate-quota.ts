import { cellOfSeconds } from '../kernel/cell-grid';
import type { BundleContent } from '../kernel/decision/bundle-content';
import { SPENDS_URGENT, SPENDS_WALK_IN, type QuotaLeft } from '../kernel/decision/visitor';

/** What is left of the quotas of a cell, as it is kept on disk: a restart gives no place twice. */
export type KeptQuota = Readonly<Pick<GateQuota, 'cell' | 'left'>>;

/** Counts what is left of the quotas of the present cell, as the plan gives them to each agent; of one agent, in its own process. */
export class GateQuota {
  /** The cell whose quotas are `left`. */
  cell = -1;
  readonly left: QuotaLeft = { walkInCount: 0, walkInWholeCount: 0, keptCount: 0, urgentCount: 0 };

  /** What an earlier process had left, as of its last writing. */
  restore({ cell, left }: KeptQuota): void {
    if (cell <= this.cell) return;
    this.cell = cell;
    Object.assign(this.left, left);
  }

  at(now: number, quotas: BundleContent['quotas']): QuotaLeft {
    const cell = cellOfSeconds(now);
    // a clock that goes back a little gives nobody a second quota
    if (cell > this.cell) {
      this.cell = cell;
      Object.assign(this.left, wholeOf(quotas));
    }
    return this.left;
  }

  /** What is left at an instant that is only looked at; of a cell to come, everything. */
  seenAt(now: number, quotas: BundleContent['quotas']): QuotaLeft {
    return cellOfSeconds(now) > this.cell ? wholeOf(quotas) : this.left;
  }

  spend(spends: number, isAdmittedToday: boolean): void {
    if (spends === SPENDS_URGENT) this.left.urgentCount--;
    if (spends !== SPENDS_WALK_IN) return;
    this.left.walkInCount--;
    // the kept part shrinks by those for whom it was kept
    if (!isAdmittedToday && this.left.keptCount > 0) this.left.keptCount--;
  }
}

const wholeOf = ({ walkInPerCell, keptPerCell, urgentPerCell }: BundleContent['quotas']): QuotaLeft => ({
  walkInCount: walkInPerCell,
  walkInWholeCount: walkInPerCell,
  keptCount: keptPerCell,
  urgentCount: urgentPerCell,
});
