import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DateTime } from 'luxon';
import type { EntityManager } from 'typeorm';
import { BundleBuilder } from '../gateway/bundle-builder.service';
import { GatewaySettingsChanges } from '../gateway/gateway-settings-changes';
import type { BundleChange, BundleContent } from '../kernel/decision/bundle-content';
import { type ShutOut, shutOutBy } from '../kernel/decision/day-admission';
import { applyChanges, type GatePlan, gatePlanOf } from '../kernel/decision/gate-plan';
import { rulesOf } from '../kernel/decision/rules';
import { PlanPublications } from '../plan/plan-publications';
import type { LedgerWindow, WindowChange } from '../plan/sequencer.rules';
import { type WindowJudge, type WindowLaw, WindowLaws } from '../plan/window-laws';
import { ProtectionStore, ruleOf, type StepRow } from '../protection/protection.store';
import { PupilWithoutAdmission, type WithoutAdmission } from './protection.errors';

const MOST_EXAMPLES = 10;
/** The hours of relatives are of no account here: they shut no pupil out, and those of the youngest are never deferred. */
const NO_ZONES: readonly string[] = [];
const AUDIENCE = ['pupils', 'relatives', 'staff'] as const;

type Ruling = Pick<StepRow, 'id' | 'startsAt' | 'endsAt' | 'scope' | 'measures'>;

/**
 * Law 8 over all steps together: whoever puts a step or a plan in force, moves a window or changes what gateways let in asks here first,
 * and answers for what it adds. Only what lets in live windows alone, or lowers the walk-in quota, can shut a pupil out: without such a
 * step there is nothing to ask.
 */
@Injectable()
export class AdmissionLaw implements OnModuleInit, WindowLaw {
  constructor(
    private readonly builder: BundleBuilder,
    private readonly store: ProtectionStore,
    private readonly publications: PlanPublications,
    private readonly windows: WindowLaws,
    private readonly settings: GatewaySettingsChanges,
  ) {}

  onModuleInit(): void {
    this.publications.add(async (tx, { platformId }) => {
      const steps = await this.standing(tx, platformId, new Date());
      if (steps.length === 0) return;
      const { startsAt, endsAt } = spanOf(steps);
      const content = await this.builder.contentBetween(tx, platformId, startsAt, endsAt);
      refuse('plan', content, await this.askerOf(tx, content, steps)(gatePlanOf(content)), []);
    });
    this.windows.add(this);
    this.settings.add(async (tx, { platformId, before, now }) => {
      const steps = await this.standing(tx, platformId, now);
      if (steps.length === 0) return;
      const { startsAt, endsAt } = spanOf(steps);
      const content = await this.builder.contentBetween(tx, platformId, startsAt, endsAt);
      const earlier = await this.builder.contentBetween(tx, platformId, startsAt, endsAt, { settings: before });
      const [found, known] = [await this.askerOf(tx, content, steps)(gatePlanOf(content)), await this.askerOf(tx, earlier, steps)(gatePlanOf(earlier))]; // prettier-ignore
      refuse('settings', content, found, known);
    });
  }

  /**
   * Asks about a step, with the others in force beside it, on the days that it touches. Whom the others shut out already (a class that
   * came later, say) is no reason against a step that leaves nobody out.
   *
   * @throws PupilWithoutAdmission
   */
  async hold(tx: EntityManager, platformId: number, step: Ruling, now: Date): Promise<void> {
    if (!mayShutOut(step)) return;
    const others = (await this.standing(tx, platformId, now)).filter(({ id }) => id !== step.id);
    const content = await this.builder.contentBetween(tx, platformId, step.startsAt, step.endsAt);
    const plan = gatePlanOf(content);
    const found = await this.askerOf(tx, content, [...others, step])(plan);
    if (found.length > 0) refuse('step', content, found, await this.askerOf(tx, content, others)(plan));
  }

  async stands(tx: EntityManager, platformId: number, now: Date): Promise<boolean> {
    return this.store.hasShuttingOut(tx, platformId, now);
  }

