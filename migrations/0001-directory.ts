import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Territories, establishments, classes and groups, teacher keys, imports. */
export class Directory1764000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table territory (
        id int generated always as identity constraint territory_pkey primary key,
        code text not null constraint territory_code_key unique,
        kind text not null constraint territory_kind_check check (kind in ('region', 'academy', 'department')),
        name text not null,
        parent_id int constraint territory_parent_fkey references territory,
        constraint territory_parent_check check ((kind = 'region') = (parent_id is null))
      );
      create index territory_parent_idx on territory (parent_id);

      create table establishment (
        id int generated always as identity constraint establishment_pkey primary key,
        uai text not null constraint establishment_uai_key unique
          constraint establishment_uai_check check (uai ~ '^[0-9]{7}[A-Z]$'),
        name text not null,
        kind text not null constraint establishment_kind_check check
          (kind in ('maternelle', 'elementaire', 'primaire', 'college', 'lycee_gt', 'lycee_pro', 'lycee_polyvalent', 'erea')),
        sector text not null constraint establishment_sector_check check (sector in ('public', 'private')),
        priority_education text not null default 'none' constraint establishment_priority_check check
          (priority_education in ('none', 'rep', 'rep_plus')),
        department_id int not null constraint establishment_department_fkey references territory,
        commune_code text,
        commune_name text not null,
        time_zone text not null,
        holiday_zone text not null,
        latitude double precision,
        longitude double precision,
        telephone text,
        -- what the ENT calls the establishment (the left side of its class keys); comes with the mapping import
        structure_external_id text constraint establishment_structure_key unique,
        -- half days of teaching, bit 2 x (weekday - 1) for the morning, the next one for the afternoon, Monday = weekday 1
        open_half_days int not null constraint establishment_half_days_check check (open_half_days between 1 and 16383),
        -- most windows at once, where the establishment's own line is narrow
        simultaneous_window_limit int constraint establishment_window_limit_check check (simultaneous_window_limit > 0),
        platform_id int,
        source text not null,
        constraint establishment_position_check check ((latitude is null) = (longitude is null))
      );
      create index establishment_department_idx on establishment (department_id, id);
      create index establishment_platform_idx on establishment (platform_id);
      create index establishment_position_idx on establishment (latitude, longitude);

      create table class (
        id int generated always as identity constraint class_pkey primary key,
        establishment_id int not null constraint class_establishment_fkey references establishment on delete cascade,
        school_year text not null constraint class_school_year_check check (school_year ~ '^20[0-9]{2}-20[0-9]{2}$'),
        code text not null constraint class_code_check check (code <> '' and length(code) <= 40),
        kind text not null default 'division' constraint class_kind_check check (kind in ('division', 'group')),
        levels text[] not null constraint class_levels_check check (cardinality(levels) > 0),
        headcount int not null constraint class_headcount_check check (headcount between 0 and 500),
        -- the class name that the ENT uses in its key, where it differs from the code
        ent_class_name text,
        -- parallel options: groups of one set have no pupil in common
        option_set text,
        -- made by the stated rule from headcounts, not read from a roster
        is_derived boolean not null default false,
        source text not null,
        constraint class_key unique (establishment_id, school_year, code),
        constraint class_option_set_check check (kind = 'group' or option_set is null)
      );

      create table class_group_source (
        group_id int not null constraint class_group_source_group_fkey references class on delete cascade,
        class_id int not null constraint class_group_source_class_fkey references class on delete cascade,
        constraint class_group_source_pkey primary key (group_id, class_id),
        constraint class_group_source_check check (group_id <> class_id)
      );
      create index class_group_source_class_idx on class_group_source (class_id);

      create table teacher_key (
        id int generated always as identity constraint teacher_key_pkey primary key,
        -- null where the teacher is declared shared between establishments
        establishment_id int constraint teacher_key_establishment_fkey references establishment on delete cascade,
        hash bytea not null constraint teacher_key_hash_check check (length(hash) = 32),
        constraint teacher_key_key unique nulls not distinct (establishment_id, hash)
      );

      create table class_teacher (
        class_id int not null constraint class_teacher_class_fkey references class on delete cascade,
        teacher_key_id int not null constraint class_teacher_teacher_fkey references teacher_key on delete cascade,
        constraint class_teacher_pkey primary key (class_id, teacher_key_id)
      );
      create index class_teacher_teacher_idx on class_teacher (teacher_key_id);

      create table import_run (
        id int generated always as identity constraint import_run_pkey primary key,
        kind text not null,
        file_name text not null,
        file_sha256 text,
        is_dry_run boolean not null,
        state text not null constraint import_run_state_check check (state in ('running', 'done', 'refused')),
        requested_by text not null,
        started_at timestamptz not null default now(),
        ended_at timestamptz,
        -- counts of the report, and why a refused file was refused
        report jsonb not null default '{}'
      );

      create table import_line (
        import_id int not null constraint import_line_import_fkey references import_run on delete cascade,
        ordinal int not null,
        line_number bigint not null,
        severity text not null constraint import_line_severity_check check (severity in ('refused', 'noted')),
        code text not null,
        field text,
        message text not null,
        constraint import_line_pkey primary key (import_id, ordinal)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table import_line, import_run, class_teacher, teacher_key, class_group_source, class, establishment, territory;
    `);
  }
}
