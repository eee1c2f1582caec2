import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as ask, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DateTime } from 'luxon';
import type { LadderDto } from '../src/crisis/ladder.dto';
import { startAgent, type RunningAgent } from '../src/agent/agent';
import { NEVER_GATED } from '../src/agent/agent-settings';
import { type Benchmark, option } from './benchmark';
import {
  asColleague,
  asOperator,
  publishedPlan,
  read,
  startServer,
  stopServer,
  type Server,
} from './demonstration-server';
import { percentile, rounded } from './percentile';

const LOOK_MILLISECONDS = 2;
const MOST_WAIT_MILLISECONDS = 60_000;
const CELL_MILLISECONDS = 300_000;
const TRIED_CELLS = 30;
const ZONE = 'Europe/Paris';
/** With a pause, this many bookings come in a row: the first while a bundle is built, the others behind it. */
const BOOKINGS_A_PAUSE = 10;

interface Window {
  id: number;
  revision: number;
  audience: string;
  activity: string;
  startCell: number;
}

/**
 * From the answer to a booking until each of the agents runs its revision: streamed, then polled at the intervals that the service
 * prescribes (a relay refuses the stream). The server is a process of its own, the agents are this process; each booking waits for the one before.
 *
 * A whole bundle is built again by the first booking after a minute: with `--pause-seconds 61` every tenth of the streamed bookings is
 * one of those.
 *
 * Then the rungs of the usual ladder, each pressed a few times for the whole platform: from the button until each agent applies it, and
 * from its undoing until none does.
 *
 * Options: `--scale XS --agents 20 --bookings 40 --polled-bookings 4 --presses 5 --pause-seconds 0`.
 */
export const run: Benchmark = async (args) => {
  const scale = option(args, 'scale', 'XS');
  const count = Number(option(args, 'agents', '20'));
  const folder = mkdtempSync(join(tmpdir(), 'etale-bench-propagation-'));
  let server: Server | undefined;
  let relay: HttpServer | undefined;
  try {
    server = await startServer(scale, { ETALE_DATA_DIR: join(folder, 'data') });
    const plan = await publishedPlan(server);
    const campaign = await read<{ startsOn: string; platformId: number }>(
      `${server.url}/v1/campaigns/${plan.campaignId}`,
    );
    const key = await gatewayKey(server.url, campaign.platformId);
    const windows = await windowsOf(server.url, plan.id, campaign.startsOn);
    relay = await withoutStream(server.url);
    const relayUrl = `http://127.0.0.1:${(relay.address() as AddressInfo).port}`;
    const pauseSeconds = Number(option(args, 'pause-seconds', '0'));
    const streamed = await measured(
      server.url,
      server.url,
      key,
      join(folder, 'streamed'),
      count,
      windows,
      Number(option(args, 'bookings', '40')),
      pauseSeconds,
    );
    const afterPause = streamed.filter((_, k) => pauseSeconds > 0 && Math.floor(k / count) % BOOKINGS_A_PAUSE === 0);
    const polled = await measured(
      server.url,
      relayUrl,
      key,
      join(folder, 'polled'),
      count,
      windows,
      Number(option(args, 'polled-bookings', '4')),
      0,
    );
    const rungs = await presses(
      server.url,
      campaign,
      key,
      join(folder, 'rungs'),
      count,
      Number(option(args, 'presses', '5')),
    );
    const [taken, undone] = [
      [...rungs.values()].flatMap((its) => its.taken),
      [...rungs.values()].flatMap((its) => its.undone),
    ];
    const { pollSeconds, pollJitterSeconds } = await prescribed(server.url, key);
    const prescribedMilliseconds = (pollSeconds + pollJitterSeconds) * 1000;
    return {
      scale,
      windowCount: plan.windowCount,
      agents: count,
      bookings: streamed.length / count,
      p50Milliseconds: percentile(streamed, 50),
      p99Milliseconds: percentile(streamed, 99),
      ...(afterPause.length > 0 && {
        pauseSeconds,
        afterPauseP50Milliseconds: percentile(afterPause, 50),
        afterPauseP99Milliseconds: percentile(afterPause, 99),
      }),
      presses: taken.length / count,
      rungs: [...rungs].map(([code, its]) => ({
        code,
        answeredP50Milliseconds: percentile(its.answered, 50),
        p50Milliseconds: percentile(its.taken, 50),
        worstMilliseconds: percentile(its.taken, 100),
        undoneP50Milliseconds: percentile(its.undone, 50),
      })),
      stepP50Milliseconds: percentile(taken, 50),
      stepP99Milliseconds: percentile(taken, 99),
      stepWithinSecondRatio:
        taken.length === 0 ? null : rounded(taken.filter((took) => took <= 1000).length / taken.length),
      undoneP50Milliseconds: percentile(undone, 50),
      undoneP99Milliseconds: percentile(undone, 99),
      polledBookings: polled.length / count,
      polledP50Milliseconds: percentile(polled, 50),
      polledP99Milliseconds: percentile(polled, 99),
      prescribedMilliseconds,
      polledWithinPrescribedRatio:
        polled.length === 0
          ? null
          : rounded(polled.filter((took) => took <= prescribedMilliseconds).length / polled.length),
    };
  } finally {
    relay?.closeAllConnections();
    relay?.close();
    if (server) await stopServer(server);
    rmSync(folder, { recursive: true, force: true });
  }
};

