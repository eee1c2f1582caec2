import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Actor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import { addDays, datesBetween, weekdayOf, type CivilDate } from '../common/civil-time';
import { inTransaction, sqlFailure } from '../common/database';
import { NotFoundError } from '../common/domain-error';
import { decodeCursor, pageOf, type Page } from '../common/keyset';
import { isCivilDate } from '../common/wire-time';
import { CalendarExceptionEntity } from './calendar-exception.entity';
import { CalendarChanges } from './calendar-changes';
import type { CalendarPlace, DayType } from './calendar-place';
import { CalendarExceptionError, CalendarRangeError } from './calendar.errors';
import { CalendarStore, type SourcedPeriod } from './calendar.store';
import { departmentNumberOf, holidayZoneOfDepartment, publicHolidayRegionOf } from './holiday-zone.rules';
import { dayTypesOf, daysOff, openDaysOf, statedHalfDays, type DateRange } from './open-days.rules';
import { publicHolidaysOf } from './public-holiday.rules';

/** More dates than a campaign of two school years are a mistake. */
const LONGEST_RANGE_DAYS = 800;
const LONGEST_EXCEPTION_DAYS = 400;
/** Stretches of dates of departments and zones: some hundred bytes each. */
const MOST_REMEMBERED = 5000;

/** What somebody states against the pattern: exactly one of territory and establishment. */
export interface NewCalendarException {
  territoryId?: number | undefined;
  establishmentId?: number | undefined;
  firstOn: CivilDate;
  lastOn: CivilDate;
  /** 0 closed, 1 morning, 2 afternoon, 3 the whole day. */
  openHalfDays: number;
  reason: string;
}

export interface ExceptionFilter {
  territoryId?: number | undefined;
  establishmentId?: number | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}

