import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { NotFoundError } from '../common/domain-error';
import type { CellPrices, PlanPrices } from './plan-evidence';

interface PriceRow {
  firstCell: number;
  peakSessions: string[];
  peakLogins: string[];
  objectiveSessions: string[];
  objectiveLogins: string[];
  localLaw: number[];
  localOwnerId: number[];
  localCell: number[];
  localPrice: string[];
}

/** The prices that prove the bounds of plans. */
@Injectable()
export class PlanPriceStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async insert(tx: EntityManager, planId: number, prices: PlanPrices): Promise<void> {
    await tx.query(
      `insert into plan_price (plan_id, first_cell, peak_sessions, peak_logins, objective_sessions, objective_logins,
                               local_law, local_owner_id, local_cell, local_price)
       values ($1, $2, $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::smallint[], $8::int[], $9::int[], $10::bigint[])`,
      [
        planId,
        prices.firstCell,
        ...[
          prices.peakSessions,
          prices.peakLogins,
          prices.objectiveSessions,
          prices.objectiveLogins,
          prices.localLaw,
          prices.localOwnerId,
          prices.localCell,
          prices.localPrice,
        ].map((column) => `{${column.join(',')}}`),
      ],
    );
  }

  /** Those of cells alone. @throws NotFoundError as `find` */
  async cellPrices(planId: number): Promise<CellPrices> {
    const [row] = await this.database.query<{ firstCell: number; sessions: string[]; logins: string[] }[]>(
      `select first_cell as "firstCell", objective_sessions as sessions, objective_logins as logins
         from plan_price where plan_id = $1`,
      [planId],
    );
    if (!row) throw new NotFoundError('plan_prices', planId);
    return {
      firstCell: row.firstCell,
      sessions: Float64Array.from(row.sessions, Number),
      logins: Float64Array.from(row.logins, Number),
    };
  }

  /** Establishments with their limits of simultaneous windows, in the order of the ids given. */
  sites(establishmentIds: readonly number[]): Promise<{ uai: string; simultaneousWindowLimit: number | null }[]> {
    return this.database.query(
      `select e.uai, e.simultaneous_window_limit as "simultaneousWindowLimit"
         from unnest($1::int[]) with ordinality given (id, place) join establishment e using (id) order by place`,
      [establishmentIds],
    );
  }

  /** All of them. @throws NotFoundError for a plan that was stored without prices, or that does not exist */
  async find(planId: number): Promise<PlanPrices> {
    const [row] = await this.database.query<PriceRow[]>(
      `select first_cell as "firstCell", peak_sessions as "peakSessions", peak_logins as "peakLogins",
              objective_sessions as "objectiveSessions", objective_logins as "objectiveLogins", local_law as "localLaw",
              local_owner_id as "localOwnerId", local_cell as "localCell", local_price as "localPrice"
         from plan_price where plan_id = $1`,
      [planId],
    );
    if (!row) throw new NotFoundError('plan_prices', planId);
    // bigints come as text; all of them are below 2^53
    return {
      firstCell: row.firstCell,
      peakSessions: Float64Array.from(row.peakSessions, Number),
      peakLogins: Float64Array.from(row.peakLogins, Number),
      objectiveSessions: Float64Array.from(row.objectiveSessions, Number),
      objectiveLogins: Float64Array.from(row.objectiveLogins, Number),
      localLaw: Uint8Array.from(row.localLaw),
      localOwnerId: Int32Array.from(row.localOwnerId),
      localCell: Int32Array.from(row.localCell),
      localPrice: Float64Array.from(row.localPrice, Number),
    };
  }
}
