import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomInteger, seededRandom } from '../src/kernel/random';
import { option } from './benchmark';
import {
  type DemonstrationPlan,
  publishedPlan,
  read,
  type Server,
  asOperator,
  startServer,
  stopServer,
} from './demonstration-server';
import { percentile, rounded } from './percentile';

const TICK_MILLISECONDS = 5;

interface Sample {
  kind: 'windows' | 'loadCurve';
  milliseconds: number;
  isError: boolean;
}
interface Targets {
  windows: string[];
  loadCurve: string[];
}

/**
 * Reads a published demonstration plan over HTTP from a server in a process of its own, with a database of its own: half of the
 * requests ask for the windows of some establishment, half for a load curve. The requests leave on time whatever the answers do
 * (open loop), and the time of each counts from when it should have left.
 *
 * Options: `--scale M --seed N --rate 200 --seconds 15`.
 */
export async function run(args: string[]): Promise<Record<string, unknown>> {
  const scale = option(args, 'scale', 'M');
  const seed = Number(option(args, 'seed', '1'));
  const requestsPerSecond = Number(option(args, 'rate', '200'));
  const seconds = Number(option(args, 'seconds', '15'));
  const folder = mkdtempSync(join(tmpdir(), 'etale-bench-'));
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  let server: Server | undefined;
  try {
    const startedAt = performance.now();
    server = await startServer(scale, { ETALE_DATA_DIR: folder });
    const plan = await publishedPlan(server);
    const preparedSeconds = (performance.now() - startedAt) / 1000;
    const targets = await targetsOf(server.url, plan);
    const firstLoadCurve = await ask(agent, 'loadCurve', server.url + targets.loadCurve[0]!, performance.now());
    await fire(agent, server.url, targets, requestsPerSecond, 3, seed);
    const samples = await fire(agent, server.url, targets, requestsPerSecond, seconds, seed + 1);
    const of = (kind: Sample['kind']): number[] =>
      samples.filter((sample) => sample.kind === kind).map(({ milliseconds }) => milliseconds);
    return {
      scale,
      seed,
      requestsPerSecond,
      windowCount: plan.windowCount,
      windowsP50Milliseconds: percentile(of('windows'), 50),
      windowsP95Milliseconds: percentile(of('windows'), 95),
      windowsP99Milliseconds: percentile(of('windows'), 99),
      loadCurveP50Milliseconds: percentile(of('loadCurve'), 50),
      loadCurveP95Milliseconds: percentile(of('loadCurve'), 95),
      loadCurveP99Milliseconds: percentile(of('loadCurve'), 99),
      loadCurveFirstMilliseconds: rounded(firstLoadCurve.milliseconds),
      requestCount: samples.length,
      errorCount: samples.filter(({ isError }) => isError).length,
      preparedSeconds: rounded(preparedSeconds),
    };
  } finally {
    agent.destroy();
    if (server) await stopServer(server);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is asked for: the week of every establishment; the curve of the whole campaign, of each day and each department. */
async function targetsOf(url: string, plan: DemonstrationPlan): Promise<Targets> {
  const { startsOn, endsOn } = await read<{ startsOn: string; endsOn: string }>(
    `${url}/v1/campaigns/${plan.campaignId}`,
  );
  const uais: string[] = [];
  const departments = new Set<string>();
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { items: { uai: string }[]; nextCursor: string | null } = await read(
      `${url}/v1/establishments?limit=500${cursor && `&cursor=${cursor}`}`,
    );
    uais.push(...page.items.map(({ uai }) => uai));
    cursor = page.nextCursor;
  }
  const { items } = await read<{ items: { departmentCode: string }[] }>(`${url}/v1/plans/${plan.id}/windows?limit=500`);
  for (const { departmentCode } of items) departments.add(departmentCode);
  const curve = `/v1/plans/${plan.id}/load`;
  const days = Array.from({ length: 5 }, (_, day) => new Date(Date.parse(startsOn) + day * 86_400_000));
  return {
    windows: uais.map((uai) => `/v1/establishments/${uai}/windows?from=${startsOn}&to=${endsOn}`),
    loadCurve: [
      curve,
      `${curve}?stepMinutes=15`,
      ...days.map((day) => `${curve}?date=${day.toISOString().slice(0, 10)}`),
      ...[...departments].map((code) => `${curve}?territory=${encodeURIComponent(code)}`),
    ],
  };
}

/** Sends requests at a fixed rate for some seconds and waits for the last answer. */
async function fire(
  agent: Agent,
  url: string,
  targets: Targets,
  requestsPerSecond: number,
  seconds: number,
  seed: number,
): Promise<Sample[]> {
  const random = seededRandom(seed);
  const requestCount = Math.round(requestsPerSecond * seconds);
  const pending: Promise<Sample>[] = [];
  const startedAt = performance.now();
  while (pending.length < requestCount) {
    const due = Math.min(requestCount, Math.ceil(((performance.now() - startedAt) / 1000) * requestsPerSecond));
    while (pending.length < due) {
      const kind = pending.length % 2 === 0 ? 'windows' : 'loadCurve';
      const path = targets[kind][randomInteger(random, targets[kind].length)]!;
      pending.push(ask(agent, kind, url + path, startedAt + (pending.length / requestsPerSecond) * 1000));
    }
    await sleep(TICK_MILLISECONDS);
  }
  return Promise.all(pending);
}

/** One request; its time counts from `dueAt`. */
function ask(agent: Agent, kind: Sample['kind'], url: string, dueAt: number): Promise<Sample> {
  return new Promise((resolve) => {
    const done = (isError: boolean): void => resolve({ kind, milliseconds: performance.now() - dueAt, isError });
    get(url, { agent, headers: asOperator }, (answer) => {
      answer.resume();
      answer.once('end', () => done(answer.statusCode !== 200));
      answer.once('error', () => done(true));
    }).once('error', () => done(true));
  });
}
