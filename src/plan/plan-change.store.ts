import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/actor';
import { scopeCondition } from '../access/scope.rules';
import type { Revision } from './ledger.store';
import type { LedgerWindow } from './sequencer.rules';

export const CHANGE_KINDS = ['publication', 'rollback', 'move', 'add', 'release'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** A numbered change of a plan as it is stored. */
export interface PlanChangeRow extends Revision {
  kind: ChangeKind;
  windowId: number | null;
  before: LedgerWindow | null;
  after: LedgerWindow | null;
  timeZone: string | null;
  bookingId: string | null;
  supersededPlanId: number | null;
  changedAt: Date;
}

/** With who made it and why, where the reader may know: of a school's windows that is the business of who answers for it. */
export interface ReadPlanChangeRow extends PlanChangeRow {
  changedBy: string | null;
  reason: string | null;
}

/** What a plan gave way to, and when. */
export interface FollowingPlan extends Revision {
  planId: number;
}

const FIELDS = `c.epoch, c.revision, c.kind, c.window_id as "windowId", c.before, c.after, e.time_zone as "timeZone",
  c.booking_id as "bookingId", c.superseded_plan_id as "supersededPlanId", c.changed_at as "changedAt"`;
const JOINS = `left join establishment e on e.id = (coalesce(c.after, c.before) ->> 'establishmentId')::int`;

/** The numbered changes of plans, in the order of their revisions, which is that of their commits. */
@Injectable()
export class PlanChangeStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Changes of a plan after a revision, oldest first, one more than asked so that the caller knows whether there are others. */
  after(actor: Actor, planId: number, after: Revision, size: number): Promise<ReadPlanChangeRow[]> {
    const parameters: unknown[] = [planId, after.epoch, after.revision, size + 1];
    // a machine that reads windows needs no person's reasons
    const isOwn = actor.role === 'machine' ? 'false' : scopeCondition(actor, (value) => `$${parameters.push(value)}`);
    const known = (column: string): string => `case when c.window_id is null or ${isOwn} then ${column} end`;
    return this.database.query<ReadPlanChangeRow[]>(
      `select ${FIELDS}, ${known('c.changed_by')} as "changedBy", ${known('c.reason')} as reason from plan_change c ${JOINS}
        where c.plan_id = $1 and (c.epoch, c.revision) > ($2, $3) and c.revision > $3 order by c.epoch, c.revision limit $4`,
      parameters,
    );
  }

  /** The exchange by which a plan gave way: the first after a revision, else, where it is not in force, the last. */
  async supersededBy(planId: number, after: Revision): Promise<FollowingPlan | undefined> {
    const exchange = `select plan_id as "planId", epoch, revision from plan_change c where superseded_plan_id = $1`;
    const [row] = await this.database.query<FollowingPlan[]>(
      `(${exchange} and (epoch, revision) > ($2, $3) and revision > $3 order by epoch, revision limit 1)
       union all
       (${exchange} and exists (select from plan where id = $1 and state = 'superseded')
         order by epoch desc, revision desc limit 1)
       limit 1`,
      [planId, after.epoch, after.revision],
    );
    return row;
  }

  ofBooking(bookingId: string): Promise<PlanChangeRow[]> {
    return this.database.query<PlanChangeRow[]>(
      `select ${FIELDS} from plan_change c ${JOINS} where c.booking_id = $1 order by c.epoch, c.revision`,
      [bookingId],
    );
  }
}
