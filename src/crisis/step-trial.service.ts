import { Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import type { Actor } from '../access/actor';
import { CapacityService } from '../capacity/capacity.service';
import { GatewaySettingsService } from '../gateway/gateway-settings.service';
import { ProtectionStore, type StepRow } from '../protection/protection.store';
import { RequestSimulationDto } from '../simulation/simulation.dto';
import { SimulationService } from '../simulation/simulation.service';
import { type AskedStep, resolvedStep, type ResolvedStep } from './asked-step.rules';
import { CrisisStore } from './crisis.store';
import { BASELINE, effectOf, TRIAL } from './ladder-view.rules';
import type { ExpectedEffectDto } from './ladder.dto';
import { RungUnknown } from './protection.errors';
import { triedStepsOf } from './tried-steps.rules';

/** Agents that have told of themselves so lately are at work. */
const AGENT_MINUTES = 60;

/** A step that is tried, as its variant is called. */
export type TriedStep = { name: string } & Pick<ResolvedStep, 'scope' | 'measures' | 'endsAt'>;

/** What the simulator expects of steps, before anybody puts them in force. */
@Injectable()
export class StepTrials {
  constructor(
    private readonly capacity: CapacityService,
    private readonly settings: GatewaySettingsService,
    private readonly store: ProtectionStore,
    private readonly simulations: SimulationService,
    private readonly crisis: CrisisStore,
  ) {}

  /** Simulates the day of a step, with it and without. @returns the simulation's number @throws NotFoundError, ProtectionInvalid, RungUnknown */
  async ofStep(actor: Actor, platformId: number, asked: AskedStep, now: Date): Promise<number> {
    await this.capacity.platform(platformId);
    const { features } = await this.settings.read(actor, platformId);
    const ladder = asked.rung === undefined ? undefined : await this.store.ladder(platformId);
    const rung = ladder?.rungs.find(({ code }) => code === asked.rung);
    if (asked.rung !== undefined && !rung) throw new RungUnknown(asked.rung);
    const step = resolvedStep(asked, rung, features, now);
    return this.simulate(actor, platformId, step.startsAt, [{ name: rung?.code ?? TRIAL, ...step }], now);
  }

  /** Simulates a day with each of some steps added from an instant on to what is in force, beside the day with that alone. @throws NotFoundError */
  async simulate(
    actor: Actor,
    platformId: number,
    startsAt: Date,
    tried: readonly TriedStep[],
    now: Date,
  ): Promise<number> {
    const { timeZone } = await this.capacity.platform(platformId);
    const settings = await this.settings.read(actor, platformId);
    const day = DateTime.fromJSDate(startsAt, { zone: timeZone }).startOf('day');
    const steps = await this.store.current(platformId, now);
    const standing = triedStepsOf(steps, day.toJSDate(), day.plus({ days: 1 }).toJSDate());
    const { count, hasRoom } = await this.crisis.agents(platformId, new Date(now.getTime() - AGENT_MINUTES * 60_000));
    const request = Object.assign(new RequestSimulationDto(), {
      platformId,
      date: day.toISODate()!,
      isEnforced: settings.posture === 'enforced',
      // each agent lets in so many
      walkInPerCell: settings.walkInPerCell * Math.max(1, count),
      hasWaitingRoom: hasRoom,
      variants: [
        { name: BASELINE, isUnplanned: false, steps: standing },
        ...tried.map(({ name, scope, measures, endsAt }) => ({
          name,
          isUnplanned: false,
          steps: [...standing, { startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString(), scope, measures }],
        })),
      ],
    });
    return this.simulations.request(actor, request);
  }

  /** What was expected of steps that are not over, by their numbers, where they were simulated before: as they are, on their day, about their hour. */
  async expected(steps: readonly StepRow[], now: Date): Promise<Map<number, ExpectedEffectDto | null>> {
    const standing = steps.filter(
      ({ state, endsAt, simulationId }) => state !== 'undone' && endsAt > now && simulationId !== null,
    );
    const effects = await this.simulations.effects(standing.map(({ simulationId }) => simulationId!));
    const expected = new Map<number, ExpectedEffectDto | null>();
    for (const { id, platformId, rung, scope, measures, startsAt, askedEndsAt, simulationId } of standing) {
      const simulated = effects.get(simulationId!);
      const { timeZone } = await this.capacity.platform(platformId);
      const isOfItsDay = simulated?.date === DateTime.fromJSDate(startsAt, { zone: timeZone }).toISODate();
      const trial = { scope, measures, startsAt, minutes: (askedEndsAt.getTime() - startsAt.getTime()) / 60_000 };
      expected.set(id, isOfItsDay ? effectOf(rung ?? TRIAL, simulated, trial) : null);
    }
    return expected;
  }
}
