import { addDays, cellOfCivil, civilOfCell, type CivilDate } from '../common/civil-time';
import { CELL_MINUTES, CELLS_PER_DAY } from '../kernel/cell-grid';

const DAY_MINUTES = 1440;

/**
 * Civil minutes of one zone to absolute cells, for the days of a campaign: one table look-up instead of a time-zone
 * computation for each of millions of windows. Days on which the clock changes are worked out minute by minute.
 */
export class CivilGrid {
  /** Cell of each local midnight, one more than there are days. */
  private readonly midnightCell: Int32Array;
  /** Of the days that do not have 24 hours: the cell of each five minutes, -1 for those that the clock skips. */
  private readonly irregular = new Map<number, Int32Array>();

  constructor(
    readonly timeZone: string,
    firstOn: CivilDate,
    readonly dayCount: number,
  ) {
    this.midnightCell = new Int32Array(dayCount + 1);
    for (let day = 0; day <= dayCount; day++) this.midnightCell[day] = cellOfCivil(addDays(firstOn, day), 0, timeZone);
    for (let day = 0; day < dayCount; day++) {
      if (this.midnightCell[day + 1]! - this.midnightCell[day]! === CELLS_PER_DAY) continue;
      this.irregular.set(day, this.cellsOfIrregularDay(addDays(firstOn, day)));
    }
  }

  get firstCell(): number {
    return this.midnightCell[0]!;
  }

  get endCell(): number {
    return this.midnightCell[this.dayCount]!;
  }

  /** Whether the day has 24 hours: its windows stand at one distance from those of any other such day. */
  isRegular(day: number): boolean {
    return !this.irregular.has(day);
  }

  /** The cell that starts at a local minute (0 to 1440) of a day; -1 where the clock skips it. */
  cellOf(day: number, minute: number): number {
    if (minute === DAY_MINUTES) return this.midnightCell[day + 1]!;
    return this.irregular.get(day)?.[minute / CELL_MINUTES] ?? this.midnightCell[day]! + minute / CELL_MINUTES;
  }

  /**
   * Cells of the given starts of windows on a day; on a day that the clock changes without those that it skips, or whose
   * window it would stretch.
   */
  cellsOf(day: number, startMinutes: readonly number[], windowMinutes: number): number[] {
    if (this.isRegular(day)) return startMinutes.map((minute) => this.cellOf(day, minute));
    return startMinutes.flatMap((minute) => {
      const [start, end] = [this.cellOf(day, minute), this.cellOf(day, minute + windowMinutes)];
      return start >= 0 && end - start === windowMinutes / CELL_MINUTES ? [start] : [];
    });
  }

  private cellsOfIrregularDay(on: CivilDate): Int32Array {
    return Int32Array.from({ length: CELLS_PER_DAY }, (_, k) => {
      const cell = cellOfCivil(on, k * CELL_MINUTES, this.timeZone);
      return civilOfCell(cell, this.timeZone).minuteOfDay === k * CELL_MINUTES ? cell : -1;
    });
  }
}
