import type { MinuteRange } from '../campaign/compiled-rule';
import type { LetterRanges } from './assembled-problem';
import type { CivilGrid } from './civil-grid';
import { int32Column } from './growing-column';

/** The hours of the letter by level as cells: some hundred ranges that millions of demands refer to. */
export class LetterRangeTable {
  private readonly fromCell = int32Column();
  private readonly toCell = int32Column();
  private readonly known = new Map<MinuteRange, Map<CivilGrid, Int32Array>>();

  constructor(private readonly originCell: number) {
    this.add(0, 0);
  }

  /** The number of these hours on a day of the campaign; 0 where there are none, or the clock skips one of their ends. */
  rangeOf(hours: MinuteRange | undefined, grid: CivilGrid, day: number): number {
    if (!hours) return 0;
    let byGrid = this.known.get(hours);
    if (!byGrid) this.known.set(hours, (byGrid = new Map<CivilGrid, Int32Array>()));
    let byDay = byGrid.get(grid);
    if (!byDay) byGrid.set(grid, (byDay = new Int32Array(grid.dayCount).fill(-1)));
    if (byDay[day]! < 0) {
      const [from, to] = [grid.cellOf(day, hours.fromMinute), grid.cellOf(day, hours.toMinute)];
      byDay[day] = from < 0 || to < 0 ? 0 : this.add(from - this.originCell, to - this.originCell);
    }
    return byDay[day]!;
  }

  take(): LetterRanges {
    return { fromCell: this.fromCell.take(), toCell: this.toCell.take() };
  }

  private add(from: number, to: number): number {
    this.fromCell.push(from);
    this.toCell.push(to);
    return this.fromCell.length - 1;
  }
}
