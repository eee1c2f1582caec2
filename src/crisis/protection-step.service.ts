import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Actor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import { CapacityService } from '../capacity/capacity.service';
import { RegulationService } from '../capacity/regulation.service';
import { advisoryLock, inTransaction } from '../common/database';
import { NotFoundError } from '../common/domain-error';
import { CursorError, decodeCursor, type Page, pageOf } from '../common/keyset';
import { GatewaySettingsService } from '../gateway/gateway-settings.service';
import { LedgerService } from '../plan/ledger.service';
import { armsOf, BREAK_GLASS_MINUTES, type Words } from '../protection/ladder.rules';
import { type NewStep, ProtectionStore, type StepRow } from '../protection/protection.store';
import { type AskedStep, resolvedStep } from './asked-step.rules';
import { AdmissionLaw } from './admission-law.service';
import { isSame } from './ladder-view.rules';
import { LeastChange } from './least-change.service';
import { SimulationService } from '../simulation/simulation.service';
import { STEP_ENDED, stepFacts } from './webhook-message.rules';
import { WebhookStore } from './webhook.store';
import {
  AlreadyApproved,
  GlassProlonged,
  ProtectionInvalid,
  RungInForce,
  RungUnknown,
  SecondPersonNeeded,
  StepOver,
} from './protection.errors';
import { countedTogether, GLASS_HOURS, prolongsGlass } from './second-person.rules';
import { StepAuthority } from './step-authority.service';

/** What somebody wants to put in force: a rung of the ladder, or a step of its own with all that a rung says. */
export interface StepRequest extends AskedStep {
  name?: Words;
  words?: Words;
  reason: string;
  isBreakGlass: boolean;
  simulationId?: number;
}

const MINUTE = 60_000;

