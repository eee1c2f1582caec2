import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';

/** What a crisis needs to know of campaigns and agents. */
@Injectable()
export class CrisisStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Campaigns of the platform with a published plan that goes on beyond a date. */
  async publishedCampaigns(tx: EntityManager, platformId: number, on: string): Promise<number[]> {
    const rows = await tx.query<{ id: number }[]>(
      `select c.id from campaign c join plan p on p.campaign_id = c.id
        where c.platform_id = $1 and p.state = 'published' and c.ends_on >= $2 order by 1`,
      [platformId, on],
    );
    return rows.map(({ id }) => id);
  }

  /** How many agents have told of themselves since an instant, and whether one of them has an open waiting room. */
  async agents(platformId: number, since: Date): Promise<{ count: number; hasRoom: boolean }> {
    const rows = await this.database.query<{ count: number; hasRoom: boolean }[]>(
      `select count(*)::int as count, coalesce(bool_or((room ->> 'isOpen')::boolean), false) as "hasRoom"
         from gateway_agent where platform_id = $1 and reported_at >= $2`,
      [platformId, since],
    );
    return rows[0]!;
  }
}
