import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../src/common/embedded-postgres';
import { addDays, cellOfCivil } from '../src/common/civil-time';
import { randomInteger, seededRandom } from '../src/kernel/random';
import { bareMoves } from './bare-moves';
import { option } from './benchmark';
import { type Answer, ask, type HeldWindow, headMoves, type Wishes } from './booking-heads';
import {
  type DemonstrationPlan,
  publishedPlan,
  read,
  type Server,
  startServer,
  stopServer,
  asOperator,
} from './demonstration-server';
import { percentile, rounded } from './percentile';
import { RawConnection } from './raw-connection';
import { referenceLp } from './reference-lp';

const TIME_ZONE = 'Europe/Paris';
/** The day that is booked on: the first one of the campaign, a Monday. A plan leaves little room at the hours that everybody wants: the day gets more capacity, so that 10 to 40 % are refused and not nearly all. */
const CAPACITY_RATIO = 1.18;
/** Who does not go to a wanted hour keeps this far from each of them: nearer, the same five minutes of log-ins are full. */
const CLEAR_MINUTES = 20;
/** Windows of elementary classes: one a day, of three quarters of an hour, so that a class is never in its own way. */
const CELL_COUNT = 9;
const WANTED_MINUTES = [9 * 60, 10 * 60, 14 * 60];
/** The service has run since the night: its code is compiled by bookings of the day after, so that they leave the measured hours as they are. */
const WARM_UP_SECONDS = 20;
const READ_WARM_UP_SECONDS = 3;
const READ_SECONDS = 5;
const READS_PER_SECOND = 50;
const SECRET = 'a-secret-of-the-benchmark-with-32-characters';

interface Campaign {
  startsOn: string;
  platformId: number;
}

interface Window {
  id: number;
  classId: number | null;
  revision: number;
  audience: string;
  activity: string;
  origin: string;
  timeZone: string;
  startCell: number;
  cellCount: number;
}

/**
 * Heads at once on a published demonstration plan, over HTTP: each moves a window of its own as soon as the move before was answered, and
 * most want one of three hours. The server is a process of its own, on a PostgreSQL of its own; the heads are this process. Then how fast
 * availability is read, then the same skew as the bare move in SQL (pgbench).
 *
 * Options: `--scale M --seed N --seconds 30 --heads 64 --hot-percent 75 --folder PATH` (keeps the region between runs).
 */
export async function run(args: string[]): Promise<Record<string, unknown>> {
  const scale = option(args, 'scale', 'M');
  const seed = Number(option(args, 'seed', '1'));
  const seconds = Number(option(args, 'seconds', '30'));
  const headCount = Number(option(args, 'heads', '64'));
  const hotPercent = Number(option(args, 'hot-percent', '75'));
  const kept = option(args, 'folder', '');
  const folder = kept || mkdtempSync(join(tmpdir(), 'etale-bench-'));
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres') });
  let server: Server | undefined;
  try {
    server = await startServer(scale, {
      DATABASE_URL: postgres.url,
      MIGRATION_DATABASE_URL: postgres.ownerUrl,
      ETALE_SECRET: SECRET,
      ETALE_DATA_DIR: folder,
    });
    const plan = await publishedPlan(server);
    const campaign = await read<Campaign>(`${server.url}/v1/campaigns/${plan.campaignId}`);
    const { platformId, startsOn } = campaign;
    const dayAfter = addDays(startsOn, 1);
    await enlarge(server.url, platformId, startsOn, addDays(dayAfter, 1));
    const loadOf = async (date: string): Promise<Load> => ({
      agent,
      url: server!.url,
      headCount,
      ...(await dayOf(server!.url, plan, date, hotPercent)),
    });
    const load = await loadOf(startsOn);
    await book(await loadOf(dayAfter), seed, WARM_UP_SECONDS);
    const processorBefore = process.cpuUsage();
    const { answers, elapsedSeconds } = await book(load, seed + 1, seconds);
    const headProcessor = process.cpuUsage(processorBefore);
    const accepted = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status === 409);
    const milliseconds = answers.map((answer) => answer.milliseconds);
    await availability(load, seed + 2, TIME_ZONE, READ_WARM_UP_SECONDS);
    const reads = await availability(load, seed + 3, TIME_ZONE, READ_SECONDS);
    const overfullCellCount = await overfullCells(postgres.url);
    const proof = await read<{ isProved: boolean }>(`${server.url}/v1/plans/${plan.id}/proof`);
    await stopServer(server);
    const bare = await bareMoves(postgres.ownerUrl, hotPercent, Math.min(seconds, 15), seed);
    if (!bare) console.error('pgbench is not in the PATH: bareMovesPerSecond is left out.');
    return {
      scale,
      seed,
      headCount,
      windowCount: plan.windowCount,
      bookingsPerSecond: rounded(accepted.length / elapsedSeconds),
      refusedRatio: rounded(refused.length / answers.length),
      p50Milliseconds: percentile(milliseconds, 50),
      p95Milliseconds: percentile(milliseconds, 95),
      p99Milliseconds: percentile(milliseconds, 99),
      refusalP95Milliseconds: percentile(
        refused.map((answer) => answer.milliseconds),
        95,
      ),
      availabilityP95Milliseconds: percentile(reads, 95),
      overfullCellCount,
      isProved: proof.isProved,
      errorCount: answers.length - accepted.length - refused.length,
      ...bare,
      // how fast the machine's single thread is at this moment: 1.9 s where the figures of the allocation were measured
      ...(await referenceLp(seed)),
      headProcessorSeconds: rounded((headProcessor.user + headProcessor.system) / 1e6),
    };
  } finally {
    agent.destroy();
    if (server) await stopServer(server);
    await postgres.stop();
    if (!kept) rmSync(folder, { recursive: true, force: true });
  }
}

