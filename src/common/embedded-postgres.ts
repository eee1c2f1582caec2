import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  accessSync,
  chownSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { READER_ROLE } from './database-rights';
import { DomainError } from './domain-error';

export interface EmbeddedPostgres {
  /** Connects as the application: rows, and no right to define anything. */
  url: string;
  /** Connects as `etale`, the owner of the database and no superuser, as on a real server: migrations. */
  ownerUrl: string;
  /** Connects as whoever reads with tools of their own. */
  readerUrl: string;
  port: number;
  pid: number;
  stop: () => Promise<void>;
  /** Resolves when the server has ended: with the reason when nobody asked it to. */
  ended: Promise<EmbeddedPostgresError | undefined>;
}

export class EmbeddedPostgresError extends DomainError {
  constructor(code: 'no_binary' | 'cannot_run_as_root' | 'disk_full' | 'not_writable' | 'failed', message: string) {
    super(`embedded_postgres.${code}`, 'unavailable', message);
  }
}

interface RunAs {
  prefix: string[];
  ids: { uid?: number; gid?: number };
}

const OWNER = 'etale';
const APPLICATION = 'etale_app';
/** After a crash the server replays its log first. */
const READY_TIMEOUT_SECONDS = 300;

/** The folder of the server's programs, which the platform package carries. */
function programs(): string {
  let entry: string;
  try {
    entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  } catch {
    throw new EmbeddedPostgresError(
      'no_binary',
      `No embedded PostgreSQL exists for ${process.platform}-${process.arch}: set DATABASE_URL to a PostgreSQL server (15 or later).`,
    );
  }
  const folder = resolve(dirname(entry), '../native');
  const links = join(folder, 'pg-symlinks.json');
  if (existsSync(links)) {
    // what the package's postinstall does, repeated for installations without scripts
    for (const link of JSON.parse(readFileSync(links, 'utf8')) as { source: string; target: string }[]) {
      const target = join(folder, '..', link.target);
      if (!existsSync(target)) symlinkSync(relative(dirname(link.target), link.source), target);
    }
  }
  return folder;
}

/** PostgreSQL refuses user 0. As root: a user namespace that shows us as nobody, else a real other user. */
function runAs(program: string): RunAs {
  if (process.getuid?.() !== 0) return { prefix: [], ids: {} };
  const namespace = ['unshare', '-U', '--map-user=65534', '--map-group=65534'];
  if (spawnSync(namespace[0]!, [...namespace.slice(1), 'true']).status === 0) return { prefix: namespace, ids: {} };
  for (const user of ['postgres', 'nobody']) {
    try {
      const uid = Number(execFileSync('id', ['-u', user], { stdio: ['ignore', 'pipe', 'ignore'] }));
      const gid = Number(execFileSync('id', ['-g', user], { stdio: ['ignore', 'pipe', 'ignore'] }));
      if (spawnSync(program, ['--version'], { uid, gid }).status === 0) return { prefix: [], ids: { uid, gid } };
    } catch {
      // no such user: try the next one
    }
  }
  throw new EmbeddedPostgresError(
    'cannot_run_as_root',
    'The embedded PostgreSQL cannot run as root here: start as another user, or set DATABASE_URL.',
  );
}

