import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { CivilDate } from '../common/civil-time';

/** From when to when the windows of a published plan are in force, both included. */
export interface PublishedCampaign {
  startsOn: CivilDate;
  endsOn: CivilDate;
}

/** Reads which days of a platform are planned. */
@Injectable()
export class ForecastStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Campaigns with a published plan that are not over on a date. */
  publishedCampaigns(platformId: number, on: CivilDate): Promise<PublishedCampaign[]> {
    return this.database.query<PublishedCampaign[]>(
      `select g.starts_on::text as "startsOn", g.ends_on::text as "endsOn" from campaign g
        where g.platform_id = $1 and g.ends_on >= $2 and exists (select from plan p where p.campaign_id = g.id and p.state = 'published')
        order by g.starts_on`,
      [platformId, on],
    );
  }
}