interface Load {
  agent: Agent;
  url: string;
  windows: readonly HeldWindow[];
  wishes: Wishes;
  headCount: number;
}

/** The windows of a day that are moved, and where to. */
async function dayOf(
  url: string,
  plan: DemonstrationPlan,
  date: string,
  hotPercent: number,
): Promise<{ windows: HeldWindow[]; wishes: Wishes }> {
  const answer = await fetch(`${url}/v1/plans/${plan.id}/windows?date=${date}&format=ndjson`, { headers: asOperator });
  const windows = (await answer.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Window)
    .filter((one) => one.audience === 'pupils' && one.activity === 'open' && one.origin !== 'fixed')
    .filter((one) => one.cellCount === CELL_COUNT && one.timeZone === TIME_ZONE)
    .map(({ id, classId, revision, startCell }) => ({ id, classId: classId!, revision, startCell }));
  const starts = [...range(8 * 60 + 30, 11 * 60 + 15), ...range(13 * 60 + 30, 15 * 60 + 45)];
  const cellOf = (minute: number): number => cellOfCivil(date, minute, TIME_ZONE);
  return {
    windows,
    wishes: {
      wanted: WANTED_MINUTES.map(cellOf),
      others: starts
        .filter((minute) => WANTED_MINUTES.every((wanted) => Math.abs(minute - wanted) >= CLEAR_MINUTES))
        .map(cellOf),
      hotPercent,
    },
  };
}

/** Declares more capacity from a date on; what was declared before holds again from `until` on. */
async function enlarge(url: string, platformId: number, date: string, until: string): Promise<void> {
  const steps = `${url}/v1/platforms/${platformId}/capacity-steps`;
  const startsAt = new Date(cellOfCivil(date, 0, TIME_ZONE) * 300_000);
  const { items } = await read<{ items: Step[] }>(`${steps}?limit=500`);
  const before = items
    .filter((step) => new Date(step.startsAt) < startsAt)
    .sort((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt))
    .at(-1)!;
  for (const [on, ratio] of [
    [date, CAPACITY_RATIO],
    [until, 1],
  ] as const) {
    const answer = await fetch(steps, {
      method: 'POST',
      headers: { ...asOperator, 'content-type': 'application/json' },
      body: JSON.stringify({
        startsAt: new Date(cellOfCivil(on, 0, TIME_ZONE) * 300_000).toISOString(),
        concurrentSessions: Math.round(before.concurrentSessions * ratio),
        loginsPerMinute: Math.round(before.loginsPerMinute * ratio),
        reason: 'benchmark',
      }),
    });
    // 409: the folder was kept from an earlier run
    if (!answer.ok && answer.status !== 409) throw new Error(`${steps}: ${answer.status} ${await answer.text()}`);
  }
}

interface Step {
  startsAt: string;
  concurrentSessions: number;
  loginsPerMinute: number;
}

function range(fromMinute: number, toMinute: number): number[] {
  return Array.from({ length: (toMinute - fromMinute) / 5 + 1 }, (_, i) => fromMinute + i * 5);
}

async function book(
  { url, windows, wishes, headCount }: Load,
  seed: number,
  seconds: number,
): Promise<{ answers: Answer[]; elapsedSeconds: number }> {
  const answers: Answer[] = [];
  const connections = await RawConnection.all(Number(new URL(url).port), headCount);
  const startedAt = performance.now();
  const hasEnded = (): boolean => performance.now() - startedAt >= seconds * 1000;
  const heads = connections.map((connection, head) => {
    const own = windows.filter((_window, i) => i % headCount === head);
    return headMoves(connection, own, wishes, seed * 1000 + head, hasEnded, (answer) => answers.push(answer));
  });
  await Promise.all(heads);
  const elapsedSeconds = (performance.now() - startedAt) / 1000;
  for (const connection of connections) connection.close();
  return { answers, elapsedSeconds };
}

/** Reads the day of random classes at a steady rate; how long each took, from when it should have left. */
async function availability(
  { agent, url, windows }: Load,
  seed: number,
  timeZone: string,
  seconds: number,
): Promise<number[]> {
  const random = seededRandom(seed);
  const pending: Promise<number>[] = [];
  const startedAt = performance.now();
  while (pending.length < seconds * READS_PER_SECOND) {
    const dueAt = startedAt + (pending.length / READS_PER_SECOND) * 1000;
    await sleep(Math.max(0, dueAt - performance.now()));
    const { classId, startCell } = windows[randomInteger(random, windows.length)]!;
    const date = new Intl.DateTimeFormat('en-CA', { timeZone }).format(startCell * 300_000);
    pending.push(
      ask(agent, `${url}/v1/classes/${classId}/availability?date=${date}`).then(({ status }) => {
        if (status !== 200) throw new Error(`availability answered ${status}`);
        return performance.now() - dueAt;
      }),
    );
  }
  return Promise.all(pending);
}

async function overfullCells(databaseUrl: string): Promise<number> {
  const client = new Client(databaseUrl);
  await client.connect();
  try {
    const { rows } = await client.query<{ count: number }>(
      'select count(*)::int as count from ledger_cell where session_planned > session_limit or login_planned > login_limit',
    );
    return rows[0]!.count;
  } finally {
    await client.end();
  }
}
