import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** What is planned now, for the ENT's own quota. */
@Injectable()
export class SessionLimitStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  platforms(): Promise<{ id: number; code: string }[]> {
    return this.database.query('select id, code from platform order by id');
  }

  /** Planned sessions of cells, thousandths; 0 where the ledger has none. */
  async plannedThousandths(platformId: number, firstCell: number, cellCount: number): Promise<number[]> {
    const rows = await this.database.query<{ planned: number }[]>(
      `select coalesce(l.session_planned, 0) as planned from generate_series($2::int, $2::int + $3::int - 1) c
         left join ledger_cell l on l.platform_id = $1 and l.cell = c order by c`,
      [platformId, firstCell, cellCount],
    );
    return rows.map(({ planned }) => Number(planned));
  }
}
