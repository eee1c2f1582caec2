import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { NotFoundError } from '../common/domain-error';

/** What plans were computed from, as files (docs/allocation-dump.md). */
@Injectable()
export class PlanCaseStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async insert(tx: EntityManager, planId: number, file: Uint8Array): Promise<void> {
    await tx.query('insert into plan_case (plan_id, gzipped) values ($1, $2)', [planId, Buffer.from(file)]);
  }

  /** @throws NotFoundError for a plan that was stored without its case, or that does not exist */
  async file(planId: number): Promise<Buffer> {
    const [row] = await this.database.query<{ gzipped: Buffer }[]>('select gzipped from plan_case where plan_id = $1', [
      planId,
    ]);
    if (!row) throw new NotFoundError('plan_case', planId);
    return row.gzipped;
  }
}
