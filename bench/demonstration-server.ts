import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { AccountStore } from '../src/access/account.store';
import { newSecret } from '../src/access/secret.rules';
import { SessionStore } from '../src/access/session.store';
import { dataFolderHolder } from '../src/common/data-folder';
import { CrowdDatabase } from '../src/common/crowd-database';
import { databaseOptions } from '../src/common/database';

const LISTENS = /listens on (http:\/\/\S+)/;
const LONGEST_START_SECONDS = 600;

/** The headers of an operator who has signed in, once a server of ours has started. */
export const asOperator: Record<string, string> = {};
/** Those of another operator, for what takes two people. */
export const asColleague: Record<string, string> = {};

/** Sessions in the server's database: what browsers would have after signing in. */
async function signIn(databaseUrl: string): Promise<void> {
  const database = await new DataSource(databaseOptions(databaseUrl, 1)).initialize();
  try {
    const grant = { role: 'operator', uais: [], territories: [] } as const;
    const sessions = new SessionStore(database, new CrowdDatabase(databaseUrl));
    for (const [subject, headers] of [
      ['operator', asOperator],
      ['colleague', asColleague],
    ] as const) {
      const { id } = await new AccountStore(database).grant('https://bench.invalid', subject, grant);
      const sessionId = newSecret();
      await sessions.open(sessionId, id, 10);
      Object.assign(headers, { cookie: `etale_session=${sessionId}`, 'sec-fetch-site': 'same-origin' });
    }
  } finally {
    await database.destroy();
  }
}

export interface Server {
  url: string;
  child: ChildProcess;
}

/** The demonstration's plan. */
export interface DemonstrationPlan {
  id: number;
  campaignId: number;
  windowCount: number;
}

/** The service as `npm start` runs it, with a demonstration of a scale; resolves when it listens. `BENCH_NODE_ARGUMENTS` (such as --cpu-prof) reach its process alone. */
export async function startServer(scale: string, environment: NodeJS.ProcessEnv): Promise<Server> {
  const child = spawn(
    process.execPath,
    [...startOptions(), ...(process.env.BENCH_NODE_ARGUMENTS?.split(' ') ?? []), join(__dirname, '../src/main.js')],
    {
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        ETALE_DEMO: 'always',
        ETALE_DEMO_SCALE: scale,
        PORT: '0',
        LOG_LEVEL: 'warn',
        // a benchmark is a crowd at one address
        ETALE_ADDRESS_REQUESTS_PER_MINUTE: '0',
        ETALE_KEY_REQUESTS_PER_MINUTE: '0',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
      const found = LISTENS.exec(output)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with code ${code}: ${output}`)));
  });
  await signIn(environment.DATABASE_URL ?? dataFolderHolder(environment.ETALE_DATA_DIR!)!.databaseUrl!);
  return { url, child };
}

/** What `npm start` gives to Node. */
function startOptions(): string[] {
  const { config } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as Package;
  return config.nodeOptions.split(' ');
}

interface Package {
  config: { nodeOptions: string };
}

export async function stopServer({ child }: Server): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** The demonstration's plan, as soon as it is published. */
export async function publishedPlan({ url, child }: Server): Promise<DemonstrationPlan> {
  for (let second = 0; second < LONGEST_START_SECONDS; second++) {
    if (child.exitCode !== null) throw new Error('the server ended while it made the demonstration');
    const [plan] = (await read<{ items: DemonstrationPlan[] }>(`${url}/v1/plans?state=published`)).items;
    if (plan) return plan;
    await sleep(1000);
  }
  throw new Error(`no plan was published within ${LONGEST_START_SECONDS} seconds`);
}

export async function read<T>(url: string): Promise<T> {
  const answer = await fetch(url, { headers: asOperator });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}