/** The server that an earlier process left in the folder, if it still runs. */
function leftover(folder: string): { pid: number; isOurs: boolean } | undefined {
  let pid: number;
  try {
    pid = Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]);
  } catch {
    return undefined;
  }
  try {
    // where the system shows it, the folder of the process: a command line that names it proves nothing
    const isOurs =
      process.platform === 'linux'
        ? basename(readlinkSync(`/proc/${pid}/exe`)) === 'postgres' &&
          readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder)
        : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] })
            .toString()
            .includes(`postgres -D ${folder} `);
    return { pid, isOurs };
  } catch {
    return { pid, isOurs: false };
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function failure(what: string, output: string): EmbeddedPostgresError {
  if (/no space left on device|check free disk space/i.test(output)) {
    return new EmbeddedPostgresError(
      'disk_full',
      'The disk that holds the data folder is full: free some space, or set ETALE_DATA_DIR to another disk.',
    );
  }
  return new EmbeddedPostgresError('failed', `${what}: ${output.trim().split('\n').slice(-3).join(' ')}`);
}

/** One sentence for a file of the data folder that could not be written. */
export function fileFailure(error: unknown): EmbeddedPostgresError {
  const { code, message } = error as NodeJS.ErrnoException;
  return failure('The data folder cannot be written', code === 'ENOSPC' ? 'no space left on device' : message);
}

/** Makes the folder, or says in one sentence why it cannot. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC') throw fileFailure(error);
    throw new EmbeddedPostgresError(
      'not_writable',
      `The data folder ${folder} cannot be used (${code ?? message}): set ETALE_DATA_DIR to a folder that you may write to.`,
    );
  }
}

/** The password of the superuser and of the owner, from which those of the other roles are derived; kept beside the folder; a file that a killed process left empty is written again. */
function passwordIn(folder: string): string {
  const file = `${folder}.password`;
  const known = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (known !== '') return known;
  const password = randomBytes(24).toString('base64url');
  try {
    writeFileSync(file, `${password}\n`, { mode: 0o600, flush: true });
  } catch (error) {
    throw fileFailure(error);
  }
  return password;
}

type Run = (command: string[]) => ChildProcess;

/** Makes the cluster beside its place and moves it there when it is whole: a killed start leaves nothing half made. */
async function createCluster(folder: string, program: string, who: RunAs, run: Run): Promise<void> {
  for (const entry of readdirSync(dirname(folder))) {
    if (entry.startsWith(`${basename(folder)}.new-`))
      rmSync(join(dirname(folder), entry), { recursive: true, force: true });
  }
  const draft = `${folder}.new-${process.pid}`;
  const passwordFile = `${folder}.password`;
  makeFolder(draft);
  if (who.ids.uid !== undefined) {
    chownSync(draft, who.ids.uid, who.ids.gid!);
    chownSync(passwordFile, who.ids.uid, who.ids.gid!);
  }
  const initdb = run([
    program,
    '-D',
    draft,
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ]);
  let output = '';
  initdb.stderr!.on('data', (chunk) => (output += String(chunk)));
  initdb.stdout!.resume();
  const [code] = (await once(initdb, 'close')) as [number | null];
  if (code !== 0) {
    rmSync(draft, { recursive: true, force: true });
    throw failure('The database could not be created', output);
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(draft, folder);
}

/**
 * Starts a real PostgreSQL in `folder` (made at the first start, kept afterwards) on the loopback address, and stops
 * the orphan of a killed process first. Throws EmbeddedPostgresError with one clear sentence.
 */
export async function startEmbeddedPostgres(options: {
  folder: string;
  settings?: Record<string, string>;
  /** A free one is taken when none is given. */
  port?: number;
  log?: (line: string) => void;
}): Promise<EmbeddedPostgres> {
  const { folder } = options;
  const home = programs();
  const program = (name: string): string => join(home, 'bin', name);
  const who = runAs(program('postgres'));
  const environment = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TZ: 'UTC' };
  const run = (command: string[]): ChildProcess => {
    const [file, ...rest] = [...who.prefix, ...command];
    // a group of its own: Ctrl-C reaches us alone, and the database outlives the application by the moment it needs
    return spawn(file!, rest, { ...who.ids, env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  };

  makeFolder(dirname(folder));
  const password = passwordIn(folder);
  // everything that we start ends with us even when we are killed, where the system can do that
  if (spawnSync('setpriv', ['--version']).status === 0) who.prefix = ['setpriv', '--pdeathsig', 'INT', ...who.prefix];
  if (!existsSync(join(folder, 'PG_VERSION'))) await createCluster(folder, program('initdb'), who, run);

  const old = leftover(folder);
  if (old?.isOurs) {
    process.kill(old.pid, 'SIGINT');
    for (let tries = 0; tries < 600 && isAlive(old.pid); tries++) await sleep(50);
    if (isAlive(old.pid)) throw failure('The database of an earlier start does not end', `process ${old.pid}`);
  } else if (old) {
    rmSync(join(folder, 'postmaster.pid'), { force: true });
  }

  const port = options.port ?? (await freePort());
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '100',
    timezone: 'UTC',
    log_timezone: 'UTC',
    max_wal_size: '2GB',
    shared_buffers: '256MB',
    // our queries are short or plain sums: compiling them costs more than it saves
    jit: 'off',
    // its log becomes part of ours (LOG_LEVEL=debug): no rows in it
    log_error_verbosity: 'terse',
    ...options.settings,
  };
  const server = run([
    program('postgres'),
    '-D',
    folder,
    '-p',
    String(port),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  const closed = once(server, 'close');
  let tail = '';
  const listen = (chunk: unknown): void => {
    tail = (tail + String(chunk)).slice(-4000);
    options.log?.(String(chunk).trimEnd());
  };
  server.stderr!.on('data', listen);
  server.stdout!.on('data', listen);
  const hasEnded = (): boolean => server.exitCode !== null || server.signalCode !== null;
  const deadline = process.uptime() + READY_TIMEOUT_SECONDS;
  while (!isReady(folder, server.pid!)) {
    if (hasEnded()) throw failure('The database did not start', tail);
    if (process.uptime() > deadline) {
      server.kill('SIGINT');
      throw failure(`The database did not get ready within ${READY_TIMEOUT_SECONDS} seconds`, tail);
    }
    await sleep(10);
  }
  let isStopping = false;
  const ended = closed.then(() => (isStopping ? undefined : failure('The embedded PostgreSQL has ended', tail)));
  const stop = async (): Promise<void> => {
    isStopping = true;
    if (!hasEnded()) server.kill('SIGINT');
    await ended;
  };
  try {
    await ensureRoles(`postgres://postgres:${password}@127.0.0.1:${port}/postgres`, password);
  } catch (error) {
    await stop();
    throw failure('The database could not be prepared', error instanceof Error ? error.message : String(error));
  }
  const urlOf = (role: string): string => `postgres://${role}:${passwordOf(role, password)}@127.0.0.1:${port}/${OWNER}`;
  return {
    port,
    pid: server.pid!,
    url: urlOf(APPLICATION),
    ownerUrl: urlOf(OWNER),
    readerUrl: urlOf(READER_ROLE),
    stop,
    ended,
  };
}

function isReady(folder: string, pid: number): boolean {
  try {
    const lines = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

/** Who knows the application's password does not know the owner's. */
const passwordOf = (role: string, password: string): string =>
  role === OWNER ? password : createHmac('sha256', password).update(role).digest('base64url');

/** The owner of the database (who may create others: tests do), the application and the reader; none is a superuser. */
async function ensureRoles(superuserUrl: string, password: string): Promise<void> {
  const client = new Client(superuserUrl);
  await client.connect();
  try {
    for (const role of [OWNER, APPLICATION, READER_ROLE]) {
      const known = await client.query('select 1 from pg_roles where rolname = $1', [role]);
      if (known.rowCount === 0)
        await client.query(
          `create role ${role} login ${role === OWNER ? 'createdb' : ''} password '${passwordOf(role, password)}'`,
        );
    }
    const databases = await client.query('select 1 from pg_database where datname = $1', [OWNER]);
    if (databases.rowCount === 0) await client.query(`create database ${OWNER} owner ${OWNER}`);
  } finally {
    await client.end();
  }
}
