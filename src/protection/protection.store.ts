import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { LEVELS } from '../directory/level';
import type { NamedRule } from '../kernel/decision/bundle-content';
import type { Rung, StepArm, Words } from './ladder.rules';
import type { StepMeasures, StepScope } from './protection-step';
import { openSpans } from './relatives-hours.rules';

export const STEP_STATES = ['proposed', 'in_force', 'undone'] as const;
export type StepState = (typeof STEP_STATES)[number];

/** A ladder as it is agreed. */
export interface LadderRow {
  platformId: number;
  rungs: Rung[];
  changedBy: string;
  changedAt: Date;
  approvedBy: string | null;
  approvedAt: Date | null;
  simulationId: number | null;
}

/** A step that somebody proposed, put in force or undid. */
export interface StepRow {
  id: number;
  platformId: number;
  rung: string | null;
  name: Words;
  scope: StepScope;
  measures: StepMeasures;
  arms: StepArm[];
  words: Words;
  startsAt: Date;
  askedEndsAt: Date;
  endsAt: Date;
  reason: string;
  state: StepState;
  isRegional: boolean;
  isBreakGlass: boolean;
  simulationId: number | null;
  regulationId: number | null;
  proposedBy: string;
  proposedAt: Date;
  /** Null where it never came to count: a proposal, also one that was taken back. */
  enforcedAt: Date | null;
  approvedBy: string | null;
  approvedAt: Date | null;
  undoneBy: string | null;
  undoneAt: Date | null;
  undoReason: string | null;
}

export type NewStep = Omit<
  StepRow,
  'id' | 'proposedAt' | 'enforcedAt' | 'approvedBy' | 'approvedAt' | 'undoneBy' | 'undoneAt' | 'undoReason'
>;

const LADDER = `platform_id as "platformId", rungs, changed_by as "changedBy", changed_at as "changedAt",
  approved_by as "approvedBy", approved_at as "approvedAt", simulation_id as "simulationId"`;
const STEP = `id, platform_id as "platformId", rung, name, scope, measures, arms, words, starts_at as "startsAt",
  asked_ends_at as "askedEndsAt", ends_at as "endsAt", reason, state, is_regional as "isRegional",
  is_break_glass as "isBreakGlass", simulation_id as "simulationId", regulation_id as "regulationId",
  proposed_by as "proposedBy", proposed_at as "proposedAt", enforced_at as "enforcedAt", approved_by as "approvedBy", approved_at as "approvedAt",
  undone_by as "undoneBy", undone_at as "undoneAt", undo_reason as "undoReason"`;
const seconds = (instant: Date): number => Math.floor(instant.getTime() / 1000);