async function gatewayKey(url: string, platformId: number): Promise<string> {
  const answer = await fetch(`${url}/v1/keys`, {
    method: 'POST',
    headers: { ...asOperator, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'propagation', scopes: ['gateway'], platformId, days: 1 }),
  });
  if (answer.status !== 201) throw new Error(`no key: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { secret: string }).secret;
}

async function prescribed(url: string, key: string): Promise<{ pollSeconds: number; pollJitterSeconds: number }> {
  const { headers } = await fetch(`${url}/v1/gateways/bundle`, { headers: { authorization: `Bearer ${key}` } });
  const [pollSeconds, pollJitterSeconds] = ['etale-poll-seconds', 'etale-poll-jitter-seconds'].map((name) =>
    Number(headers.get(name)),
  );
  return { pollSeconds: pollSeconds!, pollJitterSeconds: pollJitterSeconds! };
}

async function windowsOf(url: string, planId: number, date: string): Promise<Window[]> {
  const answer = await fetch(`${url}/v1/plans/${planId}/windows?date=${date}&format=ndjson`, { headers: asOperator });
  const lines = (await answer.text()).trimEnd().split('\n');
  return lines
    .map((line) => JSON.parse(line) as Window)
    .filter(({ audience, activity }) => audience === 'pupils' && activity === 'open');
}

/** Passes everything on but the stream, which it refuses. */
async function withoutStream(url: string): Promise<HttpServer> {
  const relay = createServer((incoming, outgoing) => {
    if (incoming.url!.startsWith('/v1/gateways/stream')) {
      outgoing.writeHead(503).end();
      return;
    }
    const { method, headers } = incoming;
    const onward = ask(`${url}${incoming.url}`, { method: method!, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(relay, 'listening');
  return relay;
}

async function measured(
  url: string,
  agentUrl: string,
  key: string,
  folder: string,
  count: number,
  windows: Window[],
  bookings: number,
  pauseSeconds: number,
): Promise<number[]> {
  const agents = await agentsOf(agentUrl, key, folder, count);
  try {
    const times: number[] = [];
    // the first booking waits until all of them have the plan and follow it
    for (let k = 0; k <= bookings; k++) {
      if (pauseSeconds > 0 && k % BOOKINGS_A_PAUSE === 1) await sleep(pauseSeconds * 1000);
      const revision = await moved(url, windows);
      const took = await applied(agents, performance.now(), ({ held }) => (held.current?.revision ?? -1) >= revision);
      if (k > 0) times.push(...took);
    }
    return times;
  } finally {
    await Promise.all(agents.map((agent) => agent.stop()));
  }
}

const agentsOf = (url: string, key: string, folder: string, count: number): Promise<RunningAgent[]> =>
  Promise.all(
    Array.from({ length: count }, (_, k) =>
      startAgent({
        url,
        key,
        name: `agent-${k}`,
        folder: join(folder, String(k)),
        host: '127.0.0.1',
        port: 0,
        entKey: undefined,
        userinfoUrl: undefined,
        workUrl: undefined,
        neverGated: NEVER_GATED,
      }),
    ),
  );

/** Milliseconds of one rung: of the service to answer a press, and of each agent from each press until the step holds there, and until it no longer does. */
interface Presses {
  answered: number[];
  taken: number[];
  undone: number[];
}

/**
 * Each rung of the usual ladder, which two people agreed on, is pressed by one of them for all of the platform, for an hour from eight on
 * the plan's first morning (at once where that is over): the law of admission then has windows to ask about.
 */
async function presses(
  url: string,
  campaign: { startsOn: string; platformId: number },
  key: string,
  folder: string,
  count: number,
  pressCount: number,
): Promise<Map<string, Presses>> {
  const agents = await agentsOf(url, key, folder, count);
  const ask = async <T>(method: string, path: string, body?: object, headers = asOperator): Promise<T> => {
    const init = {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    };
    const answer = await fetch(`${url}/v1/platforms/${campaign.platformId}/${path}`, init);
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const holds =
    (id: number) =>
    ({ held }: RunningAgent): boolean =>
      held.current?.plan.content.rules.some((rule) => rule.id === id) === true;
  try {
    await applied(agents, performance.now(), ({ held }) => held.current !== undefined);
    const before = await ask<LadderDto>('GET', 'protection-ladder');
    const rungs = before.usualRungs;
    const { changedAt } = await ask<LadderDto>('PUT', 'protection-ladder', { rungs, changedAt: before.changedAt });
    await ask('POST', 'protection-ladder/approval', { changedAt }, asColleague);
    const eight = DateTime.fromISO(`${campaign.startsOn}T08:00`, { zone: ZONE });
    const startsAt = eight > DateTime.now() ? eight.toISO() : undefined;
    const press = async (rung: string, its?: Presses): Promise<void> => {
      let from = performance.now();
      const { id } = await ask<{ id: number }>('POST', 'protection-steps', {
        rung,
        reason: 'benchmark',
        startsAt,
        minutes: 60,
      });
      its?.answered.push(performance.now() - from);
      const taken = await applied(agents, from, holds(id));
      from = performance.now();
      await ask('POST', `protection-steps/${id}/undo`, { reason: 'benchmark' });
      const undone = await applied(agents, from, (agent) => !holds(id)(agent));
      its?.taken.push(...taken);
      its?.undone.push(...undone);
    };
    // the first one waits until all of them follow the stream
    await press(rungs[0]!.code);
    const found = new Map(rungs.map(({ code }) => [code, { answered: [], taken: [], undone: [] }]));
    for (let k = 0; k < pressCount; k++) for (const [code, its] of found) await press(code, its);
    return found;
  } finally {
    await Promise.all(agents.map((agent) => agent.stop()));
  }
}

/** Moves some window to the first start that is free for it. @returns the revision of the move */
async function moved(url: string, windows: Window[]): Promise<number> {
  for (const window of windows) {
    for (let shift = 1; shift <= TRIED_CELLS; shift++) {
      const startCell = window.startCell + (shift % 2 === 1 ? shift : -shift);
      const answer = await fetch(`${url}/v1/bookings`, {
        method: 'POST',
        headers: {
          ...asOperator,
          'content-type': 'application/json',
          'idempotency-key': randomUUID(),
          'if-match': `"${window.revision}"`,
        },
        body: JSON.stringify({
          operation: 'move',
          windowId: window.id,
          startsAt: new Date(startCell * CELL_MILLISECONDS).toISOString(),
          reason: 'benchmark',
        }),
      });
      if (answer.status !== 201) continue;
      const { changes } = (await answer.json()) as { changes: { revision: number }[] };
      window.revision = changes[0]!.revision;
      window.startCell = startCell;
      // another one is moved next
      windows.push(windows.splice(windows.indexOf(window), 1)[0]!);
      return window.revision;
    }
  }
  throw new Error('no window of the day could be moved');
}

/** @param from of `performance.now()` */
async function applied(
  agents: readonly RunningAgent[],
  from: number,
  isApplied: (agent: RunningAgent) => boolean,
): Promise<number[]> {
  const times = new Map<RunningAgent, number>();
  while (times.size < agents.length) {
    const took = performance.now() - from;
    for (const agent of agents) if (!times.has(agent) && isApplied(agent)) times.set(agent, took);
    if (took > MOST_WAIT_MILLISECONDS) throw new Error(`${agents.length - times.size} agents never applied it`);
    await sleep(LOOK_MILLISECONDS);
  }
  return [...times.values()];
}
