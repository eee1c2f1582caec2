import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DateTime } from 'luxon';
import type { EntityManager } from 'typeorm';
import { BundleBuilder } from '../gateway/bundle-builder.service';
import { shutOutBy } from '../kernel/decision/day-admission';
import { gatePlanOf } from '../kernel/decision/gate-plan';
import { rulesOf } from '../kernel/decision/rules';
import { PlanPublications } from '../plan/plan-publications';
import { ProtectionStore, ruleOf, type StepRow } from '../protection/protection.store';
import { PupilWithoutAdmission } from './protection.errors';

const MOST_EXAMPLES = 10;

type Ruling = Pick<StepRow, 'id' | 'startsAt' | 'endsAt' | 'scope' | 'measures'>;

/** Law 8 over all steps together: whoever puts a step or a plan in force asks here first. */
@Injectable()
export class AdmissionLaw implements OnModuleInit {
  constructor(
    private readonly builder: BundleBuilder,
    private readonly store: ProtectionStore,
    private readonly publications: PlanPublications,
  ) {}

  onModuleInit(): void {
    this.publications.add(async (tx, { platformId }) => {
      const now = new Date();
      const steps = await this.store.current(platformId, now, tx);
      await this.ask(tx, platformId, steps, 'plan');
    });
  }

  /** Asks about a step, with the others in force beside it, on the days that it touches. @throws PupilWithoutAdmission */
  async hold(tx: EntityManager, platformId: number, step: Ruling, now: Date): Promise<void> {
    const others = (await this.store.current(platformId, now, tx)).filter(({ id }) => id !== step.id);
    await this.ask(tx, platformId, [...others, step], 'step', step);
  }

  /**
   * Asks the gate itself about every class. Only what lets in live windows alone can shut a pupil out: without such a step there is
   * nothing to ask.
   */
  private async ask(
    tx: EntityManager,
    platformId: number,
    steps: readonly Ruling[],
    what: 'step' | 'plan',
    { startsAt, endsAt } = spanOf(steps),
  ): Promise<void> {
    if (!steps.some(({ measures }) => measures.isLiveOnly)) return;
    const inside = await this.store.departmentsInside(steps.flatMap(({ scope }) => scope.territories), tx); // prettier-ignore
    const content = await this.builder.contentBetween(tx, platformId, startsAt, endsAt);
    const plan = gatePlanOf(content);
    const shutOut = shutOutBy(plan, rulesOf(content, steps.map((its) => ruleOf(its, inside)))); // prettier-ignore
    if (shutOut.length === 0) return;
    const examples = shutOut.slice(0, MOST_EXAMPLES).map(({ classIndex, dayAt }) => {
      const establishment = content.classes.establishment[classIndex]!;
      const zone = content.zones[content.establishments.zone[establishment]!]!.name;
      return {
        uai: content.establishments.uai[establishment]!,
        class: content.classes.name[classIndex]!,
        day: DateTime.fromSeconds(dayAt, { zone }).toISODate()!,
      };
    });
    const classCount = new Set(shutOut.map(({ classIndex }) => classIndex)).size;
    throw new PupilWithoutAdmission(what, classCount, examples);
  }
}

/** From the first begin to the last end. */
const spanOf = (steps: readonly Ruling[]): Pick<Ruling, 'startsAt' | 'endsAt'> => ({
  startsAt: new Date(Math.min(...steps.map(({ startsAt }) => startsAt.getTime()))),
  endsAt: new Date(Math.max(...steps.map(({ endsAt }) => endsAt.getTime()))),
});
