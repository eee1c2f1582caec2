import { randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from './config';
import { DomainError } from './domain-error';
import { fileFailure, isAlive, makeFolder, startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres';

/** Who works in a data folder, as `server.json` there says it; the file is the lock. */
export interface DataFolderHolder {
  pid: number;
  /** When the process was born, as its system counts: tells a new process with an old number. */
  birth: string | null;
  startedAt: string;
  purpose: 'server' | 'command';
  /** Where its HTTP server listens, null until it does. */
  url: string | null;
  /** Its PostgreSQL, null until it runs. */
  databaseUrl: string | null;
  /** The same for the owner of its schema, and for whoever reads with tools of their own. */
  migrationDatabaseUrl: string | null;
  readerDatabaseUrl: string | null;
}

export interface DataFolderLock {
  tell: (
    known: Partial<Pick<DataFolderHolder, 'url' | 'databaseUrl' | 'migrationDatabaseUrl' | 'readerDatabaseUrl'>>,
  ) => void;
  release: () => void;
}

export class DataFolderInUseError extends DomainError {
  constructor(folder: string, holder: DataFolderHolder | undefined) {
    const where = holder?.url ? `it listens on ${holder.url}` : 'it is just starting, or runs a command';
    super(
      'data_folder.in_use',
      'conflict',
      `The data folder ${folder} is in use by process ${holder?.pid ?? 'of an unknown number'} (${where}): stop that one first, or set ETALE_DATA_DIR to another folder.`,
      { ...(holder?.url ? { url: holder.url } : {}) },
    );
  }
}

const lockFileOf = (folder: string): string => join(folder, 'server.json');

/** When a process was born, null where the system does not say. */
function birthOf(pid: number): string | null {
  try {
    if (process.platform === 'linux') {
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // the 22nd field, counted behind the name, which may hold spaces and parentheses
      return `${boot} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    return null;
  }
}

function read(file: string): DataFolderHolder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as DataFolderHolder;
  } catch {
    return undefined;
  }
}

const stillRuns = (holder: DataFolderHolder): boolean => isAlive(holder.pid) && birthOf(holder.pid) === holder.birth;

/** The process that works in the folder now, undefined when there is none. */
export function dataFolderHolder(folder: string): DataFolderHolder | undefined {
  const holder = read(lockFileOf(folder));
  return holder && stillRuns(holder) ? holder : undefined;
}

function writeWhole(file: string, text: string): string {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(draft, text, { mode: 0o600, flush: true });
  } catch (error) {
    rmSync(draft, { force: true });
    throw fileFailure(error);
  }
  return draft;
}

/**
 * Takes the folder for this process, with the lock of a process that was killed if there is one; throws
 * DataFolderInUseError when somebody alive has it. The lock appears whole (a hard link), so nobody reads half of it.
 */
export function lockDataFolder(folder: string, purpose: DataFolderHolder['purpose']): DataFolderLock {
  makeFolder(folder);
  const file = lockFileOf(folder);
  const holder: DataFolderHolder = {
    pid: process.pid,
    birth: birthOf(process.pid),
    startedAt: new Date().toISOString(),
    purpose,
    url: null,
    databaseUrl: null,
    migrationDatabaseUrl: null,
    readerDatabaseUrl: null,
  };
  const text = (): string => `${JSON.stringify(holder, null, 2)}\n`;
  const draft = writeWhole(file, text());
  try {
    for (;;) {
      try {
        linkSync(draft, file);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileFailure(error);
      }
      removeStale(folder, file);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return {
    tell(known) {
      Object.assign(holder, known);
      renameSync(writeWhole(file, text()), file);
    },
    release: () => rmSync(file, { force: true }),
  };
}

function removeStale(folder: string, file: string): void {
  const seen = read(file);
  if (seen && stillRuns(seen)) throw new DataFolderInUseError(folder, seen);
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw fileFailure(error);
  }
  const taken = read(aside);
  if (taken && stillRuns(taken)) {
    // another start was quicker between our look and our hand: give its lock back
    if (!existsSync(file)) renameSync(aside, file);
    throw new DataFolderInUseError(folder, taken);
  }
  rmSync(aside, { force: true });
}

/** The secret that keys the hashes of teachers, generated once per data folder and readable by its owner only. */
export function secretIn(folder: string): string {
  const file = join(folder, 'secret');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const secret = randomBytes(32).toString('base64url');
  writeSecretFile(file, secret);
  return secret;
}

/** Writes a file that its owner alone may read; it is the old one or the new one, whenever the process is killed. */
export function writeSecretFile(file: string, secret: string): void {
  makeFolder(dirname(file));
  renameSync(writeWhole(file, `${secret}\n`), file);
}

export interface OpenDatabase {
  /** The configuration with `databaseUrl`, and `secret` where the data folder keeps one. */
  config: Config;
  isEmbedded: boolean;
  /** Set where this process took the data folder. */
  lock: DataFolderLock | undefined;
  /** Resolves with the reason when an embedded PostgreSQL of ours ends unasked. */
  ended: Promise<Error | undefined>;
  close: () => Promise<void>;
}

const never = new Promise<undefined>(() => undefined);

/**
 * The database that a command or the server works on: the one that DATABASE_URL names; for a command the embedded one of
 * a server that runs in the data folder; else an embedded one of its own, which ends with `close`.
 */
export async function openDatabase(
  config: Config,
  purpose: DataFolderHolder['purpose'],
  log?: (line: string) => void,
): Promise<OpenDatabase> {
  if (config.databaseUrl)
    return { config, isEmbedded: false, lock: undefined, ended: never, close: () => Promise.resolve() };
  const folder = config.dataDirectory;
  const running = purpose === 'command' ? dataFolderHolder(folder) : undefined;
  if (running?.databaseUrl) {
    const known = {
      ...config,
      databaseUrl: running.databaseUrl,
      migrationDatabaseUrl: running.migrationDatabaseUrl ?? undefined,
      secret: config.secret ?? secretIn(folder),
    };
    return { config: known, isEmbedded: true, lock: undefined, ended: never, close: () => Promise.resolve() };
  }
  const lock = lockDataFolder(folder, purpose);
  let postgres: EmbeddedPostgres | undefined;
  try {
    const secret = config.secret ?? secretIn(folder);
    postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), ...(log ? { log } : {}) });
    const { url, ownerUrl, readerUrl, stop, ended } = postgres;
    lock.tell({ databaseUrl: url, migrationDatabaseUrl: ownerUrl, readerDatabaseUrl: readerUrl });
    return {
      config: { ...config, databaseUrl: url, migrationDatabaseUrl: ownerUrl, secret },
      isEmbedded: true,
      lock,
      ended,
      close: async () => {
        await stop();
        lock.release();
      },
    };
  } catch (error) {
    await postgres?.stop();
    lock.release();
    throw error;
  }
}
