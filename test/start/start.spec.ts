import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { isAlive } from '../../src/common/embedded-postgres';
import { freshDatabaseUrl } from '../test-database';
import { dataFolder, postgresPid, StartedServer } from './started-server';

const running: StartedServer[] = [];
const folders: { folder: string; remove: () => void }[] = [];

function start(environment: NodeJS.ProcessEnv): StartedServer {
  const server = StartedServer.start(environment);
  running.push(server);
  return server;
}

function newFolder(): string {
  const made = dataFolder();
  folders.push(made);
  return made.folder;
}

async function json(url: string): Promise<Record<string, unknown>> {
  return (await (await fetch(url)).json()) as Record<string, unknown>;
}

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop('SIGKILL');
  for (const { remove } of folders.splice(0)) remove();
});

describe('a first start that is interrupted, and killed in one phase after the other', () => {
  const made = dataFolder();
  const { folder } = made;
  let planId: number;
  let certificate: Record<string, unknown>;
  afterAll(made.remove);

  it('ends without a trace of a process when it is interrupted', async () => {
    const first = start({ ETALE_DATA_DIR: folder });
    await first.says(/Écoles/);
    const pid = postgresPid(folder);
    expect(await first.stop('SIGINT')).toBe(0);
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(join(folder, 'server.json'))).toBe(false);
  });

  it.each([
    [/Écoles/, undefined],
    [/Souhaits/, undefined],
    [/Placement/, /Écoles/],
    [/Publication/, /Écoles/],
  ])('goes on from where it was, up to %s, and is killed there', async (phase, done) => {
    const server = start({ ETALE_DATA_DIR: folder });
    await server.says(phase);
    if (done) expect(server.output).not.toMatch(done);
    await server.stop('SIGKILL');
  });

  it('is finished by the next one: it serves one region with one plan, says where to look, and keeps what it has acknowledged when it is killed', async () => {
    const last = start({ ETALE_DATA_DIR: folder });
    const url = await last.url();
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    planId = await last.planId();
    expect(last.output).not.toMatch(/Écoles/);
    const exampleUrl = (await last.says(/http\S+\/v1\/establishments\/\S+\/windows\S*/))[0];
    const windows = await json(exampleUrl);
    expect((windows.items as unknown[]).length).toBeGreaterThan(0);
    const establishments = await json(`${url}/v1/establishments?limit=500`);
    expect(establishments.items).toHaveLength(60);
    expect((await last.read('/v1/campaigns')).items).toHaveLength(1);
    expect(await last.read(`/v1/plans/${planId}`)).toMatchObject({ state: 'published' });
    certificate = await last.read(`/v1/plans/${planId}/certificate`);
    expect(certificate).toMatchObject({ violationCount: 0, unplacedCount: 0 });
    for (const file of ['secret', 'server.json', 'postgres.password'])
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    await last.stop('SIGKILL');
  });

  it('is followed by one that finds all of it, beside which no other starts, and stops cleanly', async () => {
    const second = start({ ETALE_DATA_DIR: folder });
    expect(await second.planId()).toBe(planId);
    expect(await second.read(`/v1/plans/${planId}/certificate`)).toEqual(certificate);
    expect(second.output).not.toMatch(/Écoles/);
    // refused in one sentence that names where the other one listens
    const url = await second.url();
    const beside = start({ ETALE_DATA_DIR: folder });
    expect(await beside.exitCode()).toBe(1);
    expect(beside.output.trim().split('\n')).toHaveLength(1);
    expect(beside.output).toContain(url);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    const pid = postgresPid(folder);
    expect(await second.stop()).toBe(0);
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(join(folder, 'server.json'))).toBe(false);
  });

  it('and keeps everything for the start after a clean stop', async () => {
    const third = start({ ETALE_DATA_DIR: folder });
    expect(await third.planId()).toBe(planId);
    expect(await third.read(`/v1/plans/${planId}/certificate`)).toEqual(certificate);
    expect(third.output).not.toMatch(/Écoles/);
    expect(await third.stop('SIGINT')).toBe(0);
  });
});

describe('a start that cannot be', () => {
  it('of two at the same moment lets one win', async () => {
    const folder = newFolder();
    const both = [1, 2].map(() => start({ ETALE_DATA_DIR: folder, ETALE_DEMO: 'never' }));
    const outcomes = await Promise.allSettled(both.map((server) => server.url()));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('leaves nothing behind when the port is busy', async () => {
    const folder = newFolder();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const server = start({ ETALE_DATA_DIR: folder, PORT: String(port) });
    expect(await server.exitCode()).toBe(1);
    other.close();
    expect(server.output.trim().split('\n')).toHaveLength(1);
    expect(server.output).toContain(`Port ${port}`);
    expect(existsSync(folder)).toBe(false);
  });

  it.each([
    ['PORT', 'eighty'],
    ['PORT', '70000'],
    ['HOST', '0.0.0.0'],
    ['ETALE_DEMO_SCALE', 'XXL'],
    ['ETALE_DEMO', 'perhaps'],
    ['ETALE_SECRET', 'short'],
    ['DATABASE_URL', 'mysql://localhost/etale'],
    ['LOG_LEVEL', 'loud'],
  ])('says in one line that %s=%s is wrong', async (name, value) => {
    const server = start({ ETALE_DATA_DIR: newFolder(), [name]: value });
    expect(await server.exitCode()).toBe(1);
    expect(server.output.trim().split('\n')).toHaveLength(1);
    expect(server.output).toContain(name);
  });

  it('says in one sentence, without the password, that the given database does not answer', async () => {
    const server = start({ DATABASE_URL: 'postgres://etale:s3cr3t@127.0.0.1:1/etale' });
    expect(await server.exitCode()).toBe(1);
    expect(server.output.trim().split('\n')).toHaveLength(1);
    expect(server.output).toContain('127.0.0.1:1/etale');
    expect(server.output).not.toContain('s3cr3t');
  });

  it('says in one sentence that the data folder cannot be made', async () => {
    const server = start({ ETALE_DATA_DIR: '/dev/null/etale' });
    expect(await server.exitCode()).toBe(1);
    expect(server.output.trim().split('\n')).toHaveLength(1);
    expect(server.output).toContain('ETALE_DATA_DIR');
  });
});

describe('a start on a given database', () => {
  it('migrates once for two servers that start together, makes no demonstration, and leaves the data folder alone', async () => {
    const DATABASE_URL = await freshDatabaseUrl('empty');
    const ETALE_DATA_DIR = newFolder();
    const servers = [1, 2].map(() => start({ DATABASE_URL, ETALE_DATA_DIR }));
    for (const server of servers) {
      const establishments = await json(`${await server.url()}/v1/establishments`);
      expect(establishments.items).toEqual([]);
      expect(await server.stop()).toBe(0);
      expect(server.output).not.toMatch(/Écoles/);
    }
    expect(existsSync(ETALE_DATA_DIR)).toBe(false);
  });
});
