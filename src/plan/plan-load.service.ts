import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { literal, scopeCondition } from '../access/scope.rules';
import { CapacityService } from '../capacity/capacity.service';
import { addDays, cellOfCivil, instantOfCell } from '../common/civil-time';
import { DomainError } from '../common/domain-error';
import { decodeCursor, pageOf } from '../common/keyset';
import { CELL_MINUTES, LOAD_SCALE } from '../kernel/cell-grid';
import { type CellLoad, coarsened, limitsOf } from './plan-curve.rules';
import { PlanBaselineStore } from './plan-baseline.store';
import type {
  BaselinesDto,
  EstablishmentLoadPageDto,
  EstablishmentLoadQuery,
  LoadCurveDto,
  LoadFiguresDto,
} from './plan-load.dto';
import { PlanLoadStore } from './plan-load.store';
import { PlanStore } from './plan.store';

/** Which part of a curve, as callers say it. */
export interface CurveSelection {
  stepMinutes: number;
  territory?: string | undefined;
  /** One civil date of the platform, or the first and last one. */
  date?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

const MOST_REMEMBERED = 200;

/** The load curve of a plan, in steps of five minutes or coarser. */
@Injectable()
export class PlanLoadService {
  /**
   * Curves as they were written, the most recently asked last. A curve is what plan_load and plan_cell hold, and every
   * change of them gives the plan a new curve version: a key that is found is right, on whatever replica.
   */
  private readonly written = new Map<string, string>();

  constructor(
    private readonly plans: PlanStore,
    private readonly loads: PlanLoadStore,
    private readonly stored: PlanBaselineStore,
    private readonly capacity: CapacityService,
  ) {}

  /** The curve as JSON text (LoadCurveDto). @throws NotFoundError; load.range_invalid */
  async curveText(_actor: Actor, planId: number, selection: CurveSelection): Promise<string> {
    const { curveVersion, platformId } = await this.plans.find(planId);
    const { stepMinutes, territory, date, from, to } = selection;
    const key = JSON.stringify([planId, curveVersion, stepMinutes, territory, date, from, to]);
    const known = this.written.get(key);
    if (known !== undefined) {
      this.written.delete(key);
      this.written.set(key, known);
      return known;
    }
    const text = JSON.stringify(await this.curve(planId, platformId, selection));
    if (this.written.size >= MOST_REMEMBERED) this.written.delete(this.written.keys().next().value!);
    this.written.set(key, text);
    return text;
  }

  /** What the load would be without the plan. @throws NotFoundError; load.range_invalid */
  async baselines(_actor: Actor, planId: number, selection: CurveSelection): Promise<BaselinesDto> {
    const { platformId } = await this.plans.find(planId);
    const { timeZone } = await this.capacity.platform(platformId);
    const { firstCell, everybodyAtWish, letterByLevel } = await this.stored.find(planId);
    const { from, end } = rangeOf(selection, firstCell, everybodyAtWish.sessions.length, timeZone);
    const stepCells = selection.stepMinutes / CELL_MINUTES;
    const steps = (column: Float64Array): number[] =>
      Array.from(coarsened(column, from, end, stepCells, 'largest'), (value) => value / LOAD_SCALE);
    const figures = ({ sessions, logins }: CellLoad) => ({ sessions: steps(sessions), logins: steps(logins) });
    return {
      planId,
      timeZone,
      startsAt: instantOfCell(firstCell + from),
      stepMinutes: selection.stepMinutes,
      stepCount: Math.ceil(Math.max(0, end - from) / stepCells),
      everybodyAtWish: figures(everybodyAtWish),
      letterByLevel: figures(letterByLevel),
    };
  }

