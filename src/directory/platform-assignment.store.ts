import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { EstablishmentKind } from './directory-rows';

/** An establishment and the platform that it is on, null for none. */
export interface PlacedEstablishment {
  id: number;
  uai: string;
  platformId: number | null;
}

/** What must hold of an establishment; undefined: anything. */
export interface AssignmentFilter {
  departmentIds: readonly number[] | undefined;
  kinds: readonly EstablishmentKind[] | undefined;
  uais: readonly string[] | undefined;
}

/** Reads and writes which platform each establishment is on. */
@Injectable()
export class PlatformAssignmentStore {
  async isPlatform(tx: EntityManager, platformId: number): Promise<boolean> {
    return (await tx.query<unknown[]>('select 1 from platform where id = $1', [platformId])).length > 0;
  }

  /** The departments of a territory, by its code; undefined where there is no such territory. */
  async departmentsOf(tx: EntityManager, territoryCode: string): Promise<number[] | undefined> {
    const rows = await tx.query<{ id: number; kind: string }[]>(
      `with recursive below as (
         select id, kind from territory where code = $1
         union all
         select t.id, t.kind from territory t join below b on t.parent_id = b.id
       )
       select id, kind from below`,
      [territoryCode],
    );
    return rows.length === 0 ? undefined : rows.filter(({ kind }) => kind === 'department').map(({ id }) => id);
  }

  establishments(tx: EntityManager, filter: AssignmentFilter): Promise<PlacedEstablishment[]> {
    return tx.query<PlacedEstablishment[]>(
      `select id, uai, platform_id as "platformId" from establishment
        where ($1::int[] is null or department_id = any($1)) and ($2::text[] is null or kind = any($2))
          and ($3::text[] is null or uai = any($3)) order by id`,
      [filter.departmentIds ?? null, filter.kinds ?? null, filter.uais ?? null],
    );
  }

  /** Those of the UAIs that no establishment has, in their order. */
  async unknownUais(tx: EntityManager, uais: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ uai: string }[]>(
      `select given.uai from unnest($1::text[]) with ordinality given (uai, place)
        where not exists (select from establishment e where e.uai = given.uai) order by place`,
      [uais],
    );
    return rows.map(({ uai }) => uai);
  }

  async assign(tx: EntityManager, platformId: number, establishmentIds: readonly number[]): Promise<void> {
    await tx.query('update establishment set platform_id = $1 where id = any($2::int[])', [
      platformId,
      establishmentIds,
    ]);
  }

  /** Pupils of a platform by department: those of the divisions of each establishment's latest school year. */
  pupilCounts(tx: EntityManager, platformId: number): Promise<{ departmentId: number; pupilCount: number }[]> {
    return tx.query<{ departmentId: number; pupilCount: number }[]>(
      `select e.department_id as "departmentId", coalesce(sum(latest.pupils), 0)::int as "pupilCount"
         from establishment e
         left join lateral (
           select sum(c.headcount) as pupils from class c where c.establishment_id = e.id and c.kind = 'division'
            group by c.school_year order by c.school_year desc limit 1) latest on true
        where e.platform_id = $1 group by e.department_id order by e.department_id`,
      [platformId],
    );
  }
}
