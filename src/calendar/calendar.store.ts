import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { CivilDate } from '../common/civil-time';
import { BUILT_IN_HOLIDAYS, BUILT_IN_SCHOOL_YEARS, type HolidayPeriod } from './built-in-holidays.rules';
import { CalendarExceptionEntity } from './calendar-exception.entity';
import { HolidayPeriodEntity } from './holiday-period.entity';

/** A department with the territories above it, the nearest first. */
export interface DepartmentRow {
  id: number;
  code: string;
  ancestorIds: number[];
}

export interface HolidayFilter {
  holidayZones?: readonly string[] | undefined;
  schoolYear?: string | undefined;
}

/** A period with where it comes from: `built-in`, or the import. */
export type SourcedPeriod = HolidayPeriod & { source: string };

/** Reads of the calendar's tables, and the built-in holidays behind them. */
@Injectable()
export class CalendarStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Departments by id (unknown ids are left out). */
  async departments(ids: readonly number[], tx: EntityManager = this.database.manager): Promise<DepartmentRow[]> {
    return tx.query<DepartmentRow[]>(
      `with recursive above as (
         select id as department_id, code, parent_id, 0 as height from territory where id = any($1)
         union all
         select above.department_id, above.code, t.parent_id, above.height + 1
           from above join territory t on t.id = above.parent_id
       )
       select department_id as id, code,
              coalesce(array_agg(parent_id order by height) filter (where parent_id is not null), '{}') as "ancestorIds"
         from above group by department_id, code order by department_id`,
      [[...ids]],
    );
  }

  /** Holidays in force, by zone and date: an imported school year of a zone takes the place of the built-in one. */
  async holidays(filter: HolidayFilter, tx: EntityManager = this.database.manager): Promise<SourcedPeriod[]> {
    const { holidayZones, schoolYear } = filter;
    const query = tx.getRepository(HolidayPeriodEntity).createQueryBuilder('period');
    if (holidayZones) query.andWhere('period.holiday_zone = any(:holidayZones)', { holidayZones: [...holidayZones] });
    if (schoolYear !== undefined) query.andWhere('period.school_year = :schoolYear', { schoolYear });
    return this.withBuiltIn(await query.getMany(), filter);
  }

  /** Holidays in force of some zones that touch a stretch of dates. */
  async holidaysBetween(
    holidayZones: readonly string[],
    firstOn: CivilDate,
    lastOn: CivilDate,
    tx: EntityManager = this.database.manager,
  ): Promise<SourcedPeriod[]> {
    const rows = await tx
      .getRepository(HolidayPeriodEntity)
      .createQueryBuilder('period')
      .where('period.holiday_zone = any(:holidayZones)', { holidayZones: [...holidayZones] })
      // a school year that is built in is read whole, to know whether an import replaces it
      .andWhere(
        '((period.resume_on > :firstOn and period.first_day_off_on <= :lastOn) or period.school_year = any(:builtIn))',
        { firstOn, lastOn, builtIn: [...BUILT_IN_SCHOOL_YEARS] },
      )
      .getMany();
    return this.withBuiltIn(rows, { holidayZones }).filter(
      (period) => period.resumeOn > firstOn && period.firstDayOffOn <= lastOn,
    );
  }

  /** Exceptions that touch a stretch of dates, in the order in which they were stated. */
  async exceptionsBetween(
    firstOn: CivilDate,
    lastOn: CivilDate,
    tx: EntityManager = this.database.manager,
  ): Promise<CalendarExceptionEntity[]> {
    return tx
      .getRepository(CalendarExceptionEntity)
      .createQueryBuilder('exception')
      .where('exception.last_on >= :firstOn and exception.first_on <= :lastOn', { firstOn, lastOn })
      .orderBy('exception.id')
      .getMany();
  }

  private withBuiltIn(rows: readonly HolidayPeriodEntity[], filter: HolidayFilter): SourcedPeriod[] {
    const replaced = new Set(rows.map((row) => `${row.holidayZone} ${row.schoolYear}`));
    const builtIn = BUILT_IN_HOLIDAYS.filter(
      (period) =>
        !replaced.has(`${period.holidayZone} ${period.schoolYear}`) &&
        (filter.holidayZones?.includes(period.holidayZone) ?? true) &&
        (filter.schoolYear ?? period.schoolYear) === period.schoolYear,
    ).map((period) => ({ ...period, source: 'built-in' }));
    return [...rows, ...builtIn].sort(
      (a, b) => a.holidayZone.localeCompare(b.holidayZone, 'fr') || a.firstDayOffOn.localeCompare(b.firstDayOffOn),
    );
  }
}
