import type { LevelGroup } from '../directory/level';
import { buildProfile } from '../kernel/load/profile';
import { addWindow, type LoadCurve } from '../kernel/load/curve';
import { behaviourOf, parametersOf } from '../campaign/load-model.rules';
import type { Audience } from '../campaign/window-kind';
import type { LoadModel } from '../campaign/window-rule';

/** Those who are expected in the windows of one civil day, in one time zone. */
export interface DayVisitors {
  audience: Audience;
  levelGroup: LevelGroup | null;
  /** Sum of headcount x participation per mille over the classes (or establishments) that have a window on the day, each once. */
  scale: number;
}

/**
 * Adds what is kept free in the evening for those who could not come in their window. Of the day's expected visitors
 * `missedPerMille` come back, each once whatever the number of windows, and spread over the catch-up hours as the visitors of one `open`
 * window of that length do: load of a cell = ceil(ceil(scale x missedPerMille / 1000) x profile per mille / 1000) thousandths,
 * summed over audiences and level groups.
 *
 * @param startCell absolute cell at which the catch-up begins on that day, @param cells its length
 */
export function addLateComers(
  reserved: LoadCurve,
  visitors: readonly DayVisitors[],
  model: LoadModel,
  missedPerMille: number,
  startCell: number,
  cells: number,
): void {
  for (const { audience, levelGroup, scale } of visitors) {
    const missed = Math.ceil((scale * missedPerMille) / 1000);
    if (missed === 0) continue;
    const profile = buildProfile(parametersOf(behaviourOf(model, audience, levelGroup, 'open')), cells);
    addWindow(reserved, startCell, missed, profile);
  }
}
