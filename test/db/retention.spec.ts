import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { AccountStore } from '../../src/access/account.store';
import { SessionService } from '../../src/access/session.service';
import { RetentionService } from '../../src/retention/retention.service';
import { startTestApplication } from '../test-application';
import { TEST_ISSUER } from '../test-issuer';

/** Words that a column about a pupil, a parent or a teacher would carry, in both languages. */
const PERSONAL =
  /first_?name|last_?name|full_?name|surname|prenom|nom_|birth|naissance|e?mail|phone|telephone|address|adresse|gender|sexe|ine\b|pupil_|eleve|parent_(?!id)|guardian|teacher_name|student/;
/** Columns that the pattern catches and that hold no person: what they are instead. */
const HARMLESS: Record<string, string> = {
  'platform.parent_account_levels': 'levels whose pupils come through accounts of their parents',
  'establishment.telephone': 'of the school, as the ministry publishes it',
};

describe('what is kept about people', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  beforeAll(async () => {
    app = await startTestApplication();
    database = app.get(DataSource);
  });
  afterAll(() => app.close());

  it('has no column that could hold a pupil, a parent or the name of a teacher', async () => {
    const columns = await database.query<{ name: string }[]>(
      `select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'public'`,
    );
    expect(columns.length).toBeGreaterThan(100);
    const suspects = columns.map(({ name }) => name).filter((name) => PERSONAL.test(name.split('.')[1]!));
    expect(suspects.filter((name) => !(name in HARMLESS))).toEqual([]);
  });

  it('keeps of an account nothing but issuer, subject, role, scope and dates', async () => {
    const columns = await database.query<{ name: string }[]>(
      `select column_name as name from information_schema.columns where table_name = 'account' order by 1`,
    );
    expect(columns.map(({ name }) => name)).toEqual([
      'created_at',
      'id',
      'issuer',
      'last_signed_in_at',
      'origin',
      'role',
      'subject',
      'territories',
      'uais',
    ]);
  });

  it('removes each night what has been kept long enough, leaves the rest, and tells how much went', async () => {
    const accounts = app.get(AccountStore);
    const old = await accounts.signedIn(TEST_ISSUER, 'left long ago', undefined);
    const present = await accounts.signedIn(TEST_ISSUER, 'still there', undefined);
    const granted = await accounts.grant(TEST_ISSUER, 'given by hand', { role: 'auditor', uais: [], territories: [] });
    const [ended, open] = await Promise.all([old.id, present.id].map((id) => app.get(SessionService).open(id)));
    await database.query(`update session set expires_at = now() - interval '1 hour' where account_id = $1`, [old.id]);
    await database.query(`update account set last_signed_in_at = now() - interval '426 days' where id = any($1)`, [
      [old.id, granted.id],
    ]);
    const [platform] = await database.query<[{ id: number }]>(
      `insert into platform (code, name, time_zone, headroom_per_mille) values ('p', 'Plateforme', 'Europe/Paris', 0) returning id`,
    );
    // room that was kept for a waiting list, and what schools held as long ago, which their bookings name
    await database.query(
      `insert into hold (id, platform_id, establishment_id, state, expires_at, ended_at)
       select gen_random_uuid(), $1, e.id, 'cancelled', now(), now() - make_interval(days => e.days) from (values (0, 2), (0, 0), (7, 2)) e (id, days)`,
      [platform.id],
    );
    const removed = await app.get(RetentionService).removeOld();
    expect(removed).toMatchObject({ session: 1, account: 1, hold: 1, audit_entry: 0 });
    const left = await database.query<{ id: number }[]>('select id from account where issuer = $1', [TEST_ISSUER]);
    const ids = left.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining([present.id, granted.id]));
    expect(ids).not.toContain(old.id);
    expect(ended).not.toEqual(open);
    const told = await database.query<{ key: string; after: object; role: string }[]>(
      `select thing_key as key, after, role from audit_entry where action = 'retention.remove' order by 1`,
    );
    expect(told).toContainEqual({ key: 'account', role: 'service', after: { days: 425, removedCount: 1 } });
  });
});
