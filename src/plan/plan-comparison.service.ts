import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { literal, scopeCondition } from '../access/scope.rules';
import { AUDIENCES } from '../campaign/window-kind';
import { pageOf } from '../common/keyset';
import { CELL_MINUTES } from '../kernel/cell-grid';
import { type Displacement, displacementOf, NOT_WISHED } from './displacement.rules';
import type { ComparisonDto, ComparisonFiguresDto, WindowChangePageDto } from './plan-comparison.dto';
import { PlanComparisonStore, type ComparisonGroupRow, type WindowChangeRow } from './plan-comparison.store';
import { wholeKeyOf } from './plan-export.service';
import { PlansNotComparable } from './plan.errors';
import { PlanStore } from './plan.store';
import { ZonedInstants } from './zoned-instants';

/** What changes, and for whom, when one plan of a campaign gives way to another. */
@Injectable()
export class PlanComparisonService {
  private readonly instants = new ZonedInstants();

  constructor(
    private readonly plans: PlanStore,
    private readonly store: PlanComparisonStore,
  ) {}

  /** Counts over all windows, by kind of establishment and by department. @throws NotFoundError, PlansNotComparable */
  async compare(_actor: Actor, planId: number, withPlanId: number): Promise<ComparisonDto> {
    await this.checkComparable(planId, withPlanId);
    const groups = await this.store.groups(withPlanId, planId);
    const all = groups.find(({ kind, departmentCode }) => kind === null && departmentCode === null)!;
    return {
      planId,
      withPlanId,
      all: figuresOf(all),
      byKind: groups.flatMap((row) => (row.kind === null ? [] : [{ kind: row.kind, ...figuresOf(row) }])),
      byDepartment: groups.flatMap((row) =>
        row.departmentCode === null ? [] : [{ departmentCode: row.departmentCode, ...figuresOf(row) }],
      ),
    };
  }

  /** A page of the windows that differ, by id. @throws NotFoundError, PlansNotComparable, CursorError */
  async changes(
    actor: Actor,
    planId: number,
    withPlanId: number,
    limit: number,
    cursor: string | undefined,
  ): Promise<WindowChangePageDto> {
    const after = cursor === undefined ? 0 : wholeKeyOf(cursor, 1)[0]!;
    await this.checkComparable(planId, withPlanId);
    const rows = await this.store.changes(withPlanId, planId, after, limit, scopeCondition(actor, literal));
    const { items, nextCursor } = pageOf(rows, limit, (row) => [row.id]);
    return { items: items.map((row) => this.changeOf(row)), nextCursor };
  }

  private async checkComparable(planId: number, withPlanId: number): Promise<void> {
    const [plan, other] = await Promise.all([this.plans.find(planId), this.plans.find(withPlanId)]);
    if (plan.id === other.id || plan.campaignId !== other.campaignId) throw new PlansNotComparable();
  }

  private changeOf(row: WindowChangeRow): WindowChangePageDto['items'][number] {
    const at = (cell: number | null): string | null => (cell === null ? null : this.instants.of(cell, row.timeZone));
    const fromWish = (startCell: number | null, wishCell: number | null): Displacement =>
      startCell === null ? NOT_WISHED : displacementOf(at(startCell)!, startCell, at(wishCell), wishCell);
    const before = fromWish(row.startBefore, row.wishBefore);
    const after = fromWish(row.startAfter, row.wishAfter);
    return {
      id: row.id,
      change: row.startBefore === null ? 'added' : row.startAfter === null ? 'removed' : 'moved',
      uai: row.uai,
      classId: row.classId,
      classCode: row.classCode,
      audience: AUDIENCES[row.audience]!,
      date: row.date,
      startedAt: at(row.startBefore),
      startsAt: at(row.startAfter),
      minutesBefore: row.cellsBefore === null ? null : row.cellsBefore * CELL_MINUTES,
      minutesAfter: row.cellsAfter === null ? null : row.cellsAfter * CELL_MINUTES,
      displacementDaysBefore: before.displacementDays,
      displacementMinutesBefore: before.displacementMinutes,
      displacementDaysAfter: after.displacementDays,
      displacementMinutesAfter: after.displacementMinutes,
    };
  }
}

function figuresOf(row: ComparisonGroupRow): ComparisonFiguresDto {
  const before = row.displacementCellsBefore * CELL_MINUTES;
  const after = row.displacementCellsAfter * CELL_MINUTES;
  return {
    windowCount: row.windowCount,
    movedCount: row.movedCount,
    earlierCount: row.earlierCount,
    laterCount: row.laterCount,
    addedCount: row.addedCount,
    removedCount: row.removedCount,
    changedEstablishmentCount: row.changedEstablishmentCount,
    gainingCount: row.gainingCount,
    losingCount: row.losingCount,
    displacementMinutesBefore: before,
    displacementMinutesAfter: after,
    displacementMinutesChange: after - before,
    otherDayCountBefore: row.otherDayCountBefore,
    otherDayCountAfter: row.otherDayCountAfter,
  };
}
