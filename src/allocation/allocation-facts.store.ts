import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** What an allocation reads from, as tables. */
@Injectable()
export class AllocationFactsStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /**
   * Counts the tables for the query planner, some tenths of a second at any scale. Facts often come in bulk a moment before they
   * are read, sooner than autovacuum counts them, and a join of uncounted tables took minutes where it takes a second.
   * Only the owner of a table may count it (anybody else is passed over with a warning), so a function of the owner does.
   */
  async count(): Promise<void> {
    await this.database.query('select count_allocation_facts()');
  }

  /** In ascending order. */
  async uais(establishmentIds: readonly number[]): Promise<string[]> {
    const rows = await this.database.query<{ uai: string }[]>(
      'select uai from establishment where id = any($1::int[]) order by uai',
      [establishmentIds],
    );
    return rows.map(({ uai }) => uai);
  }
}
