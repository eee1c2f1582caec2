import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DateTime } from 'luxon';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import { CapacityService } from '../capacity/capacity.service';
import { advisoryLock, inTransaction } from '../common/database';
import { GatewaySettingsService } from '../gateway/gateway-settings.service';
import { ladderProblem, type Rung, usualLadder } from '../protection/ladder.rules';
import { ProtectionStore } from '../protection/protection.store';
import { SimulationService } from '../simulation/simulation.service';
import type { LadderView } from './ladder-view.rules';
import { AlreadyApproved, LadderChanged, ProtectionInvalid, SecondPersonNeeded } from './protection.errors';
import { StepAuthority } from './step-authority.service';
import { StepTrials } from './step-trial.service';

/** The ladder of a platform: agreed beforehand, approved by somebody else, simulated before anybody climbs. */
@Injectable()
export class LadderService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly capacity: CapacityService,
    private readonly settings: GatewaySettingsService,
    private readonly store: ProtectionStore,
    private readonly simulations: SimulationService,
    private readonly trials: StepTrials,
    private readonly authority: StepAuthority,
  ) {}

  /** The ladder; where none was agreed the usual one, which nobody has approved. @throws NotFoundError */
  async read(actor: Actor, platformId: number): Promise<LadderView> {
    const { features } = await this.settings.read(actor, platformId);
    const none = { changedBy: null, changedAt: null, approvedBy: null, approvedAt: null, simulationId: null };
    const usual = usualLadder(features);
    const ladder = (await this.store.ladder(platformId)) ?? { platformId, rungs: usual, ...none };
    const { simulationId, rungs } = ladder;
    const effects = await this.simulations.effects(simulationId === null ? [] : [simulationId]);
    const regional = new Set<string>();
    for (const { code, scope } of rungs)
      if (await this.authority.isRegional(this.database.manager, platformId, [scope])) regional.add(code);
    const departments = [...(await this.store.schoolsByDepartment(platformId)).keys()];
    return { ladder, usual, simulated: effects.get(simulationId ?? 0), regional, departments };
  }

  /**
   * Replaces the rungs, from the mildest on; what was approved is no more.
   *
   * @param readAt when the ladder that was read was set; null where nobody had agreed on one
   * @throws NotFoundError, ProtectionInvalid, LadderChanged
   */
  async replace(
    actor: Actor,
    platformId: number,
    rungs: readonly Rung[],
    readAt: Date | null,
    now: Date,
  ): Promise<LadderView> {
    const { features } = await this.settings.read(actor, platformId);
    const problem = ladderProblem(rungs, features);
    if (problem !== undefined) throw ProtectionInvalid.because(problem);
    const named = rungs.flatMap(({ code, scope }) => scope.territories.map((territory) => ({ code, territory })));
    const inside = await this.store.departmentsInside([...new Set(named.map(({ territory }) => territory))]);
    const empty = named.find(({ territory }) => (inside.get(territory)?.length ?? 0) === 0);
    if (empty !== undefined) throw ProtectionInvalid.ofTerritory(empty.territory, empty.code);
    await inTransaction(this.database, async (tx) => {
      await advisoryLock(tx, 'platform', platformId);
      const before = await this.store.ladder(platformId, tx);
      const changedAt = before?.changedAt ?? null;
      if (changedAt?.getTime() !== readAt?.getTime()) throw new LadderChanged(changedAt);
      await this.store.setLadder(tx, platformId, rungs, actor.subject, now);
      await recordAudit(tx, actor, {
        action: 'protection_ladder.set',
        key: platformId,
        platformId,
        before: before?.rungs,
        after: rungs,
      });
    });
    return this.read(actor, platformId);
  }

  /** From then on one person climbs. `readAt` is when the ladder that was read was set. @throws ProtectionInvalid, LadderChanged, SecondPersonNeeded, AlreadyApproved, NotConcerned */
  async approve(actor: Actor, platformId: number, readAt: Date, now: Date): Promise<LadderView> {
    await this.capacity.platform(platformId);
    await inTransaction(this.database, async (tx) => {
      await advisoryLock(tx, 'platform', platformId);
      const ladder = await this.store.ladder(platformId, tx);
      if (!ladder) throw new ProtectionInvalid('No ladder was agreed yet: set one first.');
      if (ladder.changedAt.getTime() !== readAt.getTime()) throw new LadderChanged(ladder.changedAt);
      if (ladder.approvedBy !== null) throw new AlreadyApproved();
      if (ladder.changedBy === actor.subject) throw new SecondPersonNeeded();
      for (const { scope } of ladder.rungs) await this.authority.hold(tx, actor, platformId, scope.territories);
      await this.store.approveLadder(tx, platformId, actor.subject, now);
      await recordAudit(tx, actor, {
        action: 'protection_ladder.approve',
        key: platformId,
        platformId,
        after: { changedAt: ladder.changedAt },
      });
    });
    return this.read(actor, platformId);
  }

  /** Simulates the day with each rung added from an instant on to what is in force, beside the day with that alone. @throws NotFoundError, ProtectionInvalid */
  async simulate(actor: Actor, platformId: number, asked: { startsAt?: string }, now: Date): Promise<number> {
    await this.capacity.platform(platformId);
    const ladder = await this.store.ladder(platformId);
    if (!ladder) throw new ProtectionInvalid('No ladder was agreed yet: set one first.');
    const start = asked.startsAt === undefined ? DateTime.fromJSDate(now) : DateTime.fromISO(asked.startsAt);
    const tried = ladder.rungs.map(({ code, minutes, ...rung }) => ({
      ...rung,
      name: code,
      endsAt: start.plus({ minutes }).toJSDate(),
    }));
    const id = await this.trials.simulate(actor, platformId, start.toJSDate(), tried, now);
    await this.store.setSimulation(platformId, id);
    return id;
  }
}