/** Which days and half days are open, where. */
@Injectable()
export class CalendarService {
  private readonly remembered = new Map<string, Promise<CalendarFacts>>();
  private rememberedVersion = '';

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly store: CalendarStore,
    private readonly changes: CalendarChanges,
  ) {}

  /**
   * Open half days of places: answer[i][d] has bit 1 for the morning and bit 2 for the afternoon of the d-th date from
   * `firstOn`, 0 for a closed day. Places with the same calendar share one array: read only. At most 800 days.
   */
  async openDays(
    places: readonly CalendarPlace[],
    firstOn: CivilDate,
    lastOn: CivilDate,
    tx?: EntityManager,
  ): Promise<Uint8Array[]> {
    const range = rangeOf(firstOn, lastOn);
    const facts = await this.facts(
      range,
      new Set(places.map((place) => place.departmentId)),
      new Set(places.map((place) => place.holidayZone)),
      tx,
    );
    return places.map((place) => facts.openDays(place));
  }

  /**
   * The same of one place, remembered as long as callers say that the calendar is what it was: `version` is the mark of
   * `calendar_version`, read before, with whatever else they ask of the database. Read only.
   */
  async openDaysAt(version: string, place: CalendarPlace, firstOn: CivilDate, lastOn: CivilDate): Promise<Uint8Array> {
    if (version !== this.rememberedVersion || this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
    this.rememberedVersion = version;
    const { departmentId, holidayZone } = place;
    const key = `${firstOn} ${lastOn} ${departmentId} ${holidayZone}`;
    let facts = this.remembered.get(key);
    if (!facts) {
      // read after the version, so never older than it
      facts = this.facts(rangeOf(firstOn, lastOn), new Set([departmentId]), new Set([holidayZone]), undefined);
      this.remembered.set(key, facts);
      const read = facts;
      facts.catch(() => this.remembered.get(key) === read && this.remembered.delete(key));
    }
    return (await facts).openDays(place);
  }

  /** The type of each date from `firstOn` on, per department; unknown departments are refused (404). */
  async dayTypes(
    departmentIds: readonly number[],
    firstOn: CivilDate,
    lastOn: CivilDate,
    tx?: EntityManager,
  ): Promise<Map<number, DayType[]>> {
    const range = rangeOf(firstOn, lastOn);
    const departments = await this.store.departments(departmentIds, tx);
    const zoneOf = (code: string): string => holidayZoneOfDepartment(departmentNumberOf(code)) ?? '';
    const facts = await this.facts(
      range,
      new Set(departmentIds),
      new Set(departments.map(({ code }) => zoneOf(code))),
      tx,
    );
    return new Map(
      departments.map(({ id, code, ancestorIds }): [number, DayType[]] => {
        const off = facts.daysOff(zoneOf(code), publicHolidayRegionOf(facts.numberOf(id)));
        const { entries } = facts.statedBy([...ancestorIds].reverse().concat(id), null);
        return [id, dayTypesOf(range, off, statedHalfDays(range, entries))];
      }),
    );
  }

  /** School holidays in force, of one zone or all, of one school year or all. */
  async holidays(
    _actor: Actor,
    filter: { zone?: string | undefined; schoolYear?: string | undefined },
  ): Promise<SourcedPeriod[]> {
    return this.store.holidays({
      holidayZones: filter.zone === undefined ? undefined : [filter.zone],
      schoolYear: filter.schoolYear,
    });
  }

  async exceptions(_actor: Actor, filter: ExceptionFilter): Promise<Page<CalendarExceptionEntity>> {
    const { territoryId, establishmentId, limit = 100, cursor } = filter;
    const query = this.database.getRepository(CalendarExceptionEntity).createQueryBuilder('exception');
    if (territoryId !== undefined) query.andWhere('exception.territory_id = :territoryId', { territoryId });
    if (establishmentId !== undefined)
      query.andWhere('exception.establishment_id = :establishmentId', { establishmentId });
    if (cursor !== undefined) query.andWhere('exception.id > :after', { after: decodeCursor(cursor, ['number'])[0] });
    const rows = await query
      .orderBy('exception.id')
      .limit(limit + 1)
      .getMany();
    return pageOf(rows, limit, (row) => [row.id]);
  }

  async createException(actor: Actor, given: NewCalendarException): Promise<CalendarExceptionEntity> {
    const { territoryId = null, establishmentId = null, firstOn, lastOn, openHalfDays, reason } = given;
    if ((territoryId === null) === (establishmentId === null))
      throw new CalendarExceptionError('An exception is for a territory or for an establishment: name one of them.');
    if (lastOn < firstOn) throw new CalendarExceptionError(`The exception ends on ${lastOn}, before ${firstOn}.`);
    if (addDays(firstOn, LONGEST_EXCEPTION_DAYS) <= lastOn)
      throw new CalendarExceptionError(`An exception is at most ${LONGEST_EXCEPTION_DAYS} days long.`);
    try {
      const created = await inTransaction(this.database, async (tx) => {
        const repository = tx.getRepository(CalendarExceptionEntity);
        const exception = await repository.save(
          repository.create({ territoryId, establishmentId, firstOn, lastOn, openHalfDays, reason }),
        );
        await recordAudit(tx, actor, {
          action: 'calendar_exception.create',
          key: exception.id,
          after: { territoryId, establishmentId, firstOn, lastOn, openHalfDays },
          reason,
        });
        await this.changes.tell(tx, { reason: 'exception' });
        return exception;
      });
      await this.changes.committed();
      return created;
    } catch (error) {
      const { constraint } = sqlFailure(error);
      if (constraint === 'calendar_exception_territory_fkey') throw new NotFoundError('territory', territoryId!);
      if (constraint === 'calendar_exception_establishment_fkey')
        throw new NotFoundError('establishment', establishmentId!);
      throw error;
    }
  }

  async deleteException(actor: Actor, exceptionId: number): Promise<void> {
    await inTransaction(this.database, async (tx) => {
      const repository = tx.getRepository(CalendarExceptionEntity);
      const before = await repository.findOneBy({ id: exceptionId });
      const { affected } = await repository.delete({ id: exceptionId });
      if (affected !== 1) throw new NotFoundError('calendar_exception', exceptionId);
      await recordAudit(tx, actor, {
        action: 'calendar_exception.delete',
        key: exceptionId,
        before: before && { ...before },
      });
      await this.changes.tell(tx, { reason: 'exception' });
    });
    await this.changes.committed();
  }

  /** Everything that decides about some departments and zones over a range, read once. */
  private async facts(
    range: DateRange,
    departmentIds: ReadonlySet<number>,
    zones: ReadonlySet<string>,
    tx: EntityManager | undefined,
  ): Promise<CalendarFacts> {
    const firstOn = range.dates[0]!;
    const lastOn = range.dates.at(-1)!;
    // a transaction has one connection, which answers one question at a time; without one they are asked at once
    const departmentRows = this.store.departments([...departmentIds], tx);
    if (tx) await departmentRows;
    const holidayRows = this.store.holidaysBetween([...zones], firstOn, lastOn, tx);
    if (tx) await holidayRows;
    const [departments, holidays, exceptions] = await Promise.all([
      departmentRows,
      holidayRows,
      this.store.exceptionsBetween(firstOn, lastOn, tx),
    ]);
    const numbers = new Map(departments.map(({ id, code }) => [id, departmentNumberOf(code)]));
    for (const id of departmentIds) if (!numbers.has(id)) throw new NotFoundError('department', id);
    return new CalendarFacts(range, numbers, holidays, exceptions);
  }
}

