import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { PlanState } from '../plan/plan.store';

/** The proposal that a campaign shows. */
export interface Proposal {
  id: number;
  campaignId: number;
  planId: number;
  planState: PlanState;
  round: number;
  answersUntil: Date;
  openedBy: string;
  openedAt: Date;
}

/** Plans shown to heads. */
@Injectable()
export class ProposalStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** The one that is shown; superseded ones stay in the table with their answers. */
  async current(campaignId: number, tx: EntityManager = this.database.manager): Promise<Proposal | undefined> {
    const [row] = await tx.query<Proposal[]>(
      `select p.id, p.campaign_id as "campaignId", p.plan_id as "planId", plan.state as "planState",
              (select count(*) from proposal before where before.campaign_id = p.campaign_id and before.id <= p.id) as round,
              p.answers_until as "answersUntil", p.opened_by as "openedBy", p.opened_at as "openedAt"
         from proposal p join plan on plan.id = p.plan_id where p.campaign_id = $1 and p.superseded_at is null`,
      [campaignId],
    );
    return row;
  }

  /** Makes openings of a campaign wait for each other and for answers that are being written. */
  async lock(tx: EntityManager, campaignId: number): Promise<void> {
    await tx.query('select 1 from campaign where id = $1 for no key update', [campaignId]);
  }

  async supersede(tx: EntityManager, proposalId: number): Promise<void> {
    await tx.query('update proposal set superseded_at = now() where id = $1', [proposalId]);
  }

  async insert(tx: EntityManager, campaignId: number, planId: number, answersUntil: Date, by: string): Promise<void> {
    await tx.query('insert into proposal (campaign_id, plan_id, answers_until, opened_by) values ($1, $2, $3, $4)', [
      campaignId,
      planId,
      answersUntil,
      by,
    ]);
  }

  /** Where a plan of the campaign that is still being answered has just been superseded, shows the one in force in its place. */
  async follow(tx: EntityManager, planId: number, now: Date): Promise<void> {
    await tx.query(
      `update proposal p set plan_id = next.id from plan next, plan shown
        where next.id = $1 and p.campaign_id = next.campaign_id and p.superseded_at is null and p.answers_until > $2
          and shown.id = p.plan_id and shown.state = 'superseded'`,
      [planId, now],
    );
  }

  /** Another deadline; the links that would have ended with the old one end with it. */
  async moveDeadline(tx: EntityManager, { id, answersUntil: before }: Proposal, answersUntil: Date): Promise<void> {
    await tx.query('update proposal set answers_until = $2 where id = $1', [id, answersUntil]);
    await tx.query(
      'update answer_link set expires_at = $3 where proposal_id = $1 and expires_at = $2 and revoked_at is null',
      [id, before, answersUntil],
    );
  }

  /** Holds the proposal as it is until the answer is written; false where another one took its place. */
  async share(tx: EntityManager, proposalId: number): Promise<boolean> {
    const rows = await tx.query<unknown[]>('select 1 from proposal where id = $1 and superseded_at is null for share', [
      proposalId,
    ]);
    return rows.length > 0;
  }
}
