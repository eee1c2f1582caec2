import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { AUDIENCES } from '../campaign/window-kind';
import { copiedRows, copyOut } from '../common/copy';
import { partitionOf } from './plan-window.store';
import type { WindowRow } from './window-wire.rules';

/** Which windows of a plan: already looked up, so that every part is a number or a checked date. */
export interface WindowFilter {
  establishmentId?: number;
  departmentId?: number;
  date?: string;
  /** What the caller may see, as a condition on establishment `e`. */
  scope?: string;
}

/** Where a page begins: after this establishment, start and window. */
export type WindowKey = [establishmentId: number, startCell: number, windowId: number];

/** Where windows are read for: what all of them share, and the published plans that may hold some. */
export interface WindowPlace {
  establishmentId: number;
  uai: string;
  departmentCode: string;
  timeZone: string;
  plans: { id: number; revision: number }[];
}

/** The fields of a row in the order of `rowOf`; null class, wish, series and teacher stay null. */
const WINDOW_FIELDS = `w.window_id, w.plan_id, w.revision, w.series_id, w.class_id, k.code, w.audience, w.activity,
  w.origin, w.local_date::text, w.start_cell, w.cell_count, w.wish_cell, w.headcount, w.profile_id, w.establishment_id,
  w.teacher_key_id`;
const FIELDS = `${WINDOW_FIELDS}, e.uai, d.code, e.time_zone`;
const named = (fields: string): string =>
  fields
    .split(',')
    .map((field, i) => `${field.trim()} as f${i}`)
    .join(', ');
const JOINS = `join establishment e on e.id = w.establishment_id
  join territory d on d.id = e.department_id
  left join class k on k.id = w.class_id`;

