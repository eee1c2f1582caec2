import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAgent, type RunningAgent } from '../src/agent/agent';
import { NEVER_GATED } from '../src/agent/agent-settings';
import { CELL_SECONDS } from '../src/kernel/cell-grid';
import { randomInteger, seededRandom, type Random } from '../src/kernel/random';
import { type Benchmark, option } from './benchmark';
import { CROWD_ENT_KEY, gateCrowd, STORM_FROM, STORM_UNTIL, WALK_IN_PER_CELL, type Comer } from './gate-crowd';
import { rounded } from './percentile';
import { replayed, type StormFigures } from './gate-replay';
import { writePlan } from './plan-on-disk';
import { headerOf, RawConnection, requestText } from './raw-connection';
import { installed, RealProxy } from './real-proxy';
import { stormAtRoom } from './room-storm';

const CONNECTIONS = 48;
const STEP_SECONDS = 5;
/** Who does not hear our Retry-After reloads "in three minutes", as people were told in 2021. */
const RELOAD_SECONDS = { from: 180, spread: 30 } as const;
const MOST_ATTEMPTS = 150_000;
const ROOM_VISITORS = 600;

/** What a storm did at the gate. */
export interface Storm {
  visitors: number;
  attempts: number;
  /** Attempts of a visitor before the admission or the end. */
  amplification: number;
  admitted: number;
  /** Bound by windows, let in outside their own: each takes a place of the walk-in quota. */
  admittedOutside: number;
  /** The most of them in five minutes; the quota is `walkInPerCell`. */
  mostOutsideInCell: number;
  walkInPerCell: number;
  /** Told to wait while their own window was open. */
  refusedInside: number;
  /** Bound by windows, told to wait at least once and never let in. */
  neverAdmitted: number;
  /** Answers that were none of the agent's: it was too slow for nginx, which says so and "in five seconds" by itself. */
  gateDown: number;
  /** As it was measured, gate down aside. */
  measured: StormFigures;
  /** The same crowd in the simulator. */
  simulated: StormFigures;
  seconds: number;
}

/**
 * A crowd at a real nginx with a real agent behind it, on a clock of its own that goes in steps: everybody comes at the
 * beginning of the day and comes back until admitted, at the Retry-After of the answer or, where `obeys` is false, by reloading.
 */
export async function stormAtGate(
  nginx: string,
  random: Random,
  count: number,
  obeys: boolean,
  mostAttempts = MOST_ATTEMPTS,
): Promise<Storm> {
  const { content, comers } = gateCrowd(random, count);
  const folder = mkdtempSync(join(tmpdir(), 'etale-storm-'));
  await writePlan(folder, content);
  let now = STORM_FROM;
  const agent: RunningAgent = await startAgent(
    {
      url: 'http://127.0.0.1:1',
      key: 'etale_storm',
      name: 'storm',
      folder,
      host: '127.0.0.1',
      port: 0,
      entKey: Buffer.from(CROWD_ENT_KEY),
      userinfoUrl: undefined,
      workUrl: undefined,
      neverGated: NEVER_GATED,
    },
    () => now * 1000,
  );
  const proxy = await RealProxy.nginx(nginx, agent.port);
  const connections = await RawConnection.all(proxy.port, CONNECTIONS);
  const from = performance.now();
  const storm: Storm = {
    visitors: count,
    attempts: 0,
    amplification: 0,
    admitted: 0,
    admittedOutside: 0,
    mostOutsideInCell: 0,
    walkInPerCell: WALK_IN_PER_CELL,
    refusedInside: 0,
    neverAdmitted: 0,
    gateDown: 0,
    measured: { attempts: 0, refused: 0, meanWaitSeconds: 0 },
    simulated: replayed(comers, obeys),
    seconds: 0,
  };
  const outsideByCell = new Map<number, number>();
  const states = comers.map((comer) => ({
    comer,
    nextAt: comer.comesAt,
    cookie: undefined as string | undefined,
    isIn: false,
    admittedAt: undefined as number | undefined,
  }));
  const isInside = ({ windows }: Comer) => windows.some(([entryAt, endAt]) => entryAt <= now && now < endAt);

  const attempt = async (state: (typeof states)[number], connection: RawConnection): Promise<void> => {
    const { comer } = state;
    storm.attempts++;
    const answer = await connection.ask(
      requestText('/static-page', {
        accept: 'text/html',
        ...(state.cookie === undefined ? { 'x-etale-visitor': comer.header } : { cookie: state.cookie }),
      }),
    );
    state.cookie = headerOf(answer, 'set-cookie')?.split(';')[0] ?? state.cookie;
    const isFree = comer.profile === 'staff';
    if (answer.status === 200) {
      state.isIn = true;
      state.admittedAt = now;
      storm.admitted++;
      if (isFree || isInside(comer)) return;
      storm.admittedOutside++;
      const cell = Math.floor(now / CELL_SECONDS);
      outsideByCell.set(cell, (outsideByCell.get(cell) ?? 0) + 1);
      return;
    }
    const retryAfter = Number(headerOf(answer, 'retry-after'));
    if (headerOf(answer, 'content-language') === undefined) {
      storm.gateDown++;
      state.nextAt = now + retryAfter;
      return;
    }
    if (isFree || isInside(comer)) storm.refusedInside++;
    state.nextAt = now + (obeys ? retryAfter : RELOAD_SECONDS.from + randomInteger(random, RELOAD_SECONDS.spread));
  };

  try {
    for (; now < STORM_UNTIL && storm.attempts < mostAttempts; now += STEP_SECONDS) {
      const due = states.filter(({ isIn, nextAt }) => !isIn && nextAt <= now).slice(0, mostAttempts - storm.attempts);
      let next = 0;
      await Promise.all(
        connections.map(async (connection) => {
          while (next < due.length) await attempt(due[next++]!, connection);
        }),
      );
    }
  } finally {
    for (const connection of connections) connection.close();
    await proxy.stop();
    await agent.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  storm.amplification = rounded(storm.attempts / count);
  storm.mostOutsideInCell = Math.max(0, ...outsideByCell.values());
  storm.neverAdmitted = states.filter(
    ({ isIn, comer }) => !isIn && comer.windows.every(([, endAt]) => endAt <= now),
  ).length;
  const waits = states.map(({ comer, admittedAt = now }) => admittedAt - comer.comesAt);
  storm.measured = {
    attempts: storm.attempts - storm.gateDown,
    refused: storm.attempts - storm.gateDown - storm.admitted,
    meanWaitSeconds: waits.reduce((sum, wait) => sum + wait, 0) / count,
  };
  storm.seconds = rounded((performance.now() - from) / 1000);
  return storm;
}

/**
 * Some hundred thousand attempts at the gate: with people who hear our Retry-After, then with people who reload, 150,000 at most; then a
 * room that two agents share on Redis, where it is installed.
 */
export const run: Benchmark = async (args) => {
  const nginx = installed('nginx');
  if (!nginx) throw new Error('nginx is not installed');
  const seed = Number(option(args, 'seed', '1'));
  const count = Number(option(args, 'visitors', '3500'));
  const obeying = await stormAtGate(nginx, seededRandom(seed), count, true);
  const reloading = await stormAtGate(nginx, seededRandom(seed), count, false, MOST_ATTEMPTS - obeying.attempts);
  const redisServer = installed('redis-server') ?? installed('valkey-server');
  const room = redisServer ? await stormAtRoom(nginx, redisServer, seededRandom(seed), ROOM_VISITORS) : null;
  return { seed, attempts: obeying.attempts + reloading.attempts, obeying, reloading, room };
};
