import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { ACTIVITIES, AUDIENCES, ORIGINS } from '../campaign/window-kind';
import { civilOfCell, zonedInstantOfCell } from '../common/civil-time';
import { CELL_MINUTES, CELLS_PER_DAY, LEAD_CELLS } from '../kernel/cell-grid';
import { ProblemAssembler } from '../load/problem-assembler.service';
import type { WindowSite, WindowStarts } from '../load/window-starts';
import { type Displacement, displacementOf } from '../plan/displacement.rules';
import { limitsOf, type PlanCurve } from '../plan/plan-curve.rules';
import { PlanLoadStore } from '../plan/plan-load.store';
import type { ClassMemory } from '../plan/plan-memory';
import { PlanMemoryStore } from '../plan/plan-memory.store';
import { PlanPriceStore } from '../plan/plan-price.store';
import { PlanService } from '../plan/plan.service';
import { type ExplainedWindow, WindowExplanationStore } from '../plan/window-explanation.store';
import { explanationSentences, type Obstacle } from './explanation-sentence.rules';
import { bestAlternatives, type PricedChoice, type StartCost, startCost } from './start-cost.rules';
import { Surroundings } from './surroundings.rules';
import type { StartCostDto, WindowExplanationDto } from './window-explanation.dto';

const ALTERNATIVE_COUNT = 3;

/** Why a window of a plan stands where it stands. */
@Injectable()
export class WindowExplanationService {
  constructor(
    private readonly plans: PlanService,
    private readonly stored: PlanPriceStore,
    private readonly loads: PlanLoadStore,
    private readonly windows: WindowExplanationStore,
    private readonly memories: PlanMemoryStore,
    private readonly assembler: ProblemAssembler,
  ) {}

  /**
   * The prices of the plan as it was computed, on the starts that the campaign's rules allow now. Nobody else is named: who wished
   * the same time is counted by kind and department. @throws NotFoundError for the plan, the window, or a plan without prices
   */
  async explain(actor: Actor, planId: number, windowId: number): Promise<WindowExplanationDto> {
    const { campaignId } = await this.plans.find(actor, planId);
    const window = await this.windows.window(planId, windowId);
    const { startCell, cellCount, wishCell, timeZone } = window;
    const prices = await this.stored.cellPrices(planId);
    const { displacement } = await this.plans.certificate(actor, planId);
    const teacherKeyId = ACTIVITIES[window.activity] === 'live' ? (window.teacherKeyId ?? -1) : -1;
    const local = await this.windows.localPrices(planId, [teacherKeyId, window.classId, window.establishmentId]);
    const allowed = await this.assembler.startsOf(campaignId, window);
    const rivals = wishCell === null ? [] : await this.windows.rivals(planId, windowId, wishCell, wishCell + cellCount);
    const memory = await this.memories.ofClass(planId, window.classId);
    const choice = choiceOf(window, allowed, memory);
    const isAllowed = (cell: number): boolean => allowed?.starts.includes(cell) ?? false;
    const isWithin = isWithinLimit(nearestTo(wishCell, allowed?.starts ?? []), memory);
    const room = new Room(await this.loads.curve(planId), choice, startCell);

    const costOf = (cell: number): StartCost => startCost(choice, cell, prices, local);
    const around = allowed && (await this.surroundings(planId, window, allowed));
    const hasRoom = (cell: number): boolean => room.at(cell) && (around?.allow(cell) ?? true);
    const mayStart = (cell: number): boolean => cell === startCell || isAllowed(cell);
    const shown = (cost: StartCost): StartCostDto =>
      startCostOf(cost, wishCell, timeZone, mayStart(cost.startCell), hasRoom(cost.startCell));
    const [given, wished] = [costOf(startCell), wishCell === null ? null : costOf(wishCell)];
    const starts = (allowed?.starts ?? []).filter((cell) => isWithin(cell) && room.isOpen(cell)).map(costOf);
    const legal = starts.filter((start) => around?.allow(start.startCell));
    const alternatives = bestAlternatives(legal, startCell, ALTERNATIVE_COUNT);
    const rivalCount = rivals.reduce((sum, { windowCount }) => sum + windowCount, 0);
    const minuteOf = (cell: number): number => civilOfCell(cell, timeZone).minuteOfDay;
    return {
      planId,
      windowId,
      uai: window.uai,
      classCode: window.classCode,
      audience: AUDIENCES[window.audience]!,
      activity: ACTIVITIES[window.activity]!,
      origin: ORIGINS[window.origin]!,
      timeZone,
      dateCount: choice.shifts.length,
      wished: wished && shown(wished),
      given: shown(given),
      leastCost: leastCostInReach(starts, wishCell, displacement.capMinutes / CELL_MINUTES),
      alternatives: alternatives.map(shown),
      memoryWeight: memory.weight,
      memoryLimitMinutes: memory.limitMinutes,
      rivalCount,
      rivals,
      sentence: explanationSentences({
        origin: ORIGINS[window.origin]!,
        wishedMinute: wishCell === null ? null : minuteOf(wishCell),
        givenMinute: minuteOf(startCell),
        ...fromWish(startCell, wishCell, timeZone),
        obstacle: !wished
          ? 'unknown'
          : allowed && !mayStart(wished.startCell)
            ? 'hours'
            : obstacleOf(wished, given, around, room),
        isWishFree: wishCell !== null && wishCell !== startCell && isAllowed(wishCell) && hasRoom(wishCell),
        rivalCount,
        freeMinutes: alternatives
          .filter(({ startCell: cell }) => cell !== wishCell && hasRoom(cell))
          .map(({ startCell: cell }) => minuteOf(cell)),
      }),
    };
  }

