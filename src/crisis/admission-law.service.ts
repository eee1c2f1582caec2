import { Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import type { EntityManager } from 'typeorm';
import { BundleBuilder } from '../gateway/bundle-builder.service';
import { shutOutBy } from '../kernel/decision/day-admission';
import { gatePlanOf } from '../kernel/decision/gate-plan';
import { rulesOf } from '../kernel/decision/rules';
import { ProtectionStore, ruleOf, type StepRow } from '../protection/protection.store';
import { PupilWithoutAdmission } from './protection.errors';

const MOST_EXAMPLES = 10;

type Ruling = Pick<StepRow, 'id' | 'startsAt' | 'endsAt' | 'scope' | 'measures'>;

/** Law 8 over all steps together: whoever puts one in force asks here first. */
@Injectable()
export class AdmissionLaw {
  constructor(
    private readonly builder: BundleBuilder,
    private readonly store: ProtectionStore,
  ) {}

  /**
   * Asks the gate itself about every class on the days that the step touches, with the other steps in force beside it. Only what
   * lets in live windows alone can shut a pupil out: without such a step there is nothing to ask.
   *
   * @throws PupilWithoutAdmission
   */
  async hold(tx: EntityManager, platformId: number, step: Ruling, now: Date): Promise<void> {
    const others = (await this.store.current(platformId, now, tx)).filter(({ id }) => id !== step.id);
    const all: Ruling[] = [...others, step];
    if (!all.some(({ measures }) => measures.isLiveOnly)) return;
    const inside = await this.store.departmentsInside(all.flatMap(({ scope }) => scope.territories), tx); // prettier-ignore
    const content = await this.builder.contentBetween(platformId, step.startsAt, step.endsAt);
    const plan = gatePlanOf(content);
    const shutOut = shutOutBy(plan, rulesOf(content, all.map((its) => ruleOf(its, inside)))); // prettier-ignore
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
    throw new PupilWithoutAdmission(new Set(shutOut.map(({ classIndex }) => classIndex)).size, examples);
  }
}
