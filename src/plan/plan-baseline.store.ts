import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { NotFoundError } from '../common/domain-error';
import type { PlanBaselines } from './plan-evidence';

interface BaselineRow {
  firstCell: number;
  wishSessions: string[];
  wishLogins: string[];
  letterSessions: string[];
  letterLogins: string[];
}

/** What the load of a plan's classes would be without it. */
@Injectable()
export class PlanBaselineStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async insert(tx: EntityManager, planId: number, baselines: PlanBaselines): Promise<void> {
    const { firstCell, everybodyAtWish: wish, letterByLevel: letter } = baselines;
    await tx.query(
      `insert into plan_baseline (plan_id, first_cell, wish_sessions, wish_logins, letter_sessions, letter_logins)
       values ($1, $2, $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])`,
      [
        planId,
        firstCell,
        ...[wish.sessions, wish.logins, letter.sessions, letter.logins].map((column) => `{${column.join(',')}}`),
      ],
    );
  }

  /** @throws NotFoundError for a plan that was stored without, or that does not exist */
  async find(planId: number): Promise<PlanBaselines> {
    const [row] = await this.database.query<BaselineRow[]>(
      `select first_cell as "firstCell", wish_sessions as "wishSessions", wish_logins as "wishLogins",
              letter_sessions as "letterSessions", letter_logins as "letterLogins"
         from plan_baseline where plan_id = $1`,
      [planId],
    );
    if (!row) throw new NotFoundError('plan_baselines', planId);
    const numbers = (column: string[]): Float64Array => Float64Array.from(column, Number);
    return {
      firstCell: row.firstCell,
      everybodyAtWish: { sessions: numbers(row.wishSessions), logins: numbers(row.wishLogins) },
      letterByLevel: { sessions: numbers(row.letterSessions), logins: numbers(row.letterLogins) },
    };
  }
}
