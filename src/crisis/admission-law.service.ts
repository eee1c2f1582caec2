import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DateTime } from 'luxon';
import type { EntityManager } from 'typeorm';
import { BundleBuilder } from '../gateway/bundle-builder.service';
import { BundleFactsStore } from '../gateway/bundle-facts.store';
import { BundleStore } from '../gateway/bundle.store';
import { GatewaySettingsChanges } from '../gateway/gateway-settings-changes';
import type { GatewaySettings } from '../gateway/gateway-settings.rules';
import type { BundleChange, BundleContent } from '../kernel/decision/bundle-content';
import { type ShutOut, shutOutBy } from '../kernel/decision/day-admission';
import { applyChanges, type GatePlan, gatePlanOf } from '../kernel/decision/gate-plan';
import { rulesOf } from '../kernel/decision/rules';
import { PlanPublications } from '../plan/plan-publications';
import type { LedgerWindow, WindowChange } from '../plan/sequencer.rules';
import { type WindowJudge, type WindowLaw, WindowLaws } from '../plan/window-laws';
import { ProtectionStore, ruleOf, type StepRow } from '../protection/protection.store';
import { CrisisStore } from './crisis.store';
import { type DoubtfulDay, doubtfulDays, joinedDays, mayShutOut } from './doubtful-days.rules';
import { PupilWithoutAdmission, type WithoutAdmission } from './protection.errors';

const MOST_EXAMPLES = 10;
/** Schools are asked about a few at a time: others are answered in between. */
const SCHOOLS_AT_ONCE = 100;
const DAY = 24 * 3_600_000;
/** The hours of relatives are of no account here: they shut no pupil out, and those of the youngest are never deferred. */
const NO_ZONES: readonly string[] = [];
const AUDIENCE = ['pupils', 'relatives', 'staff'] as const;

type Ruling = Pick<StepRow, 'id' | 'startsAt' | 'endsAt' | 'scope' | 'measures'>;

/** A class that has no admission on a day, as a refusal names it. */
interface Named {
  classId: number;
  uai: string;
  class: string;
  day: string;
}

/** What is asked about: steps, under some settings of the gateways. */
interface Question {
  settings: GatewaySettings;
  steps: readonly Ruling[];
}

/**
 * Law 8 over all steps together: whoever puts a step or a plan in force, moves a window or changes what gateways let in asks here first,
 * and answers for what it adds. Only what lets in live windows alone, or leaves no walk-in at all, can shut a pupil out, and only on a day
 * without evening hours outside of it: without such a step, or day, there is nothing to ask. The gate itself is asked about the schools
 * that are in doubt on such days, of which the database tells in one look.
 */
@Injectable()
export class AdmissionLaw implements OnModuleInit, WindowLaw {
  constructor(
    private readonly builder: BundleBuilder,
    private readonly bundles: BundleStore,
    private readonly facts: BundleFactsStore,
    private readonly store: ProtectionStore,
    private readonly crisis: CrisisStore,
    private readonly publications: PlanPublications,
    private readonly windows: WindowLaws,
    private readonly settings: GatewaySettingsChanges,
  ) {}

  onModuleInit(): void {
    this.publications.add(async (tx, { platformId }) => {
      const settings = await this.bundles.settings(platformId, tx);
      const steps = await this.store.current(platformId, new Date(), tx);
      refuse('plan', await this.added(tx, platformId, { settings, steps }, { settings, steps: [] }));
    });
    this.windows.add(this);
    this.settings.add(async (tx, { platformId, before, now }) => {
      const settings = await this.bundles.settings(platformId, tx);
      const steps = await this.store.current(platformId, now, tx);
      refuse('settings', await this.added(tx, platformId, { settings, steps }, { settings: before, steps }));
    });
  }

  /**
   * Asks about a step, with the others in force beside it, on the days that it touches. Whom the others shut out already (a class that
   * came later, say) is no reason against a step that leaves nobody out.
   *
   * @param passed what an earlier question answered: nothing is asked again where it still holds
   * @returns what the answer rests on @throws PupilWithoutAdmission
   */
  async hold(tx: EntityManager, platformId: number, step: Ruling, now: Date, passed?: string): Promise<string> {
    const settings = await this.bundles.settings(platformId, tx);
    if (!mayShutOut(step, settings.walkInPerCell)) return '';
    const others = (await this.store.current(platformId, now, tx)).filter(({ id }) => id !== step.id);
    const { scope, measures } = step;
    const basis = JSON.stringify([
      await this.bundles.revision(platformId, tx),
      settings,
      scope,
      measures,
      step.startsAt,
      step.endsAt,
      others.map(({ id, endsAt }) => [id, endsAt]),
    ]);
    if (basis === passed) return basis;
    const beside = others.filter(
      ({ startsAt, endsAt }) =>
        startsAt.getTime() < step.endsAt.getTime() + DAY && endsAt.getTime() > step.startsAt.getTime() - DAY,
    );
    refuse(
      'step',
      await this.added(tx, platformId, { settings, steps: [...beside, step] }, { settings, steps: beside }, [step]),
    );
    return basis;
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
    const settings = await this.bundles.settings(platformId, tx);
    const steps = await this.store.current(platformId, now, tx);
    const days = await this.doubtful(tx, platformId, { settings, steps });
    if (days.length === 0) return () => undefined;
    const ofClasses = await this.store.establishmentsOf(tx, owners.classIds);
    const establishmentIds = [...new Set([...owners.establishmentIds, ...ofClasses])];
    const parts: { plan: GatePlan; ask: (plan: GatePlan) => ShutOut[] }[] = [];
    for (const { startsAt, endsAt, days: its } of joinedDays(days)) {
      const content = await this.builder.contentBetween(tx, platformId, startsAt, endsAt, {
        establishmentIds,
        settings,
      });
      parts.push({ plan: gatePlanOf(content), ask: await this.askerOf(tx, content, steps, its) });
    }
    return (changes) => {
      const nexts = parts.map(({ plan, ask }) => {
        const its = changes
          .map(bundleChangeOf)
          .filter((change) => isKnown(plan, change) && touches(plan.content, change));
        if (its.length === 0) return plan;
        const next: GatePlan = { ...plan, changed: new Map(plan.changed), isChanged: plan.isChanged.slice() };
        applyChanges(next, its);
        refuse('booking', without(named(next.content, ask(next)), named(plan.content, ask(plan))));
        return next;
      });
      for (const [k, next] of nexts.entries()) parts[k]!.plan = next;
    };
  }

