import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { CatchUp, LoadModel } from '../campaign/window-rule';
import type { EstablishmentKind } from '../directory/directory-rows';
import type { PlanProfile } from '../plan/plan-draft';

/** A plan of the platform with what says how its visitors behave. */
export interface SimulatedPlan {
  planId: number;
  startsOn: string;
  endsOn: string;
  loadModel: LoadModel;
  catchUp: CatchUp | null;
  profiles: PlanProfile[];
}

/** Windows of a plan that nothing tells apart: same department, kind, levels, audience, profile and start. */
export interface WindowCrowdRow {
  planId: number;
  department: string;
  kind: EstablishmentKind;
  /** Joined by commas; empty for windows of relatives and staff. */
  levels: string;
  /** Index into AUDIENCES. */
  audience: number;
  profileId: number;
  startCell: number;
  headcount: number;
}

/** Pupils of a department by kind of establishment: staff is counted from them. */
export interface PupilsRow {
  department: string;
  kind: EstablishmentKind;
  pupilCount: number;
}

/** What a day of a platform is simulated from. */
@Injectable()
export class SimulationFactsStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** The platform's published plans, or one plan of it in whatever state; none where it is not the platform's. */
  plans(platformId: number, planId: number | undefined): Promise<SimulatedPlan[]> {
    return this.database.query(
      `select p.id as "planId", c.starts_on::text as "startsOn", c.ends_on::text as "endsOn", c.load_model as "loadModel",
              c.catch_up as "catchUp", p.profiles
         from plan p join campaign c on c.id = p.campaign_id
        where c.platform_id = $1 and case when $2::int is null then p.state = 'published' else p.id = $2 end order by p.id`,
      [platformId, planId ?? null],
    );
  }

  /** Windows that start in [firstCell, endCell), those that nothing tells apart added up. */
  windows(planIds: readonly number[], firstCell: number, endCell: number): Promise<WindowCrowdRow[]> {
    return this.database.query(
      `select w.plan_id as "planId", d.code as department, e.kind, coalesce(array_to_string(k.levels, ','), '') as levels,
              w.audience, w.profile_id as "profileId", w.start_cell as "startCell", sum(w.headcount)::int as headcount
         from plan_window w join establishment e on e.id = w.establishment_id join territory d on d.id = e.department_id
         left join class k on k.id = w.class_id
        where w.plan_id = any($1) and w.start_cell >= $2 and w.start_cell < $3
        group by 1, 2, 3, 4, 5, 6, 7 order by 1, 2, 3, 4, 5, 6, 7`,
      [planIds, firstCell, endCell],
    );
  }

  /** Pupils of the classes that have windows in these plans. */
  pupils(planIds: readonly number[]): Promise<PupilsRow[]> {
    return this.database.query(
      `select d.code as department, e.kind, sum(k.headcount)::int as "pupilCount"
         from class k join establishment e on e.id = k.establishment_id join territory d on d.id = e.department_id
        where k.kind = 'division' and k.id in (select class_id from plan_window where plan_id = any($1))
        group by 1, 2 order by 1, 2`,
      [planIds],
    );
  }
}
