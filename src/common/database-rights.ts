import { escapeIdentifier, type Client } from 'pg';

/** The role that people and tools read with; it gets its rights where it exists. */
export const READER_ROLE = 'etale_reader';

const TABLE_RIGHTS = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'] as const;
type TableRight = (typeof TABLE_RIGHTS)[number];

const WORKING: readonly TableRight[] = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];
const ADDED_TO: readonly TableRight[] = ['SELECT', 'INSERT'];

/** Where the application's role has less than reading and writing rows: what is history is only added to. */
const LESS: Readonly<Record<string, readonly TableRight[]>> = {
  migration: ['SELECT'],
  audit_floor: ['SELECT'],
  audit_trail: ['SELECT'],
  calendar_version: ['SELECT'],
  audit_entry: ADDED_TO,
  booking: ADDED_TO,
  plan_change: ADDED_TO,
  plan_change_window: ADDED_TO,
  wish_change: ADDED_TO,
};

/**
 * Everything that the reader may read, nothing else, not even a table of tomorrow: no account, session, key, link, wish, answer,
 * audit entry, teacher or count of a gateway, and no column that says who did something or why. `undefined`: every column.
 */
export const READABLE: Readonly<Record<string, readonly string[] | undefined>> = {
  territory: undefined,
  establishment: [
    'id',
    'uai',
    'name',
    'kind',
    'sector',
    'priority_education',
    'department_id',
    'commune_code',
    'commune_name',
    'time_zone',
    'holiday_zone',
    'latitude',
    'longitude',
    'open_half_days',
    'simultaneous_window_limit',
    'platform_id',
    'source',
  ],
  class: [
    'id',
    'establishment_id',
    'school_year',
    'code',
    'kind',
    'levels',
    'headcount',
    'option_set',
    'is_derived',
    'source',
  ],
  class_group_source: undefined,
  holiday_period: undefined,
  calendar_exception: undefined,
  platform: undefined,
  portal: undefined,
  capacity_step: undefined,
  regulation: undefined,
  background_load: undefined,
  campaign: [
    'id',
    'name',
    'platform_id',
    'starts_on',
    'ends_on',
    'school_year',
    'preset',
    'keeps_same_hours',
    'territory_ids',
    'establishment_kinds',
    'levels',
    'rules',
    'catch_up',
    'load_model',
    'is_approval_needed',
    'calibration_id',
    'created_at',
  ],
  plan: [
    'id',
    'campaign_id',
    'state',
    'base_epoch',
    'base_revision',
    'seed',
    'window_count',
    'certificate',
    'profiles',
    'unplaced',
    'created_at',
    'published_at',
    'published_epoch',
    'published_revision',
    'superseded_at',
    'curve_version',
  ],
  plan_window: [
    'plan_id',
    'window_id',
    'establishment_id',
    'class_id',
    'audience',
    'activity',
    'origin',
    'cell_count',
    'ordinal',
    'profile_id',
    'local_date',
    'start_cell',
    'headcount',
    'series_id',
    'revision',
  ],
  plan_load: undefined,
  plan_cell: undefined,
  plan_fairness: undefined,
  plan_baseline: undefined,
  platform_revision: undefined,
  ledger_cell: undefined,
  ledger_proof: undefined,
  measurement: undefined,
};

interface TableRow {
  schema: string;
  name: string;
  isPartition: boolean;
  /** What the application's role has. */
  rights: TableRight[] | null;
  columns: string[];
  /** What the reader may read. */
  readable: string[] | null;
}

const QUEUE = 'graphile_worker';

const TABLES = `
  select n.nspname as schema, c.relname as name, c.relispartition or c.relname ~ '^plan_window_[0-9]+$' as "isPartition",
         (select array_agg(r) from unnest($1::text[]) r where has_table_privilege($2::name, c.oid, r)) as rights,
         (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
           where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
         (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
           where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
             and $3::name is not null and has_column_privilege($3::name, c.oid, a.attnum, 'SELECT')) as readable
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where n.nspname in ('public', '${QUEUE}') and c.relkind in ('r', 'p', 'v')
     and pg_has_role(current_user, c.relowner, 'USAGE')
   order by 1, 2`;

