import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, type ObjectLiteral, type Repository } from 'typeorm';
import type { DayType } from '../calendar/calendar-place';
import { copyIn } from '../common/copy';
import type { BackgroundRow, DepartmentCurves } from './background.rules';
import { CapacityStepEntity } from './capacity-step.entity';
import { RegulationEntity } from './regulation.entity';

/** Where a page of dated rows goes on. */
interface Position {
  startsAt: Date;
  id: number;
}

/** Steps, regulations and background of platforms. */
@Injectable()
export class CapacityStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** All steps of a platform, the earliest first. */
  steps(platformId: number, tx: EntityManager = this.database.manager): Promise<CapacityStepEntity[]> {
    return tx.getRepository(CapacityStepEntity).find({ where: { platformId }, order: { startsAt: 'ASC' } });
  }

  /** Regulations of a platform that touch a stretch of time. */
  regulations(
    platformId: number,
    between: { startsAt: Date; endsAt: Date },
    tx: EntityManager = this.database.manager,
  ): Promise<RegulationEntity[]> {
    return tx
      .getRepository(RegulationEntity)
      .createQueryBuilder('item')
      .where('item.platform_id = :platformId', { platformId })
      .andWhere('item.ends_at > :startsAt and item.starts_at < :endsAt', between)
      .getMany();
  }

  /** Steps after an instant and id, the earliest first. */
  stepPage(platformId: number, after: Position | undefined, count: number): Promise<CapacityStepEntity[]> {
    return paged(this.database.getRepository(CapacityStepEntity), platformId, after, count);
  }

  /** Regulations after an instant and id, the earliest first. */
  regulationPage(platformId: number, after: Position | undefined, count: number): Promise<RegulationEntity[]> {
    return paged(this.database.getRepository(RegulationEntity), platformId, after, count);
  }

  /** The background of a platform, by department. */
  async background(
    platformId: number,
    tx: EntityManager = this.database.manager,
  ): Promise<Map<number, DepartmentCurves>> {
    const rows = await tx.query<
      { departmentId: number; dayType: DayType; sessions: (string | number)[]; logins: (string | number)[] }[]
    >(
      `select department_id as "departmentId", day_type as "dayType", sessions_thousandths as sessions, logins_thousandths as logins
         from background_load where platform_id = $1 order by department_id`,
      [platformId],
    );
    const background = new Map<number, DepartmentCurves>();
    for (const { departmentId, dayType, sessions, logins } of rows) {
      const curves = background.get(departmentId) ?? {};
      curves[dayType] = { sessionsThousandths: sessions.map(Number), loginsThousandths: logins.map(Number) };
      background.set(departmentId, curves);
    }
    return background;
  }

  /** Replaces the background of some departments by their rows. */
  async replaceBackground(
    tx: EntityManager,
    platformId: number,
    departmentIds: readonly number[],
    rows: readonly BackgroundRow[],
  ): Promise<void> {
    await tx.query('delete from background_load where platform_id = $1 and department_id = any($2)', [
      platformId,
      [...departmentIds],
    ]);
    await copyIn(
      tx,
      'background_load (platform_id, department_id, day_type, sessions_thousandths, logins_thousandths)',
      rows.map((row) => [platformId, row.departmentId, row.dayType, row.sessionsThousandths, row.loginsThousandths]),
    );
  }

  /** The protection step that cuts the capacity by a regulation and is not over. */
  async stepOf(tx: EntityManager, regulationId: number, now: Date): Promise<number | undefined> {
    const rows = await tx.query<{ id: number }[]>(
      `select id from protection_step where regulation_id = $1 and state = 'in_force' and ends_at > $2`,
      [regulationId, now],
    );
    return rows[0]?.id;
  }

  /** Those of the ids that are no department. */
  async missingDepartments(tx: EntityManager, departmentIds: readonly number[]): Promise<number[]> {
    const rows = await tx.query<{ id: number }[]>(
      `select id from unnest($1::int[]) id except select id from territory where kind = 'department' order by id`,
      [[...departmentIds]],
    );
    return rows.map(({ id }) => id);
  }
}

function paged<T extends ObjectLiteral>(
  repository: Repository<T>,
  platformId: number,
  after: Position | undefined,
  count: number,
): Promise<T[]> {
  const query = repository.createQueryBuilder('item').where('item.platform_id = :platformId', { platformId });
  if (after) query.andWhere('(item.starts_at, item.id) > (:startsAt, :id)', after);
  return query.orderBy('item.startsAt').addOrderBy('item.id').limit(count).getMany();
}
