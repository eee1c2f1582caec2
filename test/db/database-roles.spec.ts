import { Client } from 'pg';
import { prepareDatabase } from '../../src/common/database-preparation';
import { READABLE } from '../../src/common/database-rights';
import { loadConfig } from '../../src/common/config';
import { asRole, freshDatabaseUrl } from '../test-database';

/** `insufficient_privilege`. */
const FORBIDDEN = '42501';

describe('the roles of the database', () => {
  let ownerUrl: string;
  let owner: Client;
  let application: Client;
  let reader: Client;
  const connected = async (url: string): Promise<Client> => {
    const client = new Client(url);
    await client.connect();
    return client;
  };
  beforeAll(async () => {
    ownerUrl = await freshDatabaseUrl();
    owner = await connected(ownerUrl);
    application = await connected(asRole(ownerUrl, 'application'));
    reader = await connected(asRole(ownerUrl, 'reader'));
    await application.query(
      `insert into audit_entry (role, subject, action, thing, thing_key) values ('operator', 'account:1', 'plan.delete', 'plan', '1')`,
    );
  });
  afterAll(() => Promise.all([owner, application, reader].map((client) => client.end())));

  const stateOf = async (client: Client, statement: string): Promise<string> =>
    client.query(statement).then(
      () => 'done',
      (error: unknown) => (error as { code?: string }).code ?? String(error),
    );
  const tables = async (): Promise<string[]> =>
    (
      await owner.query<{ name: string }>(
        `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v') order by 1`,
      )
    ).rows.map(({ name }) => name);

  it('are no superusers, create no roles, and only the owner owns', async () => {
    const { rows } = await owner.query(
      `select rolname, rolsuper, rolcreaterole, rolbypassrls, rolcreatedb from pg_roles where rolname like 'etale%' order by 1`,
    );
    const none = { rolsuper: false, rolcreaterole: false, rolbypassrls: false };
    expect(rows).toEqual([
      { rolname: 'etale', ...none, rolcreatedb: true },
      { rolname: 'etale_app', ...none, rolcreatedb: false },
      { rolname: 'etale_reader', ...none, rolcreatedb: false },
    ]);
    const owned = await owner.query(
      `select distinct pg_get_userbyid(relowner) as name from pg_class where relnamespace = 'public'::regnamespace`,
    );
    expect(owned.rows).toEqual([{ name: 'etale' }]);
  });

  it.each([
    `update audit_entry set role = 'nobody'`,
    'delete from audit_entry',
    'truncate audit_entry',
    'drop table audit_entry',
    'alter table audit_entry disable trigger all',
    'drop trigger audit_entry_kept on audit_entry',
    `update audit_floor set least_days = 180`,
    `update plan_change set reason = 'another'`,
    'delete from booking',
    'delete from wish_change',
    `insert into migration (timestamp, name) values (1, 'x')`,
    'create table mine (id int)',
    'create function mine() returns int language sql as $$ select 1 $$',
    'alter table plan add column mine int',
    'alter table ledger_cell drop constraint ledger_cell_sessions_check',
    'drop table plan_window',
    'truncate ledger_cell',
    'create schema mine',
    'create index on plan (seed)',
    'drop function remove_audit_entries(int)',
    'create role mine',
    'alter default privileges for role etale in schema public grant all on tables to public',
    'set role etale',
    `copy plan to program 'true'`,
    `select pg_read_file('/etc/hostname')`,
  ])('refuse the application: %s', async (statement) => {
    expect([statement, await stateOf(application, statement)]).toEqual([statement, FORBIDDEN]);
  });

  it('let the application add to the audit trail, read it, and take away what the floor allows', async () => {
    await owner.query('begin');
    await owner.query(`alter table audit_entry disable trigger audit_entry_kept`);
    await owner.query(`update audit_entry set recorded_at = now() - interval '300 days'`);
    await owner.query(`alter table audit_entry enable trigger audit_entry_kept`);
    await owner.query('commit');
    const { rows } = await application.query('select remove_audit_entries(200)::int as removed');
    expect(rows).toEqual([{ removed: 1 }]);
    expect((await application.query('select * from audit_trail')).rows).toEqual([]);
  });

  it('let the application make and drop the windows of a draft, and never drop those of a published plan', async () => {
    await owner.query(`
      insert into platform (code, name, time_zone, headroom_per_mille) values ('p', 'P', 'Europe/Paris', 0);
      insert into campaign (name, platform_id, starts_on, ends_on, school_year, keeps_same_hours, rules, load_model, created_by)
        select 'c', id, '2026-12-01', '2026-12-02', '2026-2027', false, '{}', '{}', 'test' from platform;
      insert into plan (campaign_id, state, base_epoch, base_revision, seed, window_count, certificate, profiles, created_by)
        select id, 'draft', 1, 0, 1, 0, '{}', '[]', 'test' from campaign`);
    const { rows } = await owner.query<{ id: number }>('select id from plan');
    const id = rows[0]!.id;
    for (const step of ['create', 'index', 'attach']) await application.query(`select ${step}_plan_partition(${id})`);
    expect((await application.query(`select count(*)::int as n from plan_window_${id}`)).rows).toEqual([{ n: 0 }]);
    await owner.query(
      `update plan set state = 'published', published_at = now(), published_epoch = 1, published_revision = 1`,
    );
    expect(await stateOf(application, `select drop_plan_partition(${id})`)).toBe(FORBIDDEN);
    await owner.query(`update plan set state = 'superseded'`);
    expect(await stateOf(application, `select drop_plan_partition(${id})`)).toBe('done');
    expect(await tables()).not.toContain(`plan_window_${id}`);
  });

  it('let the reader read the tables of its list and no other, and change none', async () => {
    for (const name of await tables()) {
      const columns = name in READABLE ? (READABLE[name]?.join(', ') ?? '*') : '*';
      const state = await stateOf(reader, `select ${columns} from ${name} limit 1`);
      expect([name, state]).toEqual([name, name in READABLE ? 'done' : FORBIDDEN]);
      // a view over a join takes no change from anybody (55000)
      expect(await stateOf(reader, `delete from ${name}`)).toMatch(/^(42501|55000)$/);
    }
    for (const secret of [
      'session',
      'machine_key',
      'account',
      'sign_in',
      'audit_trail',
      'feed',
      'answer_link',
      'gateway_pass_key',
    ])
      expect([secret, secret in READABLE]).toEqual([secret, false]);
    for (const statement of [
      'select created_by from plan',
      'select teacher_key_id from plan_window',
      'select telephone from establishment',
      'select * from graphile_worker.jobs',
      'select remove_audit_entries(1000)',
      'create table mine (id int)',
    ])
      expect([statement, await stateOf(reader, statement)]).toEqual([statement, FORBIDDEN]);
  });

  it('keep their rights at the next start, and get them for what a migration adds', async () => {
    await owner.query(
      'create table added (id int); grant all on audit_entry to etale_app; grant select on session to etale_reader',
    );
    const config = loadConfig({ DATABASE_URL: asRole(ownerUrl, 'application'), MIGRATION_DATABASE_URL: ownerUrl });
    await (await prepareDatabase(config)).end();
    expect(await stateOf(application, 'insert into added values (1)')).toBe('done');
    expect(await stateOf(application, 'truncate added')).toBe(FORBIDDEN);
    expect(await stateOf(application, 'delete from audit_entry')).toBe(FORBIDDEN);
    expect(await stateOf(reader, 'select * from session')).toBe(FORBIDDEN);
    expect(await stateOf(reader, 'select * from added')).toBe(FORBIDDEN);
  });

  it('say what to do when the schema is old and nobody who may change it is named', async () => {
    const DATABASE_URL = asRole(await freshDatabaseUrl('empty'), 'application');
    await expect(prepareDatabase(loadConfig({ DATABASE_URL }))).rejects.toMatchObject({
      code: 'database.not_migrated',
    });
    await (await prepareDatabase(loadConfig({ DATABASE_URL: asRole(ownerUrl, 'application') }))).end();
  });
});
