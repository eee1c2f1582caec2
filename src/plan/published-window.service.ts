import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { addDays, cellOfCivil, type CivilDate, civilOfCell } from '../common/civil-time';
import { DomainError, NotFoundError } from '../common/domain-error';
import { pageOf } from '../common/keyset';
import { cellOfSeconds } from '../kernel/cell-grid';
import { wholeKeyOf } from './plan-export.service';
import { ClassKeyUnknown } from './plan.errors';
import { WindowReadStore, type WindowPlace } from './window-read.store';
import { windowOf } from './window-wire.rules';
import type { WindowPageDto } from './window.dto';
import { ZonedInstants } from './zoned-instants';

/** Civil dates (both included) and the page, as callers say them. */
export interface WindowRange {
  from?: string | undefined;
  to?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}

const DEFAULT_DAYS = 7;
const LONGEST_DAYS = 366;
const MILLISECONDS_PER_DAY = 86_400_000;

/** Windows in force, over all published plans: for an establishment, or for a class. */
@Injectable()
export class PublishedWindowService {
  private readonly instants = new ZonedInstants();

  constructor(private readonly windows: WindowReadStore) {}

  /** Windows of an establishment and of its classes. @throws NotFoundError */
  async ofEstablishment(_actor: Actor, uai: string, range: WindowRange, now: Date): Promise<WindowPageDto> {
    const place = await this.windows.placeOfUai(uai, ...datesAround(range, now));
    if (!place) throw new NotFoundError('establishment', uai);
    return this.read(place, undefined, range, now);
  }

  /** Windows of a class. @throws NotFoundError */
  async ofClass(_actor: Actor, classId: number, range: WindowRange, now: Date): Promise<WindowPageDto> {
    const place = await this.windows.placeOfClass(classId, ...datesAround(range, now));
    if (!place) throw new NotFoundError('class', classId);
    return this.read(place, [classId], range, now);
  }

  /** Windows of the class that a code stands for, in whatever school year the dates lie. @throws NotFoundError */
  async ofClassCode(_actor: Actor, uai: string, code: string, range: WindowRange, now: Date): Promise<WindowPageDto> {
    const place = await this.windows.placeOfUai(uai, ...datesAround(range, now));
    if (!place) throw new NotFoundError('establishment', uai);
    const classIds = await this.windows.classesNamed(place.establishmentId, code, false);
    if (classIds.length === 0) throw new NotFoundError('class', code);
    return this.read(place, classIds, range, now);
  }

  /** Windows of the class that the ENT calls `<structure external id>$<class name>`. @throws ClassKeyUnknown */
  async ofClassKey(_actor: Actor, classKey: string, range: WindowRange, now: Date): Promise<WindowPageDto> {
    const at = classKey.indexOf('$');
    const place =
      at > 0 ? await this.windows.placeOfStructure(classKey.slice(0, at), ...datesAround(range, now)) : undefined;
    const classIds = place ? await this.windows.classesNamed(place.establishmentId, classKey.slice(at + 1), true) : [];
    if (!place || classIds.length === 0) throw new ClassKeyUnknown(classKey, place?.uai ?? null);
    return this.read(place, classIds, range, now);
  }

  private async read(
    place: WindowPlace,
    classIds: readonly number[] | undefined,
    asked: WindowRange,
    now: Date,
  ): Promise<WindowPageDto> {
    const { timeZone } = place;
    const { from, to } = datesOf(asked, civilOfCell(cellOfSeconds(now.getTime() / 1000), timeZone).on);
    const key = asked.cursor === undefined ? undefined : (wholeKeyOf(asked.cursor, 2) as [number, number]);
    const range = {
      from,
      to,
      firstCell: cellOfCivil(from, 0, timeZone),
      endCell: cellOfCivil(addDays(to, 1), 0, timeZone),
    };
    const rows = await this.windows.published(place, classIds, range, key, asked.limit);
    const { items, nextCursor } = pageOf(rows, asked.limit, (row) => [row.startCell, row.id]);
    const revisionOf = new Map(place.plans.map(({ id, revision }) => [id, revision]));
    return { items: items.map((row) => windowOf(row, revisionOf.get(row.planId)!, this.instants)), nextCursor };
  }
}

/** The civil dates that are asked for, where today is `today`. @throws DomainError window.range_invalid */
function datesOf(asked: WindowRange, today: CivilDate): { from: CivilDate; to: CivilDate } {
  const from = asked.from ?? (asked.to !== undefined && asked.to < today ? asked.to : today);
  const to = asked.to ?? addDays(from, DEFAULT_DAYS - 1);
  if (to < from) throw new DomainError('window.range_invalid', 'invalid', '`to` lies before `from`.');
  if ((Date.parse(to) - Date.parse(from)) / MILLISECONDS_PER_DAY >= LONGEST_DAYS) {
    throw new DomainError('window.range_invalid', 'invalid', `At most ${LONGEST_DAYS} days can be asked at once.`);
  }
  return { from, to };
}

/** The same before the place is known: a day wider on both sides holds what today may be anywhere on earth. */
function datesAround(asked: WindowRange, now: Date): [from: CivilDate, to: CivilDate] {
  const { from, to } = datesOf(asked, now.toISOString().slice(0, 10));
  return [addDays(from, -1), addDays(to, 1)];
}