  private async surroundings(
    planId: number,
    window: ExplainedWindow,
    allowed: WindowStarts & WindowSite,
  ): Promise<Surroundings> {
    const days = allowed.shifts.map((shift) => window.localDay + Math.round(shift / CELLS_PER_DAY));
    return new Surroundings(window, allowed, await this.windows.near(planId, window, days, allowed.neighbourIds));
  }
}

/** Whether a start keeps the limit that its plan gave to a class that was among the worst of earlier weeks; it counts from the allowed start nearest to the wish. */
const isWithinLimit =
  (nearestCell: number | null, { limitMinutes }: ClassMemory) =>
  (cell: number): boolean =>
    limitMinutes === null || nearestCell === null || Math.abs(cell - nearestCell) * CELL_MINUTES <= limitMinutes;

const nearestTo = (wishCell: number | null, starts: readonly number[]): number | null =>
  wishCell === null
    ? null
    : starts.reduce(
        (nearest, start) => (Math.abs(start - wishCell) < Math.abs(nearest - wishCell) ? start : nearest),
        starts[0] ?? wishCell,
      );

function choiceOf(window: ExplainedWindow, allowed: WindowStarts | undefined, { weight }: ClassMemory): PricedChoice {
  return {
    wishCell: window.wishCell,
    weight,
    scale: window.headcount * window.profile.participationPerMille,
    profile: window.profile,
    shifts: allowed?.shifts ?? [0],
    windowCells: window.cellCount,
    gapCells: allowed?.gapCells ?? 0,
    siteUnits: allowed?.siteUnits ?? 0,
  };
}

const startCostOf = (
  { startCell, ...cost }: StartCost,
  wishCell: number | null,
  timeZone: string,
  isAllowed: boolean,
  hasRoom: boolean,
): StartCostDto => ({
  startsAt: zonedInstantOfCell(startCell, timeZone),
  ...fromWish(startCell, wishCell, timeZone),
  ...cost,
  isAllowed,
  hasRoom: isAllowed && hasRoom,
});