/** What was read for one question, and what is worked out once per zone and region of public holidays. */
class CalendarFacts {
  private readonly off = new Map<string, Uint8Array>();
  private readonly open = new Map<string, Uint8Array>();
  private readonly byTerritory: ReadonlyMap<number | null, CalendarExceptionEntity[]>;
  private readonly byEstablishment: ReadonlyMap<number | null, CalendarExceptionEntity[]>;

  constructor(
    private readonly range: DateRange,
    private readonly departmentNumbers: ReadonlyMap<number, string>,
    private readonly holidays: readonly SourcedPeriod[],
    exceptions: readonly CalendarExceptionEntity[],
  ) {
    this.byTerritory = groupedBy(exceptions, (exception) => exception.territoryId);
    this.byEstablishment = groupedBy(exceptions, (exception) => exception.establishmentId);
  }

  numberOf(departmentId: number): string {
    return this.departmentNumbers.get(departmentId)!;
  }

  /** Open halves of each date of the range; places with the same calendar share them. */
  openDays({
    departmentId,
    academyId,
    regionId,
    establishmentId,
    holidayZone,
    openHalfDays,
  }: CalendarPlace): Uint8Array {
    const region = publicHolidayRegionOf(this.numberOf(departmentId));
    const stated = this.statedBy([regionId, academyId, departmentId], establishmentId);
    const key = `${holidayZone}|${region}|${openHalfDays}|${stated.key}`;
    let days = this.open.get(key);
    if (!days) {
      const off = this.daysOff(holidayZone, region);
      days = openDaysOf(this.range, openHalfDays, off, statedHalfDays(this.range, stated.entries));
      this.open.set(key, days);
    }
    return days;
  }

  daysOff(holidayZone: string, publicHolidayRegion: string): Uint8Array {
    const key = `${holidayZone}|${publicHolidayRegion}`;
    let off = this.off.get(key);
    if (!off) {
      off = daysOff(
        this.range,
        this.holidays.filter((period) => period.holidayZone === holidayZone),
        (on) => publicHolidaysOf(publicHolidayRegion, Number(on.slice(0, 4))).has(on),
      );
      this.off.set(key, off);
    }
    return off;
  }

  /** Exceptions of territories (the widest first) and of an establishment; the nearest and latest is last, and holds. */
  statedBy(
    territoryIds: readonly (number | null)[],
    establishmentId: number | null,
  ): { key: string; entries: CalendarExceptionEntity[] } {
    const entries = territoryIds.flatMap((id) => (id === null ? [] : (this.byTerritory.get(id) ?? [])));
    if (establishmentId !== null) entries.push(...(this.byEstablishment.get(establishmentId) ?? []));
    return { key: entries.map((entry) => entry.id).join(','), entries };
  }
}

function groupedBy<T>(rows: readonly T[], keyOf: (row: T) => number | null): Map<number | null, T[]> {
  const groups = new Map<number | null, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}

function rangeOf(firstOn: CivilDate, lastOn: CivilDate): DateRange {
  if (!isCivilDate(firstOn) || !isCivilDate(lastOn) || lastOn < firstOn)
    throw new CalendarRangeError(`From ${firstOn} to ${lastOn} is not a range of dates.`);
  if (addDays(firstOn, LONGEST_RANGE_DAYS) <= lastOn)
    throw new CalendarRangeError(`From ${firstOn} to ${lastOn} are more than ${LONGEST_RANGE_DAYS} days.`);
  const dates = datesBetween(firstOn, lastOn);
  return { dates, weekdays: Uint8Array.from(dates, weekdayOf) };
}
