import { Injectable } from '@nestjs/common';
import { limitOf } from '../capacity/capacity-cells';
import { CapacityService } from '../capacity/capacity.service';
import { addDays, cellOfCivil } from '../common/civil-time';
import { DomainError, NotFoundError } from '../common/domain-error';
import { CELL_SECONDS, LOAD_SCALE } from '../kernel/cell-grid';
import type { StormProblem, WaitingRoom } from '../kernel/simulation/storm-problem';
import { ProtectionStore } from '../protection/protection.store';
import {
  resolvedAdherences,
  type ResolvedAdherence,
  type SimulatedDay,
  type SimulatedStep,
  stormProblemOfDay,
} from './simulated-day.rules';
import { type SimulatedPlan, SimulationFactsStore } from './simulation-facts.store';
import type { SimulationRequest, TriedStep, VariantRequest } from './simulation-request';

/** Pupils and those who teach before relatives; pages ask as those of the agents do by default, and one in a hundred is closed in a minute. */
const WAITING_ROOM: Omit<WaitingRoom, 'leftPerCell'> = {
  rankOfProfile: [0, 1, 0],
  pollSeconds: 60,
  leavesPerMillePerMinute: 10,
};

/** A variant as a problem, with what its result is told in. */
export interface PosedVariant {
  name: string;
  planIds: number[];
  firstCell: number;
  departments: readonly string[];
  /** Who comes in the window, as the request or the load models have it. */
  adherences: ResolvedAdherence[];
  problem: StormProblem;
}

/** Poses the days of a request: reads plans, capacity and who comes. */
@Injectable()
export class SimulationDays {
  constructor(
    private readonly capacity: CapacityService,
    private readonly facts: SimulationFactsStore,
    private readonly protection: ProtectionStore,
  ) {}

  /** @throws NotFoundError, DomainError where a variant has nothing to simulate */
  async pose(request: SimulationRequest, variant: VariantRequest): Promise<PosedVariant> {
    const { platformId, date } = request;
    const { timeZone } = await this.capacity.platform(platformId);
    const firstCell = cellOfCivil(date, 0, timeZone);
    const cellCount = cellOfCivil(addDays(date, 1), 0, timeZone) - firstCell;
    const plans = await this.plansOf(platformId, variant);
    const planIds = plans.map(({ planId }) => planId);
    const cells = await this.capacity.cells(platformId, firstCell, cellCount);
    const left = (effective: Float64Array, background: Float64Array) =>
      effective.map((capacity, k) => Math.max(0, capacity - background[k]!) / LOAD_SCALE);
    const limit = limitOf(cells);
    const inWhole = (thousandths: Float64Array) => thousandths.map((value) => value / LOAD_SCALE);
    const departments = [...(await this.protection.schoolsByDepartment(platformId)).keys()];
    const { name, isUnplanned } = variant;
    const day: SimulatedDay = {
      ...request,
      timeZone,
      firstCell,
      cellCount,
      departments,
      sessionLimit: left(cells.effectiveSessions, cells.backgroundSessions),
      loginLimit: left(cells.effectiveLogins, cells.backgroundLogins),
      plans,
      windows: await this.facts.windows(planIds, firstCell, firstCell + cellCount),
      pupils: await this.facts.pupils(planIds),
      isUnplanned,
      room: request.hasWaitingRoom ? WAITING_ROOM : null,
      planLimit: { sessions: inWhole(limit.sessions), logins: inWhole(limit.logins) },
      steps: await this.stepsOf(variant.steps),
    };
    return {
      name,
      planIds,
      firstCell,
      departments,
      adherences: resolvedAdherences(day),
      problem: stormProblemOfDay(day),
    };
  }

  /** What is wrong with a variant, before it waits for its turn. @throws NotFoundError, DomainError */
  async check({ platformId }: SimulationRequest, variant: VariantRequest): Promise<void> {
    await this.plansOf(platformId, variant);
    await this.stepsOf(variant.steps);
  }

  private async plansOf(platformId: number, { planId }: VariantRequest): Promise<SimulatedPlan[]> {
    const plans = await this.facts.plans(platformId, planId);
    if (plans.length > 0) return plans;
    if (planId !== undefined) throw new NotFoundError('plan', planId);
    throw new DomainError(
      'simulation.nothing_published',
      'conflict',
      `Platform ${platformId} has no published plan: name a draft.`,
    );
  }

  private async stepsOf(steps: readonly TriedStep[]): Promise<SimulatedStep[]> {
    const codes = [...new Set(steps.flatMap(({ scope }) => scope.territories))];
    const inside = await this.protection.departmentsInside(codes);
    return steps.map(({ startsAt, endsAt, scope: { territories, ...scope }, measures }) => {
      const departments = territories.flatMap((code) => {
        const its = inside.get(code);
        if (!its) throw new NotFoundError('territory', code);
        return its;
      });
      return {
        fromCell: Math.floor(Date.parse(startsAt) / 1000 / CELL_SECONDS),
        endCell: Math.ceil(Date.parse(endsAt) / 1000 / CELL_SECONDS),
        scope: { ...scope, departments: territories.length === 0 ? null : [...new Set(departments)] },
        measures,
      };
    });
  }
}
