import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { PlanCertificate } from '../../src/plan/plan-certificate';
import type { ProofDto } from '../../src/plan/proof.dto';
import type { WindowDto } from '../../src/plan/window.dto';
import { ledgerDifferenceCount } from '../plan-builder';
import { startTestApplication } from '../test-application';
import { freshDatabaseUrl } from '../test-database';
import { run } from './command';

const DATA = join(__dirname, '../../../shared/data');
const FILES = {
  'official-schools': 'effectifs_ecoles_hdf_2024.json.gz',
  'official-colleges': 'effectifs_colleges_hdf_2024.json.gz',
  'official-lycees-gt': 'effectifs_lycees_gt_hdf_2024.json.gz',
  'official-lycees-pro': 'effectifs_lycees_pro_hdf_2024.json.gz',
};
const HOLIDAYS = 'fr-en-calendrier-scolaire_2009-2026.csv';
/** The academy of Amiens: Aisne, Oise and Somme. */
const AMIENS = 'A20';

const hasData = existsSync(join(DATA, 'hdf')) && existsSync(join(DATA, 'calendar'));
if (!hasData)
  console.warn('SKIPPED: the official files are not in ../shared/data, so the way of an operator is not tested here.');

(hasData ? describe : describe.skip)('the way of an operator, with the official files of Hauts-de-France', () => {
  let environment: NodeJS.ProcessEnv;
  let app: NestFastifyApplication;
  let database: DataSource;
  let platformId: number;
  let planId: number;
  beforeAll(async () => {
    const url = await freshDatabaseUrl();
    environment = { DATABASE_URL: url, ETALE_SECRET: 'a-secret-of-the-tests-with-32-characters', ETALE_POOL_SIZE: '6' };
    app = await startTestApplication({ DATABASE_URL: url });
    database = app.get<DataSource>(getDataSourceToken());
  });
  afterAll(() => app.close());

  /** The answer of a command that must succeed. */
  const command = async (...argv: string[]): Promise<Record<string, unknown>> => {
    const { exitCode, answer, stderr } = await run([...argv, '--json'], environment);
    expect({ argv, exitCode, refusal: exitCode === 0 ? '' : stderr }).toEqual({ argv, exitCode: 0, refusal: '' });
    return answer;
  };
  const get = async <T>(url: string): Promise<T> => {
    const answer = await app.inject({ url });
    expect([url, answer.statusCode]).toEqual([url, 200]);
    return answer.json<T>();
  };
  const rows = <T>(sql: string, parameters: unknown[] = []): Promise<T[]> => database.query<T[]>(sql, parameters);

  it('imports the files under the school year of the campaign, and the school holidays', async () => {
    const refusedCounts: unknown[] = [];
    for (const [kind, file] of Object.entries(FILES)) {
      const { imports } = await command('import', kind, join(DATA, 'hdf', file), '--school-year', '2026-2027');
      refusedCounts.push((imports as { refusedLineCount: number }[])[0]!.refusedLineCount);
    }
    expect(refusedCounts).toEqual([0, 0, 0, 0]);
    expect(
      await rows(
        `select (select count(*) from establishment) as establishments, sum(headcount) as pupils,
                count(*) filter (where not is_derived) as "realClasses" from class where school_year = '2026-2027'`,
      ),
    ).toEqual([{ establishments: 5885, pupils: 1_118_683, realClasses: 28_267 }]);
    const holidays = await command('import', 'school-holidays', join(DATA, 'calendar', HOLIDAYS));
    expect((holidays.imports as { createdCount: number }[])[0]!.createdCount).toBeGreaterThan(100);
  });

  it('makes a platform, declares its capacity, puts the region on it and states its background', async () => {
    const platform = await command(
      'platform',
      'create',
      '--code',
      'hdf',
      '--name',
      'ENT Hauts-de-France',
      '--portal',
      'ENT, écoles',
      '--portal',
      'ENT, second degré',
    );
    expect(platform).toMatchObject({
      headroomPerMille: 100,
      timeZone: 'Europe/Paris',
      portals: [{ name: 'ENT, écoles' }, { name: 'ENT, second degré' }],
    });
    platformId = platform.id as number;
    await command(
      'platform',
      'step',
      String(platformId),
      '--from',
      '2026-09-01T00:00:00+02:00',
      '--sessions',
      '60000',
      '--logins-per-minute',
      '2500',
      '--reason',
      'contrat',
    );
    expect(await command('platform', 'assign', String(platformId), '--territory', 'R32')).toEqual({
      platformId,
      assignedCount: 5885,
      unchangedCount: 0,
      movedCount: 0,
    });
    expect(await rows('select platform_id as id, count(*) as count from establishment group by 1')).toEqual([
      { id: platformId, count: 5885 },
    ]);
    const background = await command('platform', 'background', String(platformId));
    expect((background.departments as object[]).length).toBe(5);
    expect(background.peopleCount).toBeCloseTo(1_118_683 * 0.12, -1);
    expect(
      await rows('select count(distinct department_id) as departments, count(*) as count from background_load'),
    ).toEqual([{ departments: 5, count: 20 }]);
  });

  it('plans and publishes a remote week of an academy: no violation, what has no place is listed', async () => {
    const territories = (await command('territories')).items as { id: number; code: string }[];
    const amiens = territories.find(({ code }) => code === AMIENS);
    const campaign = await command(
      'campaign',
      'create',
      '--name',
      'Semaine à distance',
      '--platform',
      String(platformId),
      '--from',
      '2026-11-30',
      '--to',
      '2026-12-04',
      '--preset',
      'remote-week-secondary',
      '--territory',
      String(amiens!.id),
    );
    const allocated = await command('allocate', String(campaign.id), '--seed', '1');
    planId = allocated.planId as number;
    const certificate = allocated.certificate as PlanCertificate;
    expect(certificate.violationCount).toBe(0);
    expect(Object.values(certificate.violationCounts).every((count) => count === 0)).toBe(true);
    expect(certificate.peakUtilisationRatio).toBeLessThanOrEqual(1);

    expect(certificate.peakLowerBoundRatio).toBeGreaterThan(0.3);

    const stored = await rows(
      `select count(*) as windows, count(distinct (class_id, local_date, ordinal)) filter (where class_id is not null) as "classWindows",
              count(distinct establishment_id) as establishments from plan_window where plan_id = $1`,
      [planId],
    );
    // two live windows on whole days and one on Wednesday for each division, one a day for the relatives of each establishment
    const [expected] = await rows<{ divisions: number; establishments: number }>(
      `select count(*) as divisions, count(distinct e.id) as establishments from class c join establishment e on e.id = c.establishment_id
         join territory t on t.id = e.department_id where t.parent_id = $1 and c.school_year = '2026-2027' and e.kind not in ('maternelle', 'elementaire', 'primaire')
          and c.headcount > 0`,
      [amiens!.id],
    );
    const { divisions, establishments } = expected!;
    const [{ windows }] = stored as [{ windows: number }];
    expect(windows).toBe(certificate.windowCount);
    expect(windows + certificate.unplacedCount).toBe(divisions * 9 + establishments * 5);
    expect(stored).toMatchObject([{ establishments }]);
    const unplaced = await get<{ items: { reason: string }[] }>(`/v1/plans/${planId}/unplaced?limit=500`);
    expect(unplaced.items).toHaveLength(Math.min(500, certificate.unplacedCount));

    const published = await command('publish', String(planId), '--reason', 'semaine à distance');
    expect(published).toEqual({ planId, epoch: 1, revision: 1 });
  });

  it('lets everybody read the windows of an establishment and prove the plan', async () => {
    const [college] = await rows<{ uai: string; windows: number }>(
      `select e.uai, count(*) as windows from plan_window w join establishment e on e.id = w.establishment_id
        where w.plan_id = $1 and e.kind = 'college' group by e.id order by e.uai limit 1`,
      [planId],
    );
    const { items } = await get<{ items: WindowDto[] }>(
      `/v1/establishments/${college!.uai}/windows?from=2026-11-30&to=2026-12-04&limit=500`,
    );
    expect(items).toHaveLength(college!.windows);
    expect(new Set(items.map(({ audience }) => audience))).toEqual(new Set(['pupils', 'relatives']));
    for (const { startsAt, endsAt, date, timeZone } of items) {
      expect(timeZone).toBe('Europe/Paris');
      expect(startsAt.slice(0, 10)).toBe(date);
      expect(startsAt).toMatch(/\+01:00$/);
      expect(startsAt < endsAt).toBe(true);
    }
    expect(await get<ProofDto>(`/v1/plans/${planId}/proof`)).toMatchObject({
      platformId,
      planIds: [planId],
      revision: 1,
      isProved: true,
      differenceCount: 0,
      overfullCellCount: 0,
    });
    expect(await ledgerDifferenceCount(database, platformId)).toBe(0);
  });

  it('keeps the schools of the plan where they are', async () => {
    await rows('update plan_window set local_date = current_date + 1 where plan_id = $1', [planId]);
    const other = await command('platform', 'create', '--code', 'other', '--name', 'Autre');
    const refused = await run(
      ['platform', 'assign', String(other.id), '--territory', AMIENS, '--kind', 'college', '--json'],
      environment,
    );
    expect(refused).toMatchObject({ exitCode: 3, answer: { error: { code: 'establishment.has_windows' } } });
    const moved = await command('platform', 'assign', String(other.id), '--territory', '59,62');
    expect(moved.movedCount).toBeGreaterThan(3000);
  });
});