  /**
   * Whom a question finds that another one, on the same days, does not.
   *
   * @param touching only the days that these touch; absent: all of the question's steps
   */
  private async added(
    tx: EntityManager,
    platformId: number,
    asked: Question,
    known: Question,
    touching: readonly Ruling[] = asked.steps,
  ): Promise<Named[]> {
    const days = await this.doubtful(tx, platformId, asked, touching);
    if (days.length === 0) return [];
    const planIds = (await this.facts.campaigns(tx, platformId)).map(({ planId }) => planId);
    const added: Named[] = [];
    for (const { startsAt, endsAt, days: its } of joinedDays(days)) {
      const schools = new Set<number>();
      for (const day of its)
        for (const id of await this.crisis.schoolsInDoubt(tx, platformId, planIds, day)) schools.add(id);
      for (const establishmentIds of chunked([...schools], SCHOOLS_AT_ONCE)) {
        const askedOf = async ({ settings, steps }: Question): Promise<Named[]> => {
          if (steps.length === 0) return [];
          const content = await this.builder.contentBetween(tx, platformId, startsAt, endsAt, {
            establishmentIds,
            settings,
          });
          return named(content, (await this.askerOf(tx, content, steps, its))(gatePlanOf(content)));
        };
        const found = await askedOf(asked);
        if (found.length > 0) added.push(...without(found, await askedOf(known)));
      }
    }
    return added;
  }

  /** The days on which somebody could be shut out by a question's steps, of those that some of them touch. */
  private async doubtful(
    tx: EntityManager,
    platformId: number,
    { settings: { walkInPerCell }, steps }: Question,
    touching: readonly Ruling[] = steps,
  ): Promise<DoubtfulDay[]> {
    const its = steps.filter((step) => mayShutOut(step, walkInPerCell));
    if (its.length === 0) return [];
    const zones = await this.store.zonesOf(platformId, tx);
    const days = doubtfulDays(its, zones, await this.facts.campaigns(tx, platformId), walkInPerCell);
    return days.filter(({ from, to }) =>
      touching.some(({ startsAt, endsAt }) => startsAt.getTime() < to * 1000 && endsAt.getTime() > from * 1000),
    );
  }

  /** What the gate says under these steps on some days, to every class of a plan. */
  private async askerOf(
    tx: EntityManager,
    content: BundleContent,
    steps: readonly Ruling[],
    days: readonly DoubtfulDay[],
  ): Promise<(plan: GatePlan) => ShutOut[]> {
    const inside = await this.store.departmentsInside(
      steps.flatMap(({ scope }) => scope.territories),
      tx,
    );
    const rules = rulesOf(
      content,
      steps.map((one) => ruleOf(one, inside, NO_ZONES)),
    );
    const { zone: zoneOf } = content.establishments;
    const isAsked = ({ classIndex, dayAt }: ShutOut): boolean =>
      days.some(
        ({ zone, from }) =>
          from === dayAt && content.zones[zoneOf[content.classes.establishment[classIndex]!]!]!.name === zone,
      );
    return (plan) => shutOutBy(plan, rules).filter(isAsked);
  }
}

/** Classes that are shut out, by the names that people know. */
const named = ({ classes, establishments, zones }: BundleContent, found: readonly ShutOut[]): Named[] =>
  found.map(({ classIndex, dayAt }) => {
    const establishment = classes.establishment[classIndex]!;
    const zone = zones[establishments.zone[establishment]!]!.name;
    return {
      classId: classes.id[classIndex]!,
      uai: establishments.uai[establishment]!,
      class: classes.name[classIndex]!,
      day: DateTime.fromSeconds(dayAt, { zone }).toISODate()!,
    };
  });

const without = (found: readonly Named[], known: readonly Named[]): Named[] => {
  const before = new Set(known.map(({ classId, day }) => `${classId} ${day}`));
  return found.filter(({ classId, day }) => !before.has(`${classId} ${day}`));
};

/** @throws PupilWithoutAdmission where somebody is found */
function refuse(what: WithoutAdmission, added: readonly Named[]): void {
  if (added.length === 0) return;
  const examples = added.slice(0, MOST_EXAMPLES).map(({ uai, class: name, day }) => ({ uai, class: name, day }));
  throw new PupilWithoutAdmission(what, new Set(added.map(({ classId }) => classId)).size, examples);
}

function* chunked<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let k = 0; k < items.length; k += size) yield items.slice(k, k + size);
}

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
