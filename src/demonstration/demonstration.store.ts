import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { CivilDate } from '../common/civil-time';
import { CAMPAIGN_NAME, PLATFORM } from './demonstration.rules';

/** How far the demonstration has come. */
export interface DemonstrationState {
  platformId: number;
  campaignId: number;
  startsOn: CivilDate;
  /** The plan in force, else the one that was last. */
  publishedPlanId: number | null;
  draftPlanId: number | null;
  activeJobId: number | null;
}

/** Reads what the steps of the demonstration have left. */
@Injectable()
export class DemonstrationStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async state(): Promise<DemonstrationState | undefined> {
    const [state] = await this.database.query<DemonstrationState[]>(
      `select c.platform_id as "platformId", c.id as "campaignId", c.starts_on::text as "startsOn",
              (select p.id from plan p where p.campaign_id = c.id and p.state <> 'draft'
                order by p.state = 'published' desc, p.id desc limit 1) as "publishedPlanId",
              (select max(p.id) from plan p where p.campaign_id = c.id and p.state = 'draft') as "draftPlanId",
              (select max(j.id) from job_run j where j.campaign_id = c.id and j.state in ('queued', 'running')) as "activeJobId"
         from campaign c join platform f on f.id = c.platform_id
        where f.code = $1 and c.name = $2 order by c.id limit 1`,
      [PLATFORM.code, CAMPAIGN_NAME],
    );
    return state;
  }
}