/** Steps that are proposed, approved, in force and undone; each ends by itself. */
@Injectable()
export class ProtectionStepService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly capacity: CapacityService,
    private readonly regulations: RegulationService,
    private readonly settings: GatewaySettingsService,
    private readonly ledger: LedgerService,
    private readonly leastChange: LeastChange,
    private readonly store: ProtectionStore,
    private readonly law: AdmissionLaw,
    private readonly webhooks: WebhookStore,
    private readonly authority: StepAuthority,
    private readonly simulations: SimulationService,
  ) {}

  /** The steps of a platform, the newest first. @throws NotFoundError */
  async list(
    _actor: Actor,
    platformId: number,
    page: { limit: number; cursor?: string | undefined },
  ): Promise<Page<StepRow>> {
    await this.capacity.platform(platformId);
    const beforeId = page.cursor === undefined ? null : (decodeCursor(page.cursor, ['number'])[0] as number);
    if (beforeId !== null && !(Number.isInteger(beforeId) && Math.abs(beforeId) < 2 ** 31)) throw new CursorError();
    return pageOf(await this.store.steps(platformId, beforeId, page.limit + 1), page.limit, ({ id }) => [id]);
  }

  /** What is in force now. @throws NotFoundError */
  async inForce(platformId: number, now: Date): Promise<StepRow[]> {
    await this.capacity.platform(platformId);
    return (await this.store.current(platformId, now)).filter(({ startsAt }) => startsAt <= now);
  }

  /**
   * Puts a step in force, or proposes it where a second person must approve: a regional step (alone, or with the other steps that the
   * same person put in force for departments) that is not a rung of an approved ladder, for at most as long as the rung says. A
   * break-glass is in force at once, for 30 minutes unless it is confirmed.
   *
   * @throws NotFoundError, ProtectionInvalid, RungInForce, RungUnknown, NotConcerned, GlassProlonged, PupilWithoutAdmission
   */
  async propose(actor: Actor, platformId: number, request: StepRequest, now: Date): Promise<StepRow> {
    await this.capacity.platform(platformId);
    const { features } = await this.settings.read(actor, platformId);
    if (request.simulationId !== undefined) await this.checkSimulation(actor, platformId, request.simulationId);
    // what takes long is asked before the lock, and under it only whether that answer still holds
    const passed = await inTransaction(this.database, async (tx) => {
      const step = await this.stepOf(tx, actor, platformId, request, features, now);
      return this.law.hold(tx, platformId, { id: 0, ...step }, now);
    });
    const stepId = await inTransaction(this.database, async (tx) => {
      await advisoryLock(tx, 'platform', platformId);
      const step = await this.stepOf(tx, actor, platformId, request, features, now);
      await this.law.hold(tx, platformId, { id: 0, ...step }, now, passed);
      if (step.state === 'in_force' && !step.isBreakGlass) await this.holdOnce(tx, step, now);
      if (step.state === 'in_force') step.regulationId = await this.regulate(tx, actor, step);
      const id = await this.store.insertStep(tx, step);
      if (step.regulationId !== null) await this.leastChange.request(tx, actor, platformId, now, id);
      if (step.state === 'in_force') await this.ledger.numberProtection(tx, platformId, actor.subject, step.reason);
      await this.tell(tx, platformId, step.state === 'in_force' ? 'enforced' : 'proposed', { ...step, id }, now);
      const { startsAt, endsAt, rung, name, scope, measures, isBreakGlass } = step;
      const action = step.state === 'in_force' ? 'protection_step.enforce' : 'protection_step.propose';
      await recordAudit(tx, actor, {
        action,
        key: id,
        platformId,
        reason: step.reason,
        after: { rung, name, scope, measures, startsAt, endsAt, isBreakGlass },
      });
      return id;
    });
    return (await this.store.step(platformId, stepId))!;
  }

  /** The second person's approval of a proposal, or confirmation of a break-glass. @throws NotFoundError, DomainError */
  async approve(actor: Actor, platformId: number, stepId: number, now: Date): Promise<StepRow> {
    const passed = await inTransaction(this.database, async (tx) => {
      const { whole } = await this.approvable(tx, actor, platformId, stepId, now);
      return this.law.hold(tx, platformId, whole, now);
    });
    await inTransaction(this.database, async (tx) => {
      await advisoryLock(tx, 'platform', platformId);
      const { step, whole } = await this.approvable(tx, actor, platformId, stepId, now);
      const { startsAt } = whole;
      await this.law.hold(tx, platformId, whole, now, passed);
      if (step.regulationId !== null)
        await unlessGone(this.regulations.delete(actor, platformId, step.regulationId, tx));
      const regulationId = await this.regulate(tx, actor, whole);
      if (regulationId !== null) await this.leastChange.request(tx, actor, platformId, now, stepId);
      await this.store.approveStep(tx, stepId, actor.subject, now, { startsAt, regulationId });
      await this.ledger.numberProtection(tx, platformId, actor.subject, step.reason);
      await this.tell(tx, platformId, 'enforced', whole, now);
      await recordAudit(tx, actor, {
        action: 'protection_step.approve',
        key: stepId,
        platformId,
        before: { state: step.state, endsAt: step.endsAt },
        after: { state: 'in_force', startsAt, endsAt: step.askedEndsAt },
      });
    });
    return (await this.store.step(platformId, stepId))!;
  }

  /** Takes a step back, in force or only proposed, at once and whoever put it there. @throws NotFoundError, StepOver, NotConcerned */
  async undo(actor: Actor, platformId: number, stepId: number, reason: string, now: Date): Promise<StepRow> {
    await inTransaction(this.database, async (tx) => {
      await advisoryLock(tx, 'platform', platformId);
      const step = await this.standing(tx, platformId, stepId, now);
      await this.authority.hold(tx, actor, platformId, step.scope.territories);
      if (step.regulationId !== null) {
        await unlessGone(this.regulations.withdraw(actor, platformId, step.regulationId, now, tx));
        await this.leastChange.request(tx, actor, platformId, now, stepId);
      }
      await this.store.undoStep(tx, stepId, actor.subject, now, reason);
      if (step.state === 'in_force') await this.ledger.numberProtection(tx, platformId, actor.subject, reason);
      await this.tell(tx, platformId, 'undone', { ...step, endsAt: now }, now);
      await recordAudit(tx, actor, {
        action: 'protection_step.undo',
        key: stepId,
        platformId,
        reason,
        before: { state: step.state, endsAt: step.endsAt },
        after: { state: 'undone' },
      });
    });
    return (await this.store.step(platformId, stepId))!;
  }

  /** A step that somebody may approve, and what it is once that is done. @throws DomainError */
  private async approvable(
    tx: EntityManager,
    actor: Actor,
    platformId: number,
    stepId: number,
    now: Date,
  ): Promise<{ step: StepRow; whole: StepRow }> {
    const step = await this.standing(tx, platformId, stepId, now);
    if (step.approvedBy !== null || (step.state === 'in_force' && !step.isBreakGlass)) throw new AlreadyApproved();
    if (step.proposedBy === actor.subject) throw new SecondPersonNeeded();
    await this.authority.hold(tx, actor, platformId, step.scope.territories);
    const startsAt = step.startsAt < now && step.state === 'proposed' ? now : step.startsAt;
    return { step, whole: { ...step, startsAt, endsAt: step.askedEndsAt } };
  }

  /** What a step was decided on is a simulation of its own platform. @throws NotFoundError, ProtectionInvalid */
  private async checkSimulation(actor: Actor, platformId: number, simulationId: number): Promise<void> {
    const { job } = await this.simulations.read(actor, simulationId);
    if ((job.parameters as { platformId?: unknown }).platformId !== platformId)
      throw new ProtectionInvalid(`Simulation ${simulationId} is not of this platform.`);
  }

  /** Whoever is told of the platform: what a step does and says, and no account; and its end, when it comes by itself. */
  private async tell(
    tx: EntityManager,
    platformId: number,
    what: 'proposed' | 'enforced' | 'undone',
    step: NewStep & { id: number },
    now: Date,
  ): Promise<void> {
    const { id, endsAt } = step;
    const facts = stepFacts(step);
    await this.webhooks.post(tx, platformId, `etale.protection_step.${what}`, facts, now);
    await this.webhooks.forget(tx, platformId, STEP_ENDED, id);
    if (what === 'enforced') await this.webhooks.post(tx, platformId, STEP_ENDED, facts, now, endsAt);
  }

  private async standing(tx: EntityManager, platformId: number, stepId: number, now: Date): Promise<StepRow> {
    const step = await this.store.step(platformId, stepId, tx);
    if (!step) throw new NotFoundError('protection_step', stepId);
    if (step.state === 'undone') throw new StepOver(stepId, 'undone');
    if (step.endsAt <= now) throw new StepOver(stepId, 'over');
    return step;
  }

  /** A rung that one person puts in force is so once at a time for the same people: a longer one is a second person's, or a broken glass. @throws RungInForce */
  private async holdOnce(
    tx: EntityManager,
    { platformId, rung, scope, startsAt, endsAt }: NewStep,
    now: Date,
  ): Promise<void> {
    if (rung === null) return;
    const standing = await this.store.current(platformId, now, tx);
    const same = standing.find(
      (its) => its.rung === rung && isSame(its.scope, scope) && its.startsAt < endsAt && startsAt < its.endsAt,
    );
    if (same) throw new RungInForce(rung, same.id);
  }

  /** A capacity that is cut is a regulation for as long as the step is in force; the least change of the published plans is asked for beside it. */
  private async regulate(tx: EntityManager, actor: Actor, step: Omit<NewStep, 'state'>): Promise<number | null> {
    const { platformId, measures, startsAt, endsAt, reason } = step;
    if (measures.capacityPerMille === 1000) return null;
    const left = { sessionsPerMille: measures.capacityPerMille, loginsPerMille: measures.capacityPerMille };
    return (await this.regulations.add(actor, platformId, { startsAt, endsAt, ...left, reason }, tx)).id;
  }

  private async stepOf(
    tx: EntityManager,
    actor: Actor,
    platformId: number,
    request: StepRequest,
    features: readonly string[],
    now: Date,
  ): Promise<NewStep> {
    const ladder = request.rung === undefined ? undefined : await this.store.ladder(platformId, tx);
    const rung = ladder?.rungs.find(({ code }) => code === request.rung);
    if (request.rung !== undefined && !rung) throw new RungUnknown(request.rung);
    const { words, name } = rung ?? request;
    if (!words || !name)
      throw new ProtectionInvalid('Name a rung of the ladder, or state name, scope, measures and words.');
    const { scope, measures, startsAt, endsAt: askedEndsAt, minutes } = resolvedStep(request, rung, features, now);
    await this.authority.hold(tx, actor, platformId, scope.territories);
    const own = await this.store.unconfirmedOf(
      tx,
      platformId,
      actor.subject,
      new Date(startsAt.getTime() - GLASS_HOURS * 60 * MINUTE),
    );
    const asked = { startsAt, endsAt: askedEndsAt, measures };
    const scopes = [scope, ...countedTogether(asked, own).map((its) => its.scope)];
    const isRegional = await this.authority.isRegional(tx, platformId, scopes);
    const isAgreed = rung !== undefined && ladder!.approvedBy !== null && minutes <= rung.minutes;
    const needsTwo = isRegional && !isAgreed;
    const isBreakGlass = request.isBreakGlass && needsTwo;
    const glassEndsAt = new Date(startsAt.getTime() + BREAK_GLASS_MINUTES * MINUTE);
    const endsAt = isBreakGlass && glassEndsAt < askedEndsAt ? glassEndsAt : askedEndsAt;
    if (isBreakGlass && prolongsGlass({ startsAt, endsAt, measures }, own)) throw new GlassProlonged();
    return {
      platformId,
      rung: rung?.code ?? null,
      name,
      scope,
      measures,
      arms: armsOf(measures),
      words,
      startsAt,
      askedEndsAt,
      endsAt,
      reason: request.reason,
      state: needsTwo && !isBreakGlass ? 'proposed' : 'in_force',
      isRegional,
      isBreakGlass,
      simulationId: request.simulationId ?? (rung ? ladder!.simulationId : null),
      regulationId: null,
      proposedBy: actor.subject,
    };
  }
}

/** A regulation that somebody removed keeps no step from being taken back or confirmed. */
async function unlessGone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
}