/** Ladders and steps as they are stored; nothing here acts. */
@Injectable()
export class ProtectionStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async ladder(platformId: number, tx: EntityManager = this.database.manager): Promise<LadderRow | undefined> {
    const rows = await tx.query<LadderRow[]>(`select ${LADDER} from protection_ladder where platform_id = $1`, [
      platformId,
    ]);
    return rows[0];
  }

  /** Replaces the rungs; what was approved is no more. */
  async setLadder(tx: EntityManager, platformId: number, rungs: readonly Rung[], by: string, now: Date): Promise<void> {
    await tx.query(
      `insert into protection_ladder (platform_id, rungs, changed_by, changed_at) values ($1, $2, $3, $4)
       on conflict (platform_id) do update set rungs = excluded.rungs, changed_by = excluded.changed_by,
         changed_at = excluded.changed_at, approved_by = null, approved_at = null, simulation_id = null`,
      [platformId, JSON.stringify(rungs), by, now],
    );
  }

  async approveLadder(tx: EntityManager, platformId: number, by: string, now: Date): Promise<void> {
    await tx.query('update protection_ladder set approved_by = $2, approved_at = $3 where platform_id = $1', [
      platformId,
      by,
      now,
    ]);
  }

  async setSimulation(platformId: number, simulationId: number): Promise<void> {
    await this.database.query('update protection_ladder set simulation_id = $2 where platform_id = $1', [
      platformId,
      simulationId,
    ]);
  }

  async insertStep(tx: EntityManager, step: NewStep): Promise<number> {
    const rows = await tx.query<{ id: number }[]>(
      `insert into protection_step (platform_id, rung, name, scope, measures, arms, words, starts_at, asked_ends_at, ends_at,
                                    reason, state, is_regional, is_break_glass, simulation_id, regulation_id, proposed_by, enforced_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, case when $12 = 'in_force' then now() end) returning id`,
      [
        step.platformId,
        step.rung,
        JSON.stringify(step.name),
        JSON.stringify(step.scope),
        JSON.stringify(step.measures),
        JSON.stringify(step.arms),
        JSON.stringify(step.words),
        step.startsAt,
        step.askedEndsAt,
        step.endsAt,
        step.reason,
        step.state,
        step.isRegional,
        step.isBreakGlass,
        step.simulationId,
        step.regulationId,
        step.proposedBy,
      ],
    );
    return rows[0]!.id;
  }

  async step(platformId: number, id: number, tx: EntityManager = this.database.manager): Promise<StepRow | undefined> {
    const rows = await tx.query<StepRow[]>(`select ${STEP} from protection_step where platform_id = $1 and id = $2`, [
      platformId,
      id,
    ]);
    return rows[0];
  }

  /** Steps that are not over, and those of the past, the newest first. */
  steps(platformId: number, beforeId: number | null, size: number): Promise<StepRow[]> {
    return this.database.query(
      `select ${STEP} from protection_step where platform_id = $1 and ($2::int is null or id < $2) order by id desc limit $3`,
      [platformId, beforeId, size],
    );
  }

  /** Steps that are in force or will be. */
  current(platformId: number, now: Date, tx: EntityManager = this.database.manager): Promise<StepRow[]> {
    return tx.query(
      `select ${STEP} from protection_step where platform_id = $1 and state = 'in_force' and ends_at > $2 order by id`,
      [platformId, now],
    );
  }

  /** Whether a step is in force, or will be, that may leave a pupil without an admission: live windows only, fewer walk-ins. */
  async hasShuttingOut(tx: EntityManager, platformId: number, now: Date): Promise<boolean> {
    const rows = await tx.query<{ has: boolean }[]>(
      `select exists (
         select 1 from protection_step where platform_id = $1 and state = 'in_force' and ends_at > $2
            and ((measures ->> 'isLiveOnly')::boolean or (measures ->> 'walkInPerMille')::int < 1000)) as has`,
      [platformId, now],
    );
    return rows[0]!.has;
  }

  /** The schools of classes. */
  async establishmentsOf(tx: EntityManager, classIds: readonly number[]): Promise<number[]> {
    const rows = await tx.query<{ id: number }[]>(
      'select distinct establishment_id as id from class where id = any($1)',
      [classIds],
    );
    return rows.map(({ id }) => id);
  }

  /** Steps of one person that no second person has confirmed, and that began or begin after an instant or last beyond it. */
  unconfirmedOf(tx: EntityManager, platformId: number, by: string, since: Date): Promise<StepRow[]> {
    return tx.query(
      `select ${STEP} from protection_step
        where platform_id = $1 and proposed_by = $2 and approved_by is null and (ends_at > $3 or starts_at > $3) order by id`,
      [platformId, by, since],
    );
  }

  async approveStep(
    tx: EntityManager,
    id: number,
    by: string,
    now: Date,
    { startsAt, regulationId }: { startsAt: Date; regulationId: number | null },
  ): Promise<void> {
    await tx.query(
      `update protection_step set state = 'in_force', approved_by = $2, approved_at = $3, enforced_at = coalesce(enforced_at, $3), starts_at = $4,
              ends_at = asked_ends_at, regulation_id = $5 where id = $1`,
      [id, by, now, startsAt, regulationId],
    );
  }

  async undoStep(tx: EntityManager, id: number, by: string, now: Date, reason: string): Promise<void> {
    await tx.query(
      `update protection_step set state = 'undone', undone_by = $2, undone_at = $3, undo_reason = $4,
              ends_at = greatest(least(ends_at, $3), starts_at) where id = $1`,
      [id, by, now, reason],
    );
  }

  /** What gateways obey: every step in force or to come, by names; departments in the place of territories. */
  async rules(tx: EntityManager, platformId: number, now: Date): Promise<NamedRule[]> {
    const steps = await this.current(platformId, now, tx);
    const inside = await this.departmentsInside(
      steps.flatMap(({ scope }) => scope.territories),
      tx,
    );
    const zones = steps.some(({ measures }) => measures.relativesHours) ? await this.zonesOf(platformId, tx) : [];
    return steps.map((step) => ruleOf(step, inside, zones));
  }

  /** Time zones of the platform's schools. */
  async zonesOf(platformId: number, tx: EntityManager): Promise<string[]> {
    const rows = await tx.query<{ zone: string }[]>(
      'select distinct time_zone as zone from establishment where platform_id = $1 order by 1',
      [platformId],
    );
    return rows.map(({ zone }) => zone);
  }

  /** Codes of the departments inside each territory; a code that is none is absent. */
  async departmentsInside(
    codes: readonly string[],
    tx: EntityManager = this.database.manager,
  ): Promise<Map<string, string[]>> {
    if (codes.length === 0) return new Map();
    const rows = await tx.query<{ code: string; departments: string[] }[]>(
      `with recursive inside as (
         select code as asked, id, code, kind from territory where code = any($1)
         union all select i.asked, t.id, t.code, t.kind from territory t join inside i on t.parent_id = i.id)
       select asked as code, coalesce(array_agg(code order by code) filter (where kind = 'department'), '{}') as departments
         from inside group by 1`,
      [codes],
    );
    return new Map(rows.map(({ code, departments }) => [code, departments]));
  }

  /** How many of the platform's establishments lie in each department, by its code, in the order of codes. */
  async schoolsByDepartment(
    platformId: number,
    tx: EntityManager = this.database.manager,
  ): Promise<Map<string, number>> {
    const rows = await tx.query<{ code: string; count: number }[]>(
      `select d.code, count(*)::int as count from establishment e join territory d on d.id = e.department_id
        where e.platform_id = $1 group by 1 order by 1`,
      [platformId],
    );
    return new Map(rows.map(({ code, count }) => [code, count]));
  }
}