const fromWish = (startCell: number, wishCell: number | null, timeZone: string): Displacement =>
  displacementOf(
    zonedInstantOfCell(startCell, timeZone),
    startCell,
    wishCell === null ? null : zonedInstantOfCell(wishCell, timeZone),
    wishCell,
  );

/** Of the starts that the cap allows, or where it allows none of the nearest ones: a term of the bound of the objective. */
function leastCostInReach(starts: readonly StartCost[], wishCell: number | null, capCells: number): number | null {
  if (starts.length === 0) return null;
  const away = ({ startCell }: StartCost): number => (wishCell === null ? 0 : Math.abs(startCell - wishCell));
  const reach = starts.reduce((least, start) => Math.min(least, away(start)), Infinity);
  return starts
    .filter((start) => away(start) <= Math.max(capCells, reach))
    .reduce((least, { cost }) => Math.min(least, cost), Infinity);
}

/** What made the wished start dearer than the given one most; undefined where no price did. */
function pricedObstacle(wished: StartCost, given: StartCost): Obstacle | undefined {
  const dearer: [Obstacle, number][] = [
    ['sessions', wished.sessionPrice - given.sessionPrice],
    ['logins', wished.loginPrice - given.loginPrice],
    ['teacher', wished.teacherPrice - given.teacherPrice],
    ['class', wished.classPrice - given.classPrice],
    ['site', wished.sitePrice - given.sitePrice],
  ];
  const [obstacle, rise] = dearer.reduce((most, next) => (next[1] > most[1] ? next : most));
  return rise > 0 ? obstacle : undefined;
}

/** What prices tell of; else the law that the windows around hold against the wish (groups and neighbours have no price), else the room. */
function obstacleOf(wished: StartCost, given: StartCost, around: Surroundings | undefined, room: Room): Obstacle {
  const { startCell } = wished;
  const other = around?.obstacleAt(startCell) ?? (room.at(startCell) ? 'unknown' : 'room');
  return pricedObstacle(wished, given) ?? other;
}

/** The room that a plan leaves for one of its windows, itself taken out. */
class Room {
  private readonly limits: ReturnType<typeof limitsOf>;
  private readonly sessions: Float64Array;
  private readonly logins: Float64Array;

  constructor(
    private readonly curve: PlanCurve,
    private readonly choice: PricedChoice,
    givenCell: number,
  ) {
    this.limits = limitsOf(curve);
    this.sessions = Float64Array.from(curve.plannedSessions);
    this.logins = Float64Array.from(curve.plannedLogins);
    this.everyCell(givenCell, (i, sessions, logins) => {
      this.sessions[i]! -= sessions;
      this.logins[i]! -= logins;
      return true;
    });
  }

  /** Whether the window would keep both limits on all of its dates. */
  at(startCell: number): boolean {
    return this.everyCell(
      startCell,
      (i, sessions, logins) =>
        (sessions === 0 || this.sessions[i]! + sessions <= this.limits.sessions[i]!) &&
        (logins === 0 || this.logins[i]! + logins <= this.limits.logins[i]!),
    );
  }

  /** Whether there is any capacity at all wherever the window would need some: no plan uses another start. */
  isOpen(startCell: number): boolean {
    return this.everyCell(
      startCell,
      (i, sessions, logins) =>
        (sessions === 0 || this.limits.sessions[i]! > 0) && (logins === 0 || this.limits.logins[i]! > 0),
    );
  }

  private everyCell(startCell: number, holds: (i: number, sessions: number, logins: number) => boolean): boolean {
    const { scale, profile, shifts } = this.choice;
    return shifts.every((shift) =>
      profile.sessionsPerMille.every((perMille, k) => {
        const i = startCell + shift - LEAD_CELLS + k - this.curve.firstCell;
        const sessions = Math.ceil((scale * perMille) / 1000);
        const logins = Math.ceil((scale * profile.loginsPerMille[k]!) / 1000);
        return i >= 0 && i < this.curve.cellCount ? holds(i, sessions, logins) : sessions === 0 && logins === 0;
      }),
    );
  }
}
