import type { Campaign } from '../campaign/campaign.entity';
import type { Audience } from '../campaign/window-kind';
import { minuteOfClock } from '../common/civil-time';
import type { LevelGroup } from '../directory/level';
import { emptyCurve, type LoadCurve } from '../kernel/load/curve';
import type { CivilGrid } from './civil-grid';
import { addLateComers, type DayVisitors } from './late-comers.rules';

/** Visitors of one kind per day of the campaign: sums of headcount x participation per mille. */
interface KindVisitors {
  audience: Audience;
  levelGroup: LevelGroup | null;
  scales: Float64Array;
}

/** Whom the windows of a campaign expect, by time zone and kind: what the evening catch-up is sized by. */
export class ExpectedVisitors {
  private readonly byGrid = new Map<CivilGrid, Map<string, KindVisitors>>();

  /** @param scale headcount x participation per mille, on each of the days */
  add(
    grid: CivilGrid,
    days: readonly number[],
    audience: Audience,
    levelGroup: LevelGroup | null,
    scale: number,
  ): void {
    let byKind = this.byGrid.get(grid);
    if (!byKind) this.byGrid.set(grid, (byKind = new Map<string, KindVisitors>()));
    const key = `${audience} ${levelGroup}`;
    let kind = byKind.get(key);
    if (!kind) byKind.set(key, (kind = { audience, levelGroup, scales: new Float64Array(grid.dayCount) }));
    for (const day of days) kind.scales[day]! += scale;
  }

  /** What the evening catch-up keeps free: see late-comers.rules.ts. */
  reserved({ catchUp, loadModel }: Campaign, originCell: number, cellCount: number): LoadCurve {
    const curve = emptyCurve(originCell, cellCount);
    if (!catchUp) return curve;
    for (const [grid, byKind] of this.byGrid) {
      for (let day = 0; day < grid.dayCount; day++) {
        const from = grid.cellOf(day, minuteOfClock(catchUp.from)!);
        const to = grid.cellOf(day, minuteOfClock(catchUp.to)!);
        if (from < 0 || to <= from) continue;
        const visitors: DayVisitors[] = [...byKind.values()].map(({ scales, ...kind }) => ({
          ...kind,
          scale: scales[day]!,
        }));
        addLateComers(curve, visitors, loadModel, catchUp.missedPerMille, from, to - from);
      }
    }
    return curve;
  }
}
