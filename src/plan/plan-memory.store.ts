import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { type ClassMemory, NO_MEMORY, type PlanMemory } from './plan-memory';

/** What plans remembered of earlier weeks: with it their objective and its bound can be derived again. */
@Injectable()
export class PlanMemoryStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async insert(tx: EntityManager, planId: number, { classId, weight, limitMinutes }: PlanMemory): Promise<void> {
    await tx.query(
      `insert into plan_memory (plan_id, class_id, weight, limit_minutes)
       select $1, class_id, weight, nullif(limit_minutes, -1)
         from unnest($2::int[], $3::float8[], $4::smallint[]) as memory (class_id, weight, limit_minutes)`,
      [planId, ...[classId, weight, limitMinutes].map((column) => `{${column.join(',')}}`)],
    );
  }

  /** Of one class; a plan that remembers nothing of it gives it weight 1 and no limit. */
  async ofClass(planId: number, classId: number): Promise<ClassMemory> {
    const [row] = await this.database.query<ClassMemory[]>(
      `select weight, limit_minutes as "limitMinutes" from plan_memory where plan_id = $1 and class_id = $2`,
      [planId, classId],
    );
    return row ?? NO_MEMORY;
  }

  /** Of all classes, by id. */
  find(planId: number): Promise<(ClassMemory & { classId: number })[]> {
    return this.database.query<(ClassMemory & { classId: number })[]>(
      `select class_id as "classId", weight, limit_minutes as "limitMinutes" from plan_memory where plan_id = $1 order by class_id`,
      [planId],
    );
  }
}