  /** Asks about the schools of a batch alone: what a booking does to a class and to those who come in its windows. */
  async judge(
    tx: EntityManager,
    platformId: number,
    owners: { classIds: readonly number[]; establishmentIds: readonly number[] },
    now: Date,
  ): Promise<WindowJudge> {
    const steps = await this.standing(tx, platformId, now);
    const { startsAt, endsAt } = spanOf(steps);
    const ofClasses = await this.store.establishmentsOf(tx, owners.classIds);
    const establishmentIds = [...new Set([...owners.establishmentIds, ...ofClasses])];
    const content = await this.builder.contentBetween(tx, platformId, startsAt, endsAt, { establishmentIds });
    const inside = await this.store.departmentsInside(steps.flatMap(({ scope }) => scope.territories), tx); // prettier-ignore
    const rules = rulesOf(content, steps.map((one) => ruleOf(one, inside, NO_ZONES))); // prettier-ignore
    let plan = gatePlanOf(content);
    return (changes) => {
      const its = changes.map(bundleChangeOf).filter((change) => isKnown(plan, change) && touches(content, change));
      if (its.length === 0) return;
      const next: GatePlan = { ...plan, changed: new Map(plan.changed), isChanged: plan.isChanged.slice() };
      applyChanges(next, its);
      refuse('booking', content, shutOutBy(next, rules), shutOutBy(plan, rules));
      plan = next;
    };
  }

  private async standing(tx: EntityManager, platformId: number, now: Date): Promise<StepRow[]> {
    return (await this.store.current(platformId, now, tx)).filter(mayShutOut);
  }

  /** What the gate says under these steps, to every class of a plan. */
  private askerOf(
    tx: EntityManager,
    content: BundleContent,
    steps: readonly Ruling[],
  ): (plan: GatePlan) => Promise<ShutOut[]> {
    // prettier-ignore
    return async (plan) => {
      if (steps.length === 0) return [];
      const inside = await this.store.departmentsInside(steps.flatMap(({ scope }) => scope.territories), tx); // prettier-ignore
      return shutOutBy(plan, rulesOf(content, steps.map((one) => ruleOf(one, inside, NO_ZONES)))); // prettier-ignore
    };
  }
}

/** @throws PupilWithoutAdmission where somebody is found who was not known */
function refuse(
  what: WithoutAdmission,
  content: BundleContent,
  found: readonly ShutOut[],
  known: readonly ShutOut[],
): void {
  // prettier-ignore
  const before = new Set(known.map(nameOf));
  const added = found.filter((one) => !before.has(nameOf(one)));
  if (added.length === 0) return;
  const examples = added.slice(0, MOST_EXAMPLES).map(({ classIndex, dayAt }) => {
    const establishment = content.classes.establishment[classIndex]!;
    const zone = content.zones[content.establishments.zone[establishment]!]!.name;
    return {
      uai: content.establishments.uai[establishment]!,
      class: content.classes.name[classIndex]!,
      day: DateTime.fromSeconds(dayAt, { zone }).toISODate()!,
    };
  });
  throw new PupilWithoutAdmission(what, new Set(added.map(({ classIndex }) => classIndex)).size, examples);
}

const nameOf = ({ classIndex, dayAt }: ShutOut): string => `${classIndex} ${dayAt}`;
const mayShutOut = ({ measures }: Ruling): boolean => measures.isLiveOnly || measures.walkInPerMille < 1000;

function bundleChangeOf({ before, after }: WindowChange): BundleChange {
  const { audience, classId, establishmentId } = (after ?? before) as LedgerWindow;
  return {
    audience: AUDIENCE[audience]!,
    ownerId: classId ?? establishmentId,
    removes: before?.startCell ?? null,
    adds: after && [after.startCell, after.cellCount, after.activity],
  };
}

/** A class of another year is in no bundle, and nobody comes by it. */
const isKnown = (plan: GatePlan, { audience, ownerId }: BundleChange): boolean =>
  (audience === 'pupils' ? plan.classOf : plan.establishmentOf).has(ownerId);

/** Whether it lies, before or after, on a day that the steps touch. */
const touches = ({ firstCell, endCell }: BundleContent, { removes, adds }: BundleChange): boolean =>
  [removes, adds?.[0]].some((cell) => cell !== null && cell !== undefined && cell >= firstCell && cell < endCell);

/** From the first begin to the last end. */
const spanOf = (steps: readonly Ruling[]): Pick<Ruling, 'startsAt' | 'endsAt'> => ({
  startsAt: new Date(Math.min(...steps.map(({ startsAt }) => startsAt.getTime()))),
  endsAt: new Date(Math.max(...steps.map(({ endsAt }) => endsAt.getTime()))),
});
