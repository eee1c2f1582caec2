import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** What a crisis needs to know of campaigns. */
@Injectable()
export class CrisisStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Campaigns of the platform with a published plan that goes on beyond a date. */
  async publishedCampaigns(platformId: number, on: string): Promise<number[]> {
    const rows = await this.database.query<{ id: number }[]>(
      `select c.id from campaign c join plan p on p.campaign_id = c.id
        where c.platform_id = $1 and p.state = 'published' and c.ends_on >= $2 order by 1`,
      [platformId, on],
    );
    return rows.map(({ id }) => id);
  }
}
