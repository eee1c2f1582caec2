import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { ORIGINS } from '../campaign/window-kind';
import { copiedRows, copyOut } from '../common/copy';
import { partitionOf } from './plan-window.store';
import { identityKey } from './window-ids.rules';

/** Where a window of the published plan stands. */
export interface StandingWindow {
  startCell: number;
  cellCount: number;
  /** Moved, added or swapped by its school, or put back: a replan leaves it where it is. */
  isBooked: boolean;
}

const BOOKED = ORIGINS.indexOf('booked');

/** The published windows of a campaign, by what makes a window the same in every plan (window-ids.rules.ts). */
@Injectable()
export class StandingWindowStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** The campaign's published plan, if it has one. */
  async publishedOf(campaignId: number): Promise<number | undefined> {
    const [row] = await this.database.query<{ id: number }[]>(
      `select id from plan where campaign_id = $1 and state = 'published'`,
      [campaignId],
    );
    return row?.id;
  }

  async windows(planId: number): Promise<Map<number, StandingWindow>> {
    const found = new Map<number, StandingWindow>();
    const query = `select establishment_id, coalesce(class_id, -1), audience, local_date - date '1970-01-01', ordinal, start_cell,
        cell_count, (origin = ${BOOKED} or exists (select 1 from plan_change c where c.plan_id = ${planId}
                                                    and c.window_id = w.window_id))::int
      from ${partitionOf(planId)} w`;
    for await (const rows of copiedRows(copyOut(this.database, query))) {
      for (const row of rows) {
        const [establishment, owner, audience, day, ordinal, startCell, cellCount, isBooked] = row.map(Number);
        const key = identityKey(establishment!, owner!, audience!, day!, ordinal!);
        found.set(key, { startCell: startCell!, cellCount: cellCount!, isBooked: isBooked === 1 });
      }
    }
    return found;
  }
}
