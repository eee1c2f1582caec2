import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { touchedCount } from './import-batch';

export const STAGE_ADDRESS = 'stage_address';

/** SQL of the import of the national directory. */
@Injectable()
export class ImportDirectoryStore {
  async createStage(tx: EntityManager): Promise<void> {
    await tx.query(`
      create temporary table ${STAGE_ADDRESS} (
        line_number bigint, uai text, name text, kind text, telephone text, latitude double precision,
        longitude double precision, commune_code text, department_code text, time_zone text, holiday_zone text
      ) on commit drop`);
  }

  /** Removes the later lines of one UAI; returns their numbers. */
  async dropRepeated(tx: EntityManager): Promise<number[]> {
    await tx.query(`analyze ${STAGE_ADDRESS}`);
    const rows = await tx.query<{ line_number: number }[]>(
      `with dropped as (
         delete from ${STAGE_ADDRESS} s using (
           select ctid, row_number() over (partition by uai order by line_number) as turn from ${STAGE_ADDRESS}
         ) ranked
         where ranked.ctid = s.ctid and ranked.turn > 1
         returning s.line_number
       )
       select line_number from dropped order by 1`,
    );
    return rows.map((row) => row.line_number);
  }

  /** Leaves the lines of known establishments only: the national directory has every school of France and many offices. */
  async match(tx: EntityManager): Promise<{ unmatchedCount: number; knownCount: number; departmentCodes: string[] }> {
    const unmatchedCount = await touchedCount(
      tx,
      `delete from ${STAGE_ADDRESS} s where not exists (select from establishment e where e.uai = s.uai)`,
    );
    const [row] = await tx.query<{ count: number; codes: string[] | null }[]>(
      `select count(*) as count, array_agg(distinct department_code) filter (where department_code is not null) as codes
       from ${STAGE_ADDRESS}`,
    );
    return { unmatchedCount, knownCount: row!.count, departmentCodes: row!.codes ?? [] };
  }

  /** Writes what differs and is told; the kind only where the vocational file, which has no denomination, left it to a guess. */
  complete(tx: EntityManager, source: string): Promise<number> {
    return touchedCount(
      tx,
      `with wanted as (
         select e.id, coalesce(s.name, e.name) as name,
           case when e.source = 'official-lycees-pro' then coalesce(s.kind, e.kind) else e.kind end as kind,
           coalesce(s.telephone, e.telephone) as telephone, coalesce(s.latitude, e.latitude) as latitude,
           coalesce(s.longitude, e.longitude) as longitude, coalesce(s.commune_code, e.commune_code) as commune_code,
           coalesce(t.id, e.department_id) as department_id, coalesce(s.time_zone, e.time_zone) as time_zone,
           coalesce(s.holiday_zone, e.holiday_zone) as holiday_zone
         from ${STAGE_ADDRESS} s
         join establishment e using (uai)
         left join territory t on t.code = s.department_code
       )
       update establishment e
       set name = w.name, kind = w.kind, telephone = w.telephone, latitude = w.latitude, longitude = w.longitude,
         commune_code = w.commune_code, department_id = w.department_id, time_zone = w.time_zone,
         holiday_zone = w.holiday_zone, source = $1
       from wanted w
       where w.id = e.id
         and (e.name, e.kind, e.telephone, e.latitude, e.longitude, e.commune_code, e.department_id, e.time_zone,
           e.holiday_zone, e.source)
         is distinct from (w.name, w.kind, w.telephone, w.latitude, w.longitude, w.commune_code, w.department_id,
           w.time_zone, w.holiday_zone, $1::text)`,
      [source],
    );
  }
}
