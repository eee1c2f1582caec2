import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Campaign } from '../campaign/campaign.entity';
import { ORIGINS } from '../campaign/window-kind';
import { CELL_MINUTES } from '../kernel/cell-grid';
import type { ClassMemory } from '../plan/plan-memory';
import { MEMORY_DAYS, memoryOf, type PastDisplacement, WORST_ABOVE_MINUTES, WORST_SHARE } from './memory-weight.rules';

/** The windows of earlier campaigns, as the published plans of the platform have them. */
@Injectable()
export class MemoryStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** What each class of the platform is owed for the four weeks before the campaign; those that are owed nothing are left out. */
  async before({ id, platformId, startsOn }: Campaign): Promise<Map<number, ClassMemory>> {
    const plans = await this.database.query<{ id: number }[]>(
      `select p.id from plan p join campaign c on c.id = p.campaign_id
        where p.state = 'published' and c.platform_id = $1 and c.id <> $2
          and c.starts_on < $3::date and c.ends_on >= $3::date - ${MEMORY_DAYS} order by p.id`,
      [platformId, id, startsOn],
    );
    const owed = new Map<number, ClassMemory>();
    if (plans.length === 0) return owed;
    // booked windows stand where their head wanted them; the numbers stand in the text, so that other partitions are not even looked at
    const rows = await this.database.query<(PastDisplacement & { classId: number })[]>(
      `with of_class as (
         select plan_id, class_id, sum(abs(start_cell - wish_cell))::float8 * ${CELL_MINUTES} as minutes, count(*) as windows
           from plan_window
          where plan_id in (${plans.map((plan) => plan.id).join(', ')}) and class_id is not null and wish_cell is not null
            and origin <> ${ORIGINS.indexOf('booked')} and local_date >= $1::date - ${MEMORY_DAYS} and local_date < $1::date
          group by 1, 2),
       ranked as (
         select class_id, minutes, windows, minutes / windows > ${WORST_ABOVE_MINUTES}
                and rank() over (partition by plan_id order by minutes / windows desc)
                    <= ceil(${WORST_SHARE} * count(*) over (partition by plan_id)) as is_worst
           from of_class)
       select class_id as "classId", sum(minutes) / sum(windows)::float8 as "meanMinutes", bool_or(is_worst) as "wasWorst"
         from ranked group by class_id having sum(minutes) > 0`,
      [startsOn],
    );
    for (const { classId, ...past } of rows) {
      const memory = memoryOf(past);
      if (memory.weight > 1 || memory.limitMinutes !== null) owed.set(classId, memory);
    }
    return owed;
  }
}
