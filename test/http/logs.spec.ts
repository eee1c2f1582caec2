import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { createApplication } from '../../src/app.factory';
import { AccountStore } from '../../src/access/account.store';
import { SessionService } from '../../src/access/session.service';
import { loadConfig } from '../../src/common/config';
import { createLogger, PinoLogger } from '../../src/common/pino.logger';
import { JobRunner } from '../../src/jobs/job-runner.service';
import { checkLetterOf } from '../../src/directory/uai.rules';
import { asRole, freshDatabaseUrl } from '../test-database';

const UAI = `0590001${checkLetterOf('0590001')}`;
const SCHOOLS = JSON.stringify([
  {
    rentree_scolaire: '2026',
    numero_ecole: UAI,
    denomination_principale: 'ECOLE PRIMAIRE PUBLIQUE',
    patronyme: 'JEAN MOULIN',
    secteur: 'PUBLIC',
    code_departement: '59',
    commune: 'LILLE',
    nombre_total_classes: 1,
    nombre_total_eleves: 25,
    nombre_eleves_cp_hors_ulis: 25,
  },
]);
const SUBJECT = 'subject-of-a-person-4711';
const TEACHER = 'Dupontel-Marchandise';
const PUPIL = 'Zoé Lefèvre-Carpentier';
const SERVICE_SECRET = 'a-secret-of-the-tests-with-32-characters';

describe('the logs of a session of calls, at their most talkative', () => {
  const lines: string[] = [];
  let app: NestFastifyApplication;
  let session: string;
  beforeAll(async () => {
    const ownerUrl = await freshDatabaseUrl();
    const config = loadConfig({
      DATABASE_URL: asRole(ownerUrl, 'application'),
      MIGRATION_DATABASE_URL: ownerUrl,
      ETALE_SECRET: SERVICE_SECRET,
      ETALE_POOL_SIZE: '4',
    });
    const logger = createLogger('trace', { write: (line: string) => void lines.push(line) });
    app = await createApplication(config, new PinoLogger(logger));
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    await app.get(JobRunner).start();
    const grant = { role: 'operator', uais: [], territories: [] } as const;
    const { id } = await app.get(AccountStore).grant('https://issuer.invalid', SUBJECT, grant);
    session = await app.get(SessionService).open(id);
  });
  afterAll(() => app.close());

  const ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object | string, more = {}) =>
    app.inject({
      method,
      url,
      headers: {
        cookie: `etale_session=${session}`,
        'sec-fetch-site': 'same-origin',
        ...(typeof payload === 'string' && { 'content-type': 'text/csv' }),
        ...more,
      },
      ...(payload !== undefined && { payload }),
    });

  it('hold no secret, no person and no value of a statement that failed', async () => {
    const key = (await ask('POST', '/v1/keys', { name: 'screens', scopes: ['windows'] })).json<{ secret: string }>();
    expect((await ask('GET', '/v1/plans', undefined, { authorization: `Bearer ${key.secret}` })).statusCode).toBe(200);
    const wrongKey = `etale_${'w'.repeat(43)}`;
    expect((await ask('GET', '/v1/plans', undefined, { authorization: `Bearer ${wrongKey}` })).statusCode).toBe(401);
    expect((await ask('POST', '/v1/imports?kind=official-schools', SCHOOLS)).statusCode).toBe(201);
    const roster = `uai;classe;niveau;effectif;enseignants;nom de l'élève\n${UAI};CP;CP;24;${TEACHER};${PUPIL}\n${UAI};CE1 ${PUPIL};?;x;${TEACHER};${PUPIL}\n`;
    expect((await ask('POST', '/v1/imports?kind=roster&schoolYear=2026-2027', roster)).statusCode).toBe(201);
    const deputy = { issuer: 'https://issuer.invalid', subject: `${SUBJECT}-deputy`, endsAt: '2030-01-01T00:00:00Z' };
    await ask('POST', `/v1/establishments/${UAI}/delegations`, deputy);
    const feed = await ask('POST', `/v1/establishments/${UAI}/feed`);
    const feedToken = /feeds\/([\w-]{20,})/.exec(feed.body)?.[1];
    expect([feed.statusCode, typeof feedToken]).toEqual([201, 'string']);
    await ask('GET', `/v1/feeds/${feedToken}.ics`);
    await ask('GET', `/sign-in/callback?code=code-of-a-sign-in&state=state-of-a-sign-in`);

    // the unexpected: statements that fail with such values in them
    const database = app.get(DataSource);
    const broken = jest.spyOn(database, 'query').mockImplementation(() => {
      throw Object.assign(new Error('duplicate key value violates unique constraint "account_key"'), {
        query: 'insert into account (issuer, subject) values ($1, $2)',
        parameters: [SUBJECT, session, TEACHER],
        driverError: { detail: `Key (issuer, subject)=(https://issuer.invalid, ${SUBJECT}) already exists.` },
        code: '23505',
        constraint: 'account_key',
      });
    });
    const failed = await ask('GET', '/v1/keys');
    broken.mockRestore();
    expect(failed.statusCode).toBe(500);

    const log = lines.join('');
    expect(log).toContain('violates unique constraint');
    expect(log).toContain('"constraint":"account_key"');
    const forbidden = [session, key.secret, wrongKey, SUBJECT, TEACHER, PUPIL, 'Lefèvre', feedToken!, SERVICE_SECRET];
    for (const text of [...forbidden, 'code-of-a-sign-in', 'state-of-a-sign-in'])
      expect([text, log.includes(text)]).toEqual([text, false]);
    // nor the password of the database
    for (const url of [process.env.TEST_POSTGRES_URL!, process.env.TEST_APPLICATION_URL!])
      expect(log).not.toContain(new URL(url).password);
    // nor what the caller is told of it
    expect(failed.body).not.toMatch(/account_key|insert into|issuer/);
  });
});