const isSame = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((item) => right.includes(item));

/**
 * Gives the application's role, and the reader where it exists, exactly their rights on what is there now; the connection is the
 * owner's. What stands right already is not touched: a grant on a table would wait for, or break, the work of other replicas.
 */
export async function grantRights(owner: Client, application: string): Promise<void> {
  const app = escapeIdentifier(application);
  const reader = (await owner.query('select 1 from pg_roles where rolname = $1', [READER_ROLE])).rowCount !== 0;
  await owner.query(`
    alter default privileges in schema public grant select, insert, update, delete on tables to ${app};
    alter default privileges in schema public grant usage, update on sequences to ${app};
    grant usage on schema public, ${QUEUE} to ${app}`);
  if (reader) await owner.query(`grant usage on schema public to ${READER_ROLE}`);
  const { rows } = await owner.query<TableRow>(TABLES, [TABLE_RIGHTS, application, reader ? READER_ROLE : null]);
  const statements = rows.flatMap((table) => [...ofApplication(table, app), ...(reader ? ofReader(table) : [])]);
  for (const statement of statements) await owner.query(statement);
  await grantFunctions(owner, application);
  await openQueue(owner, application);
}

const qualified = ({ schema, name }: TableRow): string => `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;

function ofApplication(table: TableRow, app: string): string[] {
  const wanted = table.schema === 'public' ? (LESS[table.name] ?? WORKING) : WORKING;
  if (isSame(table.rights ?? [], wanted)) return [];
  return [
    `revoke all on ${qualified(table)} from ${app}`,
    `grant ${wanted.join(', ')} on ${qualified(table)} to ${app}`,
  ];
}

function ofReader(table: TableRow): string[] {
  const isListed = table.schema === 'public' && !table.isPartition && table.name in READABLE;
  const wanted = isListed ? (READABLE[table.name] ?? table.columns) : [];
  if (isSame(table.readable ?? [], wanted)) return [];
  // all of a table takes the rights on its columns away too
  const taken = `revoke all on ${qualified(table)} from ${READER_ROLE}`;
  const columns = wanted.map(escapeIdentifier).join(', ');
  return wanted.length === 0 ? [taken] : [taken, `grant select (${columns}) on ${qualified(table)} to ${READER_ROLE}`];
}

/** Sequences (the demonstration writes its own ids and sets them on), and the functions that run with the owner's rights. */
async function grantFunctions(owner: Client, application: string): Promise<void> {
  const { rows } = await owner.query<{ statement: string }>(
    `select format('grant usage, update on sequence %s to %I', c.oid::regclass, $1::text) as statement from pg_class c
       where c.relnamespace in ('public'::regnamespace, '${QUEUE}'::regnamespace) 
         -- in this order: anything but a sequence would be an error
         and case when c.relkind = 'S' then not (has_sequence_privilege($1::name, c.oid, 'USAGE') and has_sequence_privilege($1::name, c.oid, 'UPDATE')) else false end
     union all
     select format('grant execute on function %s to %I', p.oid::regprocedure, $1::text) from pg_proc p
       where p.pronamespace = 'public'::regnamespace and p.prosecdef and not has_function_privilege($1::name, p.oid, 'EXECUTE')`,
    [application],
  );
  for (const { statement } of rows) await owner.query(statement);
}

/** The job queue's tables have row level security without a policy: their owner sees rows, anybody else needs one. */
async function openQueue(owner: Client, application: string): Promise<void> {
  const policy = `${application}_works`;
  const { rows } = await owner.query<{ name: string }>(
    `select c.relname as name from pg_class c
      where c.relnamespace = '${QUEUE}'::regnamespace and c.relkind = 'r' and c.relrowsecurity
        and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = $1)`,
    [policy],
  );
  for (const { name } of rows)
    await owner.query(
      `create policy ${escapeIdentifier(policy)} on ${QUEUE}.${escapeIdentifier(name)} to ${escapeIdentifier(application)}
         using (true) with check (true)`,
    );
}
