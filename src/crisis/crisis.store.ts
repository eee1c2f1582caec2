import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** What a crisis needs to know of campaigns and agents. */
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

  /** Whether an agent of the platform told of an open waiting room, when it told last. */
  async hasWaitingRoom(platformId: number): Promise<boolean> {
    const rows = await this.database.query<{ isOpen: boolean }[]>(
      `select exists (select 1 from gateway_agent where platform_id = $1 and (room ->> 'isOpen')::boolean) as "isOpen"`,
      [platformId],
    );
    return rows[0]!.isOpen;
  }
}