  /** The largest load of each establishment in the actor's scope on a day, by UAI. @throws NotFoundError */
  async byEstablishment(
    actor: Actor,
    planId: number,
    query: EstablishmentLoadQuery,
  ): Promise<EstablishmentLoadPageDto> {
    await this.plans.find(planId);
    const inside = query.territory === undefined ? undefined : await this.plans.departmentsOf(query.territory);
    const condition = [
      scopeCondition(actor, literal),
      ...(inside === undefined ? [] : [`e.department_id = any(${literal(inside)}::int[])`]),
    ].join(' and ');
    const after = query.cursor === undefined ? '' : String(decodeCursor(query.cursor, ['string'])[0]);
    const rows = await this.loads.peaksByEstablishment(planId, query.date, condition, after, query.limit! + 1);
    const { items, nextCursor } = pageOf(rows, query.limit!, ({ uai }) => [uai]);
    return {
      items: items.map(({ uai, name, sessions, logins, cell }) => ({
        uai,
        name,
        peakSessions: sessions / LOAD_SCALE,
        peakAt: instantOfCell(cell),
        peakLogins: logins / LOAD_SCALE,
      })),
      nextCursor,
    };
  }

  private async curve(planId: number, platformId: number, selection: CurveSelection): Promise<LoadCurveDto> {
    const { territory, stepMinutes } = selection;
    const { timeZone } = await this.capacity.platform(platformId);
    const departmentIds = territory === undefined ? undefined : await this.plans.departmentsOf(territory);
    const curve = await this.loads.curve(planId, departmentIds);
    const { from, end } = rangeOf(selection, curve.firstCell, curve.cellCount, timeZone);
    const stepCells = stepMinutes / CELL_MINUTES;
    const steps = (column: Float64Array, keep: 'largest' | 'least'): number[] =>
      Array.from(coarsened(column, from, end, stepCells, keep), (value) => value / LOAD_SCALE);
    const limits = limitsOf(curve);
    const figures = (of: 'Sessions' | 'Logins', limit: Float64Array): LoadFiguresDto => ({
      planned: steps(curve[`planned${of}`], 'largest'),
      ...(territory === undefined
        ? {
            background: steps(curve[`background${of}`], 'largest'),
            reserved: steps(curve[`reserved${of}`], 'largest'),
            otherPlans: steps(curve[`other${of}`], 'largest'),
            headroom: steps(curve[`headroom${of}`], 'largest'),
            limit: steps(limit, 'least'),
            capacity: steps(curve[`capacity${of}`], 'least'),
          }
        : { background: null, reserved: null, otherPlans: null, headroom: null, limit: null, capacity: null }),
    });
    return {
      planId,
      territory: territory ?? null,
      timeZone,
      firstCell: curve.firstCell + from,
      startsAt: instantOfCell(curve.firstCell + from),
      stepMinutes,
      stepCount: Math.ceil(Math.max(0, end - from) / stepCells),
      sessions: figures('Sessions', limits.sessions),
      logins: figures('Logins', limits.logins),
    };
  }
}

/** Indices [from, end) of the cells that are asked for; dates are those of the platform's zone. */
function rangeOf(
  { date, from, to }: CurveSelection,
  firstCell: number,
  cellCount: number,
  timeZone: string,
): { from: number; end: number } {
  if (date !== undefined && (from !== undefined || to !== undefined)) {
    throw new DomainError('load.range_invalid', 'invalid', 'Give either `date`, or `from` and `to`.');
  }
  const firstOn = date ?? from;
  const lastOn = date ?? to;
  if (firstOn !== undefined && lastOn !== undefined && lastOn < firstOn) {
    throw new DomainError('load.range_invalid', 'invalid', '`to` lies before `from`.');
  }
  const inside = (index: number): number => Math.min(cellCount, Math.max(0, index));
  return {
    from: firstOn === undefined ? 0 : inside(cellOfCivil(firstOn, 0, timeZone) - firstCell),
    end: lastOn === undefined ? cellCount : inside(cellOfCivil(addDays(lastOn, 1), 0, timeZone) - firstCell),
  };
}
