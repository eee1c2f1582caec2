import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';

const SCRIPT = join(__dirname, '../../bench/bare-move.sql');
const CLIENT_COUNTS = [1, 2, 4, 8, 16, 32, 64];
const TRIAL_SECONDS = 3;

/** What pgbench reaches with the bare move in SQL, at its best number of clients. */
export interface BareMoves {
  bareMovesPerSecond: number;
  bareMoveClientCount: number;
}

/**
 * Runs bench/bare-move.sql with pgbench on tables of its own: a few seconds with each number of clients, then `seconds` with the best of
 * them. Undefined where there is no pgbench.
 */
export async function bareMoves(
  databaseUrl: string,
  hotPercent: number,
  seconds: number,
  seed: number,
): Promise<BareMoves | undefined> {
  if (spawnSync('pgbench', ['--version']).error) return undefined;
  await statement(
    databaseUrl,
    `create table bare_cell (
       cell int primary key,
       session_planned bigint not null, session_ceiling bigint not null, login_planned bigint not null, login_ceiling bigint not null,
       constraint bare_cell_sessions_check check (session_planned between 0 and session_ceiling),
       constraint bare_cell_logins_check check (login_planned between 0 and login_ceiling)) with (fillfactor = 70);
     create table bare_change (
       id bigint generated always as identity primary key, from_cell int not null, to_cell int not null,
       changed_at timestamptz not null default now());
     insert into bare_cell select cell, 1e12, 2e12, 1e12, 2e12 from generate_series(0, 160) cell;`,
  );
  try {
    let best = { bareMovesPerSecond: 0, bareMoveClientCount: 1 };
    for (const clientCount of CLIENT_COUNTS) {
      const reached = await pgbench(databaseUrl, clientCount, hotPercent, TRIAL_SECONDS, seed);
      if (reached > best.bareMovesPerSecond) {
        best = { bareMovesPerSecond: reached, bareMoveClientCount: clientCount };
      }
    }
    const { bareMoveClientCount } = best;
    const reached = await pgbench(databaseUrl, bareMoveClientCount, hotPercent, seconds, seed);
    return { bareMoveClientCount, bareMovesPerSecond: Math.round(reached * 10) / 10 };
  } finally {
    await statement(databaseUrl, 'drop table bare_cell, bare_change');
  }
}

async function pgbench(
  databaseUrl: string,
  clientCount: number,
  hotPercent: number,
  seconds: number,
  seed: number,
): Promise<number> {
  const { stdout } = await promisify(execFile)(
    'pgbench',
    [
      '--no-vacuum',
      '--protocol=prepared',
      `--client=${clientCount}`,
      `--jobs=${Math.min(clientCount, 2)}`,
      `--time=${seconds}`,
      `--define=hot_percent=${hotPercent}`,
      `--random-seed=${seed}`,
      '--max-tries=0',
      `--file=${SCRIPT}`,
      databaseUrl,
    ],
    { env: { ...process.env, LC_ALL: 'C' } },
  );
  // where every client waits for every other one, not a single move may end in time: then it says no speed
  if (/actually processed: 0$/m.test(stdout)) return 0;
  const found = /^tps = ([\d.]+)/m.exec(stdout);
  if (!found) throw new Error(`pgbench said: ${stdout}`);
  return Number(found[1]);
}

async function statement(databaseUrl: string, text: string): Promise<void> {
  const client = new Client(databaseUrl);
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
