import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DataSource } from 'typeorm';
import { AccountStore } from '../../src/access/account.store';
import { newSecret } from '../../src/access/secret.rules';
import { SessionStore } from '../../src/access/session.store';
import { dataFolderHolder } from '../../src/common/data-folder';
import { CrowdDatabase } from '../../src/common/crowd-database';
import { databaseOptions } from '../../src/common/database';
import { TEST_ISSUER } from '../test-issuer';

const MAIN = resolve(__dirname, '../../dist/src/main.js');

/** A data folder of its own for one test, not made yet. */
export function dataFolder(): { folder: string; remove: () => void } {
  const parent = mkdtempSync(join(tmpdir(), 'etale-start-'));
  return { folder: join(parent, 'data'), remove: () => rmSync(parent, { recursive: true, force: true }) };
}

/** The compiled server as a process of its own, as `npm start` runs it. */
export class StartedServer {
  output = '';
  private waiting: (() => void)[] = [];
  private readonly closed: Promise<number | null>;

  private constructor(
    readonly process: ChildProcess,
    private readonly environment: NodeJS.ProcessEnv,
  ) {
    for (const stream of [process.stdout!, process.stderr!]) {
      stream.on('data', (chunk) => {
        this.output += String(chunk);
        this.wake();
      });
    }
    this.closed = once(process, 'close').then(([code]) => code as number | null);
    void this.closed.then(() => this.wake());
  }

  static start(environment: NodeJS.ProcessEnv, prefix: readonly string[] = []): StartedServer {
    if (!existsSync(MAIN)) throw new Error('dist/src/main.js is missing: npm test builds it first');
    const [file, ...args] = [...prefix, process.execPath, MAIN];
    const { PATH } = process.env;
    return new StartedServer(
      spawn(file, args, {
        env: { PATH, PORT: '0', ETALE_DEMO_SCALE: 'XS', ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
      environment,
    );
  }

  private wake(): void {
    for (const go of this.waiting.splice(0)) go();
  }

  private get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  /** Waits until the output holds the text; fails when the process ends without having said it. */
  async says(text: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = text.exec(this.output);
      if (match) return match;
      if (this.hasEnded) throw new Error(`ended without saying ${String(text)}:\n${this.output}`);
      await new Promise<void>((go) => this.waiting.push(go));
    }
  }

  async url(): Promise<string> {
    return (await this.says(/listens on (http:\S+)/))[1]!;
  }

  /** Reads as an operator who has signed in: a session in the database that the server works on. */
  async read(path: string): Promise<Record<string, unknown>> {
    const url = await this.url();
    const { DATABASE_URL, ETALE_DATA_DIR } = this.environment;
    const databaseUrl = DATABASE_URL ?? dataFolderHolder(ETALE_DATA_DIR!)!.databaseUrl!;
    const database = await new DataSource(databaseOptions(databaseUrl, 1)).initialize();
    const sessionId = newSecret();
    try {
      const grant = { role: 'operator', uais: [], territories: [] } as const;
      const { id } = await new AccountStore(database).grant(TEST_ISSUER, 'operator', grant);
      await new SessionStore(database, new CrowdDatabase(databaseUrl)).open(sessionId, id, 1);
    } finally {
      await database.destroy();
    }
    const answer = await fetch(url + path, { headers: { cookie: `etale_session=${sessionId}` } });
    return (await answer.json()) as Record<string, unknown>;
  }

  /** Waits for the demonstration and gives the number of its plan. */
  async planId(): Promise<number> {
    const [, planId] = await this.says(/v1\/plans\/(\d+)\/certificate|could not be made: .*/);
    if (planId === undefined) throw new Error(`no demonstration:\n${this.output}`);
    return Number(planId);
  }

  async exitCode(): Promise<number | null> {
    return this.closed;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (!this.hasEnded) this.process.kill(signal);
    return this.closed;
  }
}

export function postgresPid(folder: string): number {
  return Number(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
}