/** A step as gateways obey it, in the time zones of the platform's schools: without any, relatives have no hours. */
export function ruleOf(
  {
    id,
    startsAt,
    endsAt,
    scope,
    measures,
    words,
  }: Pick<StepRow, 'id' | 'startsAt' | 'endsAt' | 'scope' | 'measures'> & { words?: StepRow['words'] },
  inside: ReadonlyMap<string, readonly string[]>,
  zones: readonly string[],
): NamedRule {
  const { relativesHours } = measures;
  const departments = [...new Set(scope.territories.flatMap((code) => inside.get(code) ?? []))];
  return {
    id,
    startsAt: seconds(startsAt),
    endsAt: Math.ceil(endsAt.getTime() / 1000),
    scope: {
      // a territory that is gone concerns nobody, never everybody
      departments: scope.territories.length > 0 && departments.length === 0 ? ['-'] : departments,
      profiles: scope.profiles,
      kinds: scope.establishmentKinds,
      levels: scope.levels.reduce((bits, level) => bits | (1 << LEVELS.indexOf(level)), 0),
    },
    relativesWaitUntil: measures.defersRelatives ? Math.ceil(endsAt.getTime() / 1000) : null,
    ...(relativesHours && {
      relativesHours: zones.flatMap((zone) =>
        openSpans(relativesHours, startsAt, endsAt, zone).map((span) => ({ zone, ...span })),
      ),
    }),
    isLiveOnly: measures.isLiveOnly,
    walkInPerMille: measures.walkInPerMille,
    idleMinutes: measures.idleMinutes,
    featuresOff: measures.featuresOff,
    ...(words && { words }),
  };
}
