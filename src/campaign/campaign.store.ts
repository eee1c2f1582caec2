import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { scopeConditions, type CampaignScope } from './campaign-scope.rules';
import { Campaign } from './campaign.entity';

/** Counts of one kind of establishment. */
export interface ConcernedRow {
  kind: string;
  establishmentCount: number;
  classCount: number;
  groupCount: number;
  pupilCount: number;
}

/** Campaigns in the database, and who takes part in them. */
@Injectable()
export class CampaignStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  find(campaignId: number, tx: EntityManager = this.database.manager): Promise<Campaign | null> {
    return tx.findOneBy(Campaign, { id: campaignId });
  }

  /** Campaigns from the newest, those before `beforeId`. */
  list(platformId: number | undefined, beforeId: number | undefined, count: number): Promise<Campaign[]> {
    const query = this.database.manager
      .createQueryBuilder(Campaign, 'campaign')
      .orderBy('campaign.id', 'DESC')
      .limit(count);
    if (platformId !== undefined) query.andWhere('campaign.platformId = :platformId', { platformId });
    if (beforeId !== undefined) query.andWhere('campaign.id < :beforeId', { beforeId });
    return query.getMany();
  }

  insert(tx: EntityManager, campaign: Omit<Campaign, 'id' | 'createdAt'>): Promise<Campaign> {
    return tx.save(tx.create(Campaign, campaign));
  }

  /** When heads may write wishes. */
  async setWishPeriod(
    tx: EntityManager,
    campaignId: number,
    opensAt: Date | null,
    closesAt: Date | null,
  ): Promise<void> {
    await tx.update(Campaign, { id: campaignId }, { wishesOpenAt: opensAt, wishesCloseAt: closesAt });
  }

  /**
   * Takes the campaign away with its wishes, jobs and drafts. The windows of a plan are a partition that no foreign key
   * reaches: it is dropped with its plan.
   */
  async delete(tx: EntityManager, campaignId: number, planIds: readonly number[]): Promise<void> {
    await tx.query('select drop_plan_partition(id) from unnest($1::int[]) as id', [planIds]);
    await tx.delete(Campaign, { id: campaignId });
  }

  /** Its plans, locked until the end of the transaction so that none is published meanwhile. */
  plansForUpdate(tx: EntityManager, campaignId: number): Promise<{ id: number; state: string }[]> {
    return tx.query('select id, state from plan where campaign_id = $1 order by id for update', [campaignId]);
  }

  async platformExists(platformId: number): Promise<boolean> {
    return (await this.database.query<unknown[]>('select 1 from platform where id = $1', [platformId])).length > 0;
  }

  /** Those of the ids that are no territory. */
  async unknownTerritories(ids: readonly number[]): Promise<number[]> {
    const rows = await this.database.query<{ id: number }[]>(
      'select id from unnest($1::int[]) as asked (id) where not exists (select 1 from territory t where t.id = asked.id)',
      [[...ids]],
    );
    return rows.map(({ id }) => id);
  }

  concerned(scope: CampaignScope): Promise<ConcernedRow[]> {
    const conditions = scopeConditions(scope);
    return this.database.query<ConcernedRow[]>(`
      select establishment.kind,
             count(distinct establishment.id)::int as "establishmentCount",
             (count(*) filter (where class.kind = 'division'))::int as "classCount",
             (count(*) filter (where class.kind = 'group'))::int as "groupCount",
             coalesce(sum(class.headcount) filter (where class.kind = 'division'), 0)::int as "pupilCount"
        from establishment join class on class.establishment_id = establishment.id
       where ${conditions.establishment} and ${conditions.class}
       group by establishment.kind order by establishment.kind`);
  }
}
