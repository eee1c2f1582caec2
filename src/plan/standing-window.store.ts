import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { ORIGINS } from '../campaign/window-kind';
import { copiedRows, copyOut } from '../common/copy';
import { partitionOf } from './plan-window.store';
import { vacatedPlaces } from './vacated-places';
import { identityKey } from './window-ids.rules';

/** Where a window of the published plan stands. */
export interface StandingWindow {
  startCell: number;
  cellCount: number;
  /** -1 for none. */
  teacherKeyId: number;
  /** Moved, added or swapped by its school, or put back: a replan leaves it where it is. */
  isBooked: boolean;
}

/** Whose a window is, and which of the day; -1 for no class. */
export interface WindowIdentity {
  establishmentId: number;
  classId: number;
  audience: number;
  /** Days since 1970-01-01. */
  localDay: number;
  ordinal: number;
}

/** A published plan as a replan finds it; windows are named by their `identityKey`. */
export interface StandingPlan {
  windows: Map<number, StandingWindow>;
  /** Those that were booked, with whose they are. */
  booked: Map<number, WindowIdentity>;
  /** What was released, or left for another day: nobody wants a window there. */
  vacated: Set<number>;
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

  async read(planId: number): Promise<StandingPlan> {
    const plan: StandingPlan = { windows: new Map(), booked: new Map(), vacated: new Set() };
    const query = `select establishment_id, coalesce(class_id, -1), audience, local_date - date '1970-01-01', ordinal, start_cell,
        cell_count, coalesce(teacher_key_id, -1),
        (origin = ${BOOKED} or exists (select 1 from plan_change c where c.plan_id = ${planId} and c.window_id = w.window_id))::int
      from ${partitionOf(planId)} w`;
    for await (const rows of copiedRows(copyOut(this.database, query))) {
      for (const row of rows) {
        const [establishmentId, classId, audience, localDay, ordinal, startCell, cellCount, teacherKeyId, isBooked] =
          row.map(Number) as [number, number, number, number, number, number, number, number, number];
        const key = identityKey(establishmentId, classId, audience, localDay, ordinal);
        plan.windows.set(key, { startCell, cellCount, teacherKeyId, isBooked: isBooked === 1 });
        if (isBooked === 1) plan.booked.set(key, { establishmentId, classId, audience, localDay, ordinal });
      }
    }
    const vacated = await this.database.query<WindowIdentity[]>(
      `${vacatedPlaces(planId)}
       select establishment_id as "establishmentId", coalesce(class_id, -1) as "classId", audience,
              local_date - date '1970-01-01' as "localDay", ordinal from vacated`,
    );
    for (const { establishmentId, classId, audience, localDay, ordinal } of vacated)
      plan.vacated.add(identityKey(establishmentId, classId, audience, localDay, ordinal));
    return plan;
  }
}
