import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asNobody, canBeNobody, isRoot } from './ordinary-user';
import { StartedServer } from './started-server';

const running: StartedServer[] = [];
const folders: string[] = [];

function start(environment: NodeJS.ProcessEnv, prefix: readonly string[] = []): StartedServer {
  const server = StartedServer.start(environment, prefix);
  running.push(server);
  return server;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'etale-start-'));
  folders.push(folder);
  return folder;
}

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe('an ordinary user (skipped where root cannot become one)', () => {
  (canBeNobody ? it : it.skip)('is told in one sentence that the data folder belongs to somebody else', async () => {
    const home = newFolder();
    mkdirSync(join(home, 'data'), { mode: 0o700 });
    const server = start({ ETALE_DATA_DIR: join(home, 'data'), HOME: home }, asNobody);
    expect(await server.exitCode()).toBe(1);
    expect(server.output.trim().split('\n')).toHaveLength(1);
    expect(server.output).toContain('ETALE_DATA_DIR');
  });
});

describe('a disk that is full (skipped where no small one can be mounted)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'etale-disk-'));
  const isMounted = isRoot && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', folder]).status === 0;

  afterAll(() => {
    if (isMounted) execFileSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  });

  (isMounted ? it : it.skip)('is told in one sentence', async () => {
    const server = start({ ETALE_DATA_DIR: join(folder, 'data') });
    expect(await server.exitCode()).toBe(1);
    expect(server.output.trim().split('\n')).toHaveLength(1);
    expect(server.output).toMatch(/disk .* full/);
  });
});
