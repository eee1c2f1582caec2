import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { LOAD_SCALE } from '../kernel/cell-grid';
import type { UnplacedReasonDto } from './plan-evidence.dto';

/** Windows that found no place, added up. */
@Injectable()
export class PlanShortfallStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** By reason, the most frequent first. */
  reasons(planId: number): Promise<UnplacedReasonDto[]> {
    return this.database.query<UnplacedReasonDto[]>(
      `select u ->> 'reason' as reason, count(*)::int as "windowCount", count(distinct u ->> 'classId')::int as "classCount",
              max((u ->> 'neededSessions')::float8) / ${LOAD_SCALE} as "neededSessions",
              max((u ->> 'neededLogins')::float8) / ${LOAD_SCALE} as "neededLogins"
         from plan, jsonb_array_elements(unplaced) u where plan.id = $1
        group by 1 order by 2 desc, 1`,
      [planId],
    );
  }
}
