import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Campaign } from '../campaign/campaign.entity';
import type { MatchedClass } from './wish-copy.rules';

/** A class that had wishes then. */
export interface ClassThen extends MatchedClass {
  establishmentId: number;
  schoolYear: string;
}

/** Where wishes are copied from. */
@Injectable()
export class WishCopyStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** The last campaign of the platform that starts before this one and has wishes. */
  async campaignBefore({ id, platformId, startsOn }: Campaign): Promise<number | undefined> {
    const [row] = await this.database.query<{ id: number }[]>(
      `select id from campaign c where platform_id = $1 and id <> $2 and (starts_on, id) < ($3, $2)
          and exists (select 1 from wish where campaign_id = c.id) order by starts_on desc, id desc limit 1`,
      [platformId, id, startsOn],
    );
    return row?.id;
  }

  /** Establishments with wishes in the campaign, by id, those after `afterId`. */
  async establishments(
    campaignId: number,
    uais: readonly string[] | undefined,
    afterId: number,
    count: number,
  ): Promise<number[]> {
    const rows = await this.database.query<{ id: number }[]>(
      `select e.id from establishment e
        where e.id > $2 and ($3::text[] is null or e.uai = any($3))
          and (exists (select 1 from wish where wish.campaign_id = $1 and wish.establishment_id = e.id)
            or exists (select 1 from class join wish on wish.class_id = class.id and wish.campaign_id = $1
                        where class.establishment_id = e.id))
        order by e.id limit $4`,
      [campaignId, afterId, uais ?? null, count],
    );
    return rows.map(({ id }) => id);
  }

  /** Their classes that had wishes. */
  classes(campaignId: number, establishmentIds: readonly number[]): Promise<ClassThen[]> {
    return this.database.query(
      `select id, establishment_id as "establishmentId", school_year as "schoolYear", code, kind, levels from class
        where establishment_id = any($2) and exists (select 1 from wish where class_id = class.id and campaign_id = $1)
        order by establishment_id, code, id`,
      [campaignId, establishmentIds],
    );
  }
}
