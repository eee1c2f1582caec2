import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DataSource } from 'typeorm';
import { databaseOptions } from '../../src/common/database';
import { makeRegion, type Region } from '../plan-builder';
import { freshDatabaseUrl } from '../test-database';
import { run, type Outcome } from './command';

describe('the command line', () => {
  let environment: NodeJS.ProcessEnv;
  let database: DataSource;
  let folder: string;

  beforeAll(async () => {
    const url = await freshDatabaseUrl();
    folder = mkdtempSync(join(tmpdir(), 'etale-cli-'));
    environment = { DATABASE_URL: url, ETALE_DATA_DIR: folder, ETALE_POOL_SIZE: '6' };
    database = await new DataSource(databaseOptions(url, 2)).initialize();
  });
  afterAll(async () => {
    await database.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  const command = (...argv: string[]): Promise<Outcome> => run(argv, environment);
  /** Schools with a platform; the campaign that comes with them has no rules and goes. */
  const makeSchools = async (establishmentCount: number): Promise<Region> => {
    const region = await makeRegion(database, { establishmentCount, classesEach: 20 });
    await database.query('delete from campaign where id = $1', [region.campaignId]);
    return region;
  };
  const createCampaign = async (establishmentCount: number, ...more: string[]): Promise<Outcome> => {
    const { platformId } = await makeSchools(establishmentCount);
    return command(
      'campaign',
      'create',
      '--name',
      'Semaine',
      '--platform',
      String(platformId),
      '--from',
      '2026-12-07',
      '--to',
      '2026-12-11',
      '--preset',
      'remote-week-secondary',
      '--json',
      ...more,
    );
  };

  it('takes a campaign from its creation to an exported, published plan', async () => {
    const campaign = await createCampaign(3);
    expect(campaign).toMatchObject({ exitCode: 0, answer: { name: 'Semaine', preset: 'remote-week-secondary' } });

    const allocated = await command('allocate', String(campaign.answer.id), '--seed', '5', '--json');
    expect(allocated).toMatchObject({
      exitCode: 0,
      answer: { campaignId: campaign.answer.id, certificate: { violationCount: 0, seed: 5 } },
    });
    expect(allocated.stderr).toMatch(/assembl/);
    const planId = String(allocated.answer.planId);

    const published = await command('publish', planId, '--reason', 'first week', '--json');
    expect(published).toMatchObject({ exitCode: 0, answer: { planId: Number(planId), epoch: 1, revision: 1 } });

    const { windowCount } = allocated.answer.certificate as { windowCount: number };
    const file = join(folder, 'plan.csv');
    const exported = await command('export', planId, '--format', 'csv', '--out', file, '--json');
    const text = readFileSync(file, 'utf8');
    expect(exported).toMatchObject({ exitCode: 0, answer: { file, byteCount: Buffer.byteLength(text) } });
    expect(text.trimEnd().split('\n')).toHaveLength(windowCount + 1);
    const streamed = await command('export', planId, '--format', 'ndjson');
    expect(streamed.stdout.trimEnd().split('\n')).toHaveLength(windowCount);

    const plans = await command('plans', '--campaign', String(campaign.answer.id), '--json');
    expect(plans.answer).toMatchObject({ items: [{ id: Number(planId), state: 'published', windowCount }] });
    const table = await command('plans');
    expect(table.stdout).toMatch(
      new RegExp(`^${planId} +${String(campaign.answer.id)} +published +${windowCount} `, 'm'),
    );
  });

  it('opens a campaign for wishes, copies defaults, proposes its plan and writes links that nobody else reads', async () => {
    const id = String((await createCampaign(2)).answer.id);
    const period = await command('wishes', 'period', id, '--closes', '2100-01-01T00:00:00Z', '--json');
    expect(period).toMatchObject({ exitCode: 0, answer: { phase: 'open' } });
    expect(await command('wishes', 'copy', id, '--json')).toMatchObject({
      exitCode: 3,
      answer: { error: { code: 'wish.no_campaign_before' } },
    });
    expect(await command('wishes', 'fixed', id, '--json')).toMatchObject({ exitCode: 0, answer: { items: [] } });
    const planId = String((await command('allocate', id, '--json')).answer.planId);
    const shown = await command('proposal', 'open', id, '--plan', planId, '--until', '2100-01-01T00:00:00Z', '--json');
    expect(shown).toMatchObject({ exitCode: 0, answer: { planId: Number(planId), phase: 'open' } });
    const file = join(folder, 'links.csv');
    const links = ['proposal', 'links', id, '--base-url', 'https://etale.example', '--out', file, '--json'];
    expect(await command(...links)).toMatchObject({ exitCode: 0, answer: { linkCount: 2 } });
    expect(readFileSync(file, 'utf8')).toMatch(/^\d{7}[A-Z];head;https:\/\/etale\.example\/reponse\/[\w-]{43};2100/m);
    // a file that is there already is left alone, and no links are made
    expect((await command(...links)).exitCode).toBe(3);
    const answers = await command('proposal', 'answers', id, '--level', 'region', '--json');
    expect(answers).toMatchObject({ exitCode: 0, answer: { total: { establishmentCount: 2, unansweredCount: 2 } } });
  });

  it('lists platforms, campaigns and territories', async () => {
    const { answer } = await createCampaign(1);
    expect((await command('territories')).stdout).toMatch(/^\d+ +\S+ +region +Région +-$/m);
    const campaigns = await command('campaigns', '--platform', String(answer.platformId), '--json');
    expect(campaigns.answer).toMatchObject({ items: [{ id: answer.id }], nextCursor: null });
    expect((await command('platforms')).stdout).toContain('Europe/Paris');
  });

  it.each([
    [['allocate', '999999'], 'campaign.not_found'],
    [['publish', '999999', '--reason', 'none'], 'plan.not_found'],
    [['export', '999999', '--out', 'nowhere.csv'], 'plan.not_found'],
    [['import', 'roster', 'no-such-file.csv', '--school-year', '2026-2027'], 'file.unusable'],
    [['platform', 'create', '--code', 'North', '--name', 'x'], 'request.invalid'],
    [['platform', 'create', '--code', 'north', '--name', 'x', '--time-zone', 'Mars/Phobos'], 'capacity.input_invalid'],
    [['platform', 'create', '--code', 'north', '--name', 'x', '--portal', 'a', '--portal', ''], 'request.invalid'],
    [['platform', 'assign', '999999', '--kind', 'college'], 'platform.not_found'],
    [['platform', 'assign', '999999', '--kind', 'gymnasium'], 'request.invalid'],
    [['platform', 'assign', '999999'], 'assignment.empty'],
    [['platform', 'background', '999999'], 'platform.not_found'],
    [
      ['platform', 'step', '1', '--from', '2026-09-01', '--sessions', '9', '--logins-per-minute', '9', '--reason', 'x'],
      'request.invalid',
    ],
  ])('ends with 3 and the code of the refusal: %j -> %s', async (argv, code) => {
    const outcome = await command(...argv, '--json');
    expect(outcome).toMatchObject({ exitCode: 3, answer: { error: { code } } });
    expect(outcome.stderr).toContain(`Refused (${code})`);
    expect(existsSync('nowhere.csv') || existsSync('nowhere.csv.part')).toBe(false);
  });

  it('ends with 3 when the dates of a campaign are the wrong way round, as the REST API would refuse it', async () => {
    const refused = await createCampaign(1, '--from', '2026-12-12');
    expect(refused).toMatchObject({ exitCode: 3 });
    expect((refused.answer.error as { code: string }).code).toMatch(/^campaign\./);
    const malformed = await createCampaign(1, '--from', 'monday');
    expect(malformed).toMatchObject({ exitCode: 3, answer: { error: { code: 'request.invalid' } } });
  });

  it.each([
    [['fly'], /unknown command/],
    [['allocate'], /missing required argument/],
    [['allocate', 'one'], /whole number/],
    [['allocate', '1', '--seed', '-4'], /whole number/],
    [['publish', '1'], /--reason/],
    [['import', 'poems', 'x.csv'], /Allowed choices/],
    [['export', '1', '--format', 'pdf'], /Allowed choices/],
    [['export', '1', '--json'], /--out/],
    [['migrate', 'sideways'], /Allowed choices/],
    [['platform', 'create', '--name', 'x'], /--code/],
    [['platform', 'create', '--code', 'x', '--name', 'x', '--headroom-per-mille', '1001'], /whole number/],
    [['platform', 'step', '1', '--sessions', '0'], /whole number/],
    [['platform', 'fly'], /unknown command/],
    [['campaigns', '--speed', '9'], /unknown option/],
  ])('ends with 2 when it is not understood: %j', async (argv, message) => {
    const outcome = await command(...argv);
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stdout).toBe('');
  });

  it('simulates the mornings of 2020 and 2021 beside what was reported, and one of them hour by hour', async () => {
    const all = await command('storm', '--json');
    const scenarios = all.answer.scenarios as { name: string; isFitted: boolean; deviationRatio: number | null }[];
    expect([all.exitCode, scenarios.length]).toEqual([0, 5]);
    expect(scenarios.filter(({ isFitted, deviationRatio }) => !isFitted && deviationRatio !== null)).toHaveLength(2);
    expect((await command('storm')).stdout).toMatch(
      /eure-2020-03-18 .*6160 .*predicted .*France Bleu Normandie.*which hours were told to whom/,
    );
    const one = await command('storm', '--scenario', 'hauts-de-france-2021-04-06');
    expect(one.stdout).toMatch(/08:00 +\d+/);
    expect((await command('storm', '--scenario', 'none')).exitCode).toBe(2);
  });

  it('documents its exit codes', async () => {
    const { exitCode, stdout } = await command('--help');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/0 {2}done[\s\S]*1 {2}an unexpected error[\s\S]*2 {2}the command[\s\S]*3 {2}refused/);
  });

  it('ends with 3 when the database does not answer', async () => {
    const outcome = await run(['campaigns', '--json'], {
      ...environment,
      DATABASE_URL: 'postgres://etale@127.0.0.1:1/etale',
    });
    expect(outcome).toMatchObject({ exitCode: 3, answer: { error: { code: 'database.unreachable' } } });
  });

  it('cancels the allocation when it is interrupted', async () => {
    const { answer } = await createCampaign(120);
    const interruption = new AbortController();
    const outcome = await run(['allocate', String(answer.id)], environment, interruption, (text) => {
      if (text.includes('plac')) interruption.abort();
    });
    expect(outcome).toMatchObject({ exitCode: 130, stdout: '' });
    expect(
      await database.query('select state, is_cancel_requested from job_run where campaign_id = $1', [answer.id]),
    ).toEqual([{ state: 'cancelled', is_cancel_requested: true }]);
  });

  it('goes on with a job that another process has left, and cancels one', async () => {
    const { answer } = await createCampaign(2);
    const leave = (): Promise<{ id: number }[]> =>
      database.query(
        `insert into job_run (kind, campaign_id, state, parameters, progress, attempt_count, requested_by)
         values ('allocation', $1, 'running', '{"seed": 9}', '{"phase": "place", "doneCount": 1, "totalCount": 2}', 1, 'gone')
         returning id`,
        [answer.id],
      );
    const [left] = await leave();
    const refused = await command('allocate', String(answer.id), '--json');
    expect(refused.answer.error).toMatchObject({ code: 'allocation.already_running', facts: { jobId: left!.id } });
    const finished = await command('wait', String(left!.id), '--json');
    expect(finished).toMatchObject({ exitCode: 0, answer: { jobId: left!.id, certificate: { seed: 9 } } });

    const [other] = await leave();
    const cancelled = await command('cancel', String(other!.id), '--json');
    expect(cancelled).toMatchObject({ exitCode: 0, answer: { jobId: other!.id, state: 'cancelled' } });
    expect(await command('cancel', String(other!.id), '--json')).toMatchObject({
      exitCode: 3,
      answer: { error: { code: 'job.already_ended' } },
    });
  });

  it('imports a roster, names its refused lines, and stops at a file that it refuses', async () => {
    const { uais } = await makeSchools(1);
    const [good, bad, later] = ['good.csv', 'bad.csv', 'later.csv'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(good, `uai;classe;niveau;effectif;enseignants\n${uais[0]};6A;6E;24;\n${uais[0]};6Z;6E;-3;\n`);
    writeFileSync(bad, 'this is no roster\n');
    writeFileSync(later, `uai;classe;niveau;effectif;enseignants\n${uais[0]};6L;6E;20;\n`);
    const options = ['--school-year', '2026-2027', '--json'];
    const done = await command('import', 'roster', good, ...options);
    expect(done).toMatchObject({ exitCode: 0, answer: { imports: [{ file: good, refusedLineCount: 1 }] } });
    const refused = await command('import', 'roster', bad, later, ...options);
    expect(refused).toMatchObject({ exitCode: 3, answer: { error: { code: 'import.refused' } } });
    const codes = await database.query<{ code: string }[]>(
      'select c.code from class c join establishment e on e.id = c.establishment_id where e.uai = $1',
      [uais[0]],
    );
    expect(codes.map(({ code }) => code)).not.toContain('6L');
  });

  it('imports school holidays, and says in a dry run what it would change', async () => {
    const file = join(folder, 'holidays.csv');
    writeFileSync(
      file,
      'description;population;start_date;end_date;location;zones;annee_scolaire\n' +
        'Vacances de Noël;-;2026-12-18T23:00:00+00:00;2027-01-03T23:00:00+00:00;Lille;Zone B;2026-2027\n',
    );
    const dry = await command('import', 'school-holidays', file, '--dry-run', '--json');
    expect(dry).toMatchObject({ exitCode: 0, answer: { imports: [{ file, createdCount: 1, isDryRun: true }] } });
    const first = await command('import', 'school-holidays', file, '--json');
    expect(first.answer).toMatchObject({ imports: [{ createdCount: 1 }] });
    const second = await command('import', 'school-holidays', file, '--json');
    expect(second.answer).toMatchObject({ imports: [{ createdCount: 0, updatedCount: 0, unchangedCount: 1 }] });
  });

  it('makes the demonstration once, also where two ask for it at the same time', async () => {
    const own = {
      ...environment,
      DATABASE_URL: await freshDatabaseUrl(),
      ETALE_SECRET: 'a-secret-of-the-tests-with-32-characters',
    };
    const demo = () => run(['demo', '--scale', 'XS', '--json'], own);
    const made = await Promise.all([demo(), demo()]);
    expect(made.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(made.map(({ answer }) => answer.isNew).sort()).toEqual([false, true]);
    const { answer } = await demo();
    expect(answer).toMatchObject({ isNew: false, planId: expect.any(Number) as number });
    for (const one of made) expect({ ...one.answer, isNew: false }).toEqual(answer);
  });

  it('migrates down and up, step by step', async () => {
    const own = { ...environment, DATABASE_URL: await freshDatabaseUrl() };
    const shown = await run(['migrate', 'show', '--json'], own);
    expect(shown).toMatchObject({ exitCode: 0, answer: { changed: [], pending: [] } });
    const executed = shown.answer.executed as string[];
    const down = await run(['migrate', 'down', '--json'], own);
    expect(down.answer).toMatchObject({ changed: executed.slice(-1), pending: executed.slice(-1) });
    const up = await run(['migrate', '--json'], own);
    expect(up.answer).toMatchObject({ changed: executed.slice(-1), executed, pending: [] });
  });

  it('starts the embedded database for a command where no server runs, and stops it afterwards', async () => {
    const own = { ETALE_DATA_DIR: join(folder, 'embedded'), PATH: process.env.PATH };
    const outcome = await run(['campaigns', '--json'], own);
    expect(outcome).toMatchObject({ exitCode: 0, answer: { items: [], nextCursor: null } });
    expect(existsSync(join(folder, 'embedded', 'postgres', 'postmaster.pid'))).toBe(false);
    expect(existsSync(join(folder, 'embedded', 'server.json'))).toBe(false);
  });

  it('ends as a process with the answer on the last line of stdout', async () => {
    const script = join(__dirname, '../../dist/src/cli.js');
    const { stdout } = await promisify(execFile)(process.execPath, [script, '--json', 'campaigns'], {
      env: { ...process.env, ...environment },
    });
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1)!)).toHaveProperty('items');
    const refused = promisify(execFile)(process.execPath, [script, 'allocate', '999999'], {
      env: { ...process.env, ...environment },
    });
    await expect(refused).rejects.toMatchObject({ code: 3, stdout: '' });
  });
});
