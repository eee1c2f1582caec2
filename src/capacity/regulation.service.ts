import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import { NotFoundError } from '../common/domain-error';
import type { Page } from '../common/keyset';
import type { PageQuery } from '../common/page-query.dto';
import { cellOfSeconds, secondsOfCell } from '../kernel/cell-grid';
import { RegulationOfStep } from './capacity.errors';
import type { Regulation } from './capacity.rules';
import { checkReason, checkRegulation, rangeOfRegulation, type CapacityChange } from './capacity-statement.rules';
import { CapacityStore } from './capacity.store';
import { CapacityWork } from './capacity-work';
import { instantPage } from './instant-page';
import { PlatformStore } from './platform.store';
import { RegulationEntity } from './regulation.entity';

/** Regulations: what reduces the capacity of a platform for a time. */
@Injectable()
export class RegulationService {
  constructor(
    private readonly platforms: PlatformStore,
    private readonly store: CapacityStore,
    private readonly work: CapacityWork,
  ) {}

  /** Regulations, the earliest first. */
  async list(_actor: Actor, platformId: number, page: PageQuery): Promise<Page<RegulationEntity>> {
    if (!(await this.platforms.find(platformId))) throw new NotFoundError('platform', platformId);
    return instantPage(page, (after, count) => this.store.regulationPage(platformId, after, count));
  }

  /** Reduces capacity for a time; of regulations that overlap the sharper one holds. */
  async add(
    actor: Actor,
    platformId: number,
    regulation: Regulation & { reason: string },
    tx?: EntityManager,
  ): Promise<CapacityChange & { id: number }> {
    const { startsAt, endsAt, sessionsPerMille, loginsPerMille, reason } = regulation;
    checkRegulation(regulation);
    checkReason(reason);
    return this.work.onPlatform(platformId, tx, async (within) => {
      const repository = within.getRepository(RegulationEntity);
      const { id } = await repository.save(
        repository.create({ platformId, startsAt, endsAt, sessionsPerMille, loginsPerMille, reason }),
      );
      await recordAudit(within, actor, {
        action: 'regulation.add',
        key: id,
        platformId,
        after: { startsAt, endsAt, sessionsPerMille, loginsPerMille },
        reason,
      });
      return { id, ...rangeOfRegulation(platformId, regulation) };
    });
  }

  /** Withdraws a regulation by itself; one by which a step cuts the capacity goes with that. @throws NotFoundError, RegulationOfStep */
  async withdrawOwn(actor: Actor, platformId: number, regulationId: number, now: Date): Promise<CapacityChange> {
    return this.work.onPlatform(platformId, undefined, async (within) => {
      const stepId = await this.store.stepOf(within, regulationId, now);
      if (stepId !== undefined) throw new RegulationOfStep(stepId);
      return this.withdraw(actor, platformId, regulationId, now, within);
    });
  }

  /**
   * Withdraws a regulation. Of one that has begun what was in force stays on record, to the last whole cell before now: whoever asks
   * later what the platform was declared to bear is told the truth. One that has not begun is removed. @throws NotFoundError
   */
  async withdraw(
    actor: Actor,
    platformId: number,
    regulationId: number,
    now: Date,
    tx?: EntityManager,
  ): Promise<CapacityChange> {
    const endsAt = new Date(secondsOfCell(cellOfSeconds(now.getTime() / 1000)) * 1000);
    return this.work.onPlatform(platformId, tx, async (within) => {
      const repository = within.getRepository(RegulationEntity);
      const regulation = await repository.findOneBy({ id: regulationId, platformId });
      if (!regulation) throw new NotFoundError('regulation', regulationId);
      if (regulation.startsAt >= endsAt) return this.delete(actor, platformId, regulationId, within);
      if (regulation.endsAt > endsAt) {
        await repository.update({ id: regulationId }, { endsAt });
        await recordAudit(within, actor, {
          action: 'regulation.end',
          key: regulationId,
          platformId,
          before: { ...regulation },
          after: { ...regulation, endsAt },
        });
      }
      return rangeOfRegulation(platformId, regulation);
    });
  }

  /** Removes a regulation and what it was. @throws NotFoundError */
  async delete(actor: Actor, platformId: number, regulationId: number, tx?: EntityManager): Promise<CapacityChange> {
    return this.work.onPlatform(platformId, tx, async (within) => {
      const repository = within.getRepository(RegulationEntity);
      const regulation = await repository.findOneBy({ id: regulationId, platformId });
      if (!regulation) throw new NotFoundError('regulation', regulationId);
      await repository.delete({ id: regulationId });
      await recordAudit(within, actor, {
        action: 'regulation.delete',
        key: regulationId,
        platformId,
        before: { ...regulation },
      });
      return rangeOfRegulation(platformId, regulation);
    });
  }
}