/** Reads windows: pages by index, whole plans by COPY. */
@Injectable()
export class WindowReadStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** A page of a plan's windows by establishment, start and id. */
  async page(planId: number, filter: WindowFilter, after: WindowKey | undefined, size: number): Promise<WindowRow[]> {
    const conditions = this.conditions(filter);
    // the first part alone is what the index can use; the second one decides within the same start
    if (after) {
      conditions.push(`(w.establishment_id, w.start_cell) >= (${after[0]}, ${after[1]})`);
      conditions.push(`(w.establishment_id, w.start_cell, w.window_id) > (${after.join(', ')})`);
    }
    return this.rows(
      `select ${named(FIELDS)} from ${partitionOf(planId)} w ${JOINS}
        where ${conditions.join(' and ') || 'true'}
        order by w.establishment_id, w.start_cell, w.window_id limit ${size + 1}`,
    );
  }

  /** All of them, in the order in which they lie in the table, some thousand at a time. */
  async *stream(planId: number, filter: WindowFilter): AsyncGenerator<WindowRow[]> {
    const conditions = this.conditions(filter);
    const query = `select ${FIELDS} from ${partitionOf(planId)} w ${JOINS} where ${conditions.join(' and ') || 'true'}`;
    for await (const rows of copiedRows(copyOut(this.database, query))) yield rows.map(rowOfCopy);
  }

  /** Windows of the place's plans, of all its owners or of some classes (and of the relatives, where asked), on civil dates from..to, by start and id. */
  async published(
    place: WindowPlace,
    classIds: readonly number[] | undefined,
    range: { from: string; to: string; firstCell: number; endCell: number },
    after: [startCell: number, windowId: number] | undefined,
    size: number,
    withRelatives = false,
  ): Promise<WindowRow[]> {
    if (place.plans.length === 0) return [];
    const own = `establishment_id = ${place.establishmentId}`;
    const relatives = withRelatives
      ? ` or (${own} and class_id is null and audience = ${AUDIENCES.indexOf('relatives')})`
      : '';
    const owned = classIds ? `(class_id in (${classIds.join(', ')})${relatives})` : own;
    // each partition by its name: planning through plan_window would cost more than the reading
    const windows = place.plans.map(
      ({ id }) => `select * from ${partitionOf(id)} where ${owned} and start_cell >= $3 and start_cell < $4`,
    );
    const rows = await this.database.query<Record<string, unknown>[]>(
      `select ${named(WINDOW_FIELDS)} from (${windows.join(' union all ')}) w left join class k on k.id = w.class_id
        where w.local_date between $1 and $2
          ${after ? `and (w.start_cell, w.window_id) > (${after.join(', ')})` : ''}
        order by w.start_cell, w.window_id limit ${size + 1}`,
      [range.from, range.to, after ? Math.max(range.firstCell, after[0]) : range.firstCell, range.endCell],
    );
    return rows.map((row) => rowOf((field) => row[`f${field}`], place));
  }

  /** The establishment behind a UAI, with the published plans that have dates from..to. */
  placeOfUai(uai: string, from: string, to: string): Promise<WindowPlace | undefined> {
    return this.place('e.uai = $1', uai, from, to);
  }

  /** The same for the establishment of a class. */
  placeOfClass(classId: number, from: string, to: string): Promise<WindowPlace | undefined> {
    return this.place('e.id = (select establishment_id from class where id = $1)', classId, from, to);
  }

  /** The same for what the ENT calls a structure. */
  placeOfStructure(structureExternalId: string, from: string, to: string): Promise<WindowPlace | undefined> {
    return this.place('e.structure_external_id = $1', structureExternalId, from, to);
  }

  private async place(
    condition: string,
    key: string | number,
    from: string,
    to: string,
  ): Promise<WindowPlace | undefined> {
    const [place] = await this.database.query<WindowPlace[]>(
      `select e.id as "establishmentId", e.uai, d.code as "departmentCode", e.time_zone as "timeZone",
              (select coalesce(json_agg(json_build_object('id', p.id, 'revision', p.published_revision) order by p.id), '[]')
                 from plan p join campaign c on c.id = p.campaign_id
                where p.state = 'published' and c.starts_on <= $3 and c.ends_on >= $2) as plans
         from establishment e join territory d on d.id = e.department_id where ${condition}`,
      [key, from, to],
    );
    return place;
  }

  async establishmentId(uai: string): Promise<number | undefined> {
    const [row] = await this.database.query<{ id: number }[]>('select id from establishment where uai = $1', [uai]);
    return row?.id;
  }

  /** The classes that a name stands for, in every school year: by the ENT's name where one has it, else by code. */
  async classesNamed(establishmentId: number, name: string, isEntName: boolean): Promise<number[]> {
    const rows = await this.database.query<{ id: number; isEnt: boolean }[]>(
      `select id, ent_class_name is not distinct from $2 as "isEnt" from class
        where establishment_id = $1 and (code = $2 or ($3 and ent_class_name = $2))`,
      [establishmentId, name, isEntName],
    );
    const named = isEntName ? rows.filter((row) => row.isEnt) : [];
    return (named.length > 0 ? named : rows).map((row) => row.id);
  }

  async departmentId(code: string): Promise<number | undefined> {
    const [row] = await this.database.query<{ id: number }[]>(
      `select id from territory where code = $1 and kind = 'department'`,
      [code],
    );
    return row?.id;
  }

  private conditions({ establishmentId, departmentId, date, scope }: WindowFilter): string[] {
    return [
      ...(establishmentId === undefined ? [] : [`w.establishment_id = ${establishmentId}`]),
      ...(departmentId === undefined ? [] : [`e.department_id = ${departmentId}`]),
      ...(date === undefined ? [] : [`w.local_date = date '${date}'`]),
      ...(scope === undefined ? [] : [scope]),
    ];
  }

  private async rows(query: string): Promise<WindowRow[]> {
    const rows = await this.database.query<Record<string, unknown>[]>(query);
    return rows.map((row) => rowOf((field) => row[`f${field}`]));
  }
}

type Field = (index: number) => unknown;

function rowOf(field: Field, place?: WindowPlace): WindowRow {
  const number = (index: number): number => Number(field(index));
  const orNull = (index: number): number | null => (field(index) === null ? null : Number(field(index)));
  return {
    id: number(0),
    planId: number(1),
    revision: number(2),
    seriesId: orNull(3),
    classId: orNull(4),
    classCode: field(5) as string | null,
    audience: number(6),
    activity: number(7),
    origin: number(8),
    date: field(9) as string,
    startCell: number(10),
    cellCount: number(11),
    wishCell: orNull(12),
    headcount: number(13),
    profileId: number(14),
    establishmentId: number(15),
    teacherKeyId: orNull(16),
    uai: place?.uai ?? (field(17) as string),
    departmentCode: place?.departmentCode ?? (field(18) as string),
    timeZone: place?.timeZone ?? (field(19) as string),
  };
}

const rowOfCopy = (fields: readonly (string | null)[]): WindowRow => rowOf((index) => fields[index]);
