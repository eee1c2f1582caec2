import { forecastSeconds, roomForecast, type RoomForecast } from '../kernel/decision/room-residue';
import type { PlanInForce } from './held-plan';
import type { RoomState } from './room-store';

/** A forecast looks over a day. */
const FORECAST_CELLS = 288;
/** Of a second or two, by what is left of the quota. */
const MOST_FORECASTS = 64;

/** How long the line takes, as the plan and what was let in lately tell it; forgotten at each beat. */
export class RoomForecasts {
  private readonly kept = new Map<string, RoomForecast>();

  /**
   * Seconds until all who stand ahead were let in; undefined where a day is too short for them.
   *
   * @param own places of one agent's quota that this visitor may have: what is left of the present cell, and in each to come
   */
  seconds(
    { plan: { content } }: PlanInForce,
    { agentCount, admitted }: RoomState,
    aheadCount: number,
    now: number,
    own: { left: number; perCell: number },
  ): number | undefined {
    const key = `${own.left} ${own.perCell}`;
    let forecast = this.kept.get(key);
    if (!forecast) {
      const all = agentCount * content.quotas.walkInPerCell;
      const left = agentCount * own.left;
      forecast = roomForecast(content, now, admitted, { all, left, perCell: agentCount * own.perCell }, FORECAST_CELLS);
      if (this.kept.size < MOST_FORECASTS) this.kept.set(key, forecast);
    }
    return forecastSeconds(forecast, aheadCount);
  }

  clear(): void {
    this.kept.clear();
  }
}
