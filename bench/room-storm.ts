import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAgent, type RunningAgent } from '../src/agent/agent';
import { NEVER_GATED } from '../src/agent/agent-settings';
import { CELL_SECONDS, CELLS_PER_DAY } from '../src/kernel/cell-grid';
import type { BundleContent } from '../src/kernel/decision/bundle-content';
import { RELATIVE } from '../src/kernel/decision/visitor';
import { roomStayCells } from '../src/kernel/decision/room-residue';
import type { Random } from '../src/kernel/random';
import { clock, CROWD_ENT_KEY, gateCrowd, STORM_FROM, STORM_UNTIL, type Comer } from './gate-crowd';
import { replayed, type StormFigures } from './gate-replay';
import { writePlan } from './plan-on-disk';
import { RawConnection, requestText } from './raw-connection';
import { RealProxy } from './real-proxy';
import { RealRedis } from './real-redis';

const CONNECTIONS = 24;
const AGENTS = ['a', 'b'];
const STEP_SECONDS = 2;
/** Agents say how they are as often as this, of the storm's own time: soon enough to be taken for alive. */
const BEAT_SECONDS = 8;
export const ROOM_POLL_SECONDS = 120;
/** The crowd comes in an hour: what the plan leaves is a fifth of it. */
const COMING_CELLS = 3600 / CELL_SECONDS;
const TIMES_CAPACITY = 5;
/** Relatives wait by a step, from before most come until most classes have begun. */
const RELATIVES_WAIT = { from: clock(8), until: clock(9) } as const;
const MORNING = { classesHours: 1.5, relativesHour: 10 } as const;

/** What a storm did at a room that two agents share. */
export interface RoomStorm {
  visitors: number;
  /** Places that the plan leaves in five minutes. */
  leftPerCell: number;
  admitted: number;
  /** Of them, in their own window or bound by none. */
  admittedByPlan: number;
  /** What the ENT saw: as many as were let in, where nobody was twice. */
  seenByEnt: number;
  /** The most that the room let in within five minutes, by the walk-in quotas or called. */
  mostCalledInCell: number;
  /** Of those that it let in, whom the agents say that a walk-in quota took, and whom they say that they called. */
  walkedIn: number;
  called: number;
  /** Relatives that it let in while the step held them. */
  relativesDuringStep: number;
  measured: StormFigures;
  /** The same crowd in the simulator. */
  simulated: StormFigures;
}

/**
 * Five times as many as the plan leaves room for, at a real nginx with two agents and a real Redis behind it, on a clock of their own
 * that goes in steps: each takes a ticket and asks as it is told; a protection step makes relatives wait for an hour.
 *
 * @param walkInPerAgent places of each agent's walk-in quota in five minutes, which come out of what the plan leaves
 */
export async function stormAtRoom(
  nginx: string,
  redisServer: string,
  random: Random,
  count: number,
  walkInPerAgent = 0,
): Promise<RoomStorm> {
  const { content, comers } = gateCrowd(random, count, MORNING);
  const leftPerCell = Math.round(count / COMING_CELLS / TIMES_CAPACITY);
  const plan = withRoom(content, leftPerCell, walkInPerAgent);
  const folders = AGENTS.map(() => mkdtempSync(join(tmpdir(), 'etale-room-storm-')));
  const redis = await RealRedis.start(redisServer);
  let now = STORM_FROM;
  const agents: RunningAgent[] = [];
  for (const [k, name] of AGENTS.entries()) {
    await writePlan(folders[k]!, plan);
    agents.push(
      await startAgent(
        {
          url: 'http://127.0.0.1:1',
          key: 'etale_storm',
          name,
          folder: folders[k]!,
          host: '127.0.0.1',
          port: 0,
          entKey: Buffer.from(CROWD_ENT_KEY),
          userinfoUrl: undefined,
          workUrl: undefined,
          neverGated: NEVER_GATED,
          room: [redis.url],
          roomPollSeconds: ROOM_POLL_SECONDS,
        },
        () => now * 1000,
      ),
    );
  }
  const proxy = await RealProxy.nginx(nginx, ...agents.map(({ port }) => port));
  const connections = await RawConnection.all(proxy.port, CONNECTIONS);
  const states = comers.map((comer) => ({
    comer,
    nextAt: comer.comesAt,
    cookies: new Map<string, string>(),
    admittedAt: undefined as number | undefined,
  }));
  const isByPlan = ({ profile, windows }: Comer, at: number) =>
    profile === 'staff' || windows.some(([entryAt, endAt]) => entryAt <= at && at < endAt);
  let attempts = 0;

  const attempt = async (state: (typeof states)[number], connection: RawConnection): Promise<void> => {
    attempts++;
    const cookie = [...state.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await connection.ask(
      requestText('/page', {
        accept: 'text/html',
        ...(cookie === '' ? { 'x-etale-visitor': state.comer.header } : { cookie }),
      }),
    );
    for (const [, name, value] of answer.head.matchAll(/\r\nset-cookie: ([^=]+)=([^;\r]*)/gi))
      state.cookies.set(name!, value!);
    if (answer.status === 200) state.admittedAt = now;
    else if (answer.status === 503) state.nextAt = now + Number(/\r\nretry-after: (\d+)/i.exec(answer.head)![1]);
    else throw new Error(`an answer of ${answer.status}`);
  };

  try {
    for (let beatAt = now; now < STORM_UNTIL; now += STEP_SECONDS) {
      if (now >= beatAt) {
        for (const { room } of agents) await room!.beat();
        beatAt += BEAT_SECONDS;
      }
      const due = states
        .filter(({ admittedAt, nextAt }) => admittedAt === undefined && nextAt <= now)
        .sort((a, b) => a.nextAt - b.nextAt);
      if (due.length === 0 && states.every(({ admittedAt }) => admittedAt !== undefined)) break;
      await Promise.all(
        connections.map(async (connection) => {
          for (let its = due.shift(); its; its = due.shift()) await attempt(its, connection);
        }),
      );
    }
  } finally {
    for (const connection of connections) connection.close();
    await proxy.stop();
    for (const agent of agents) await agent.stop();
    await redis.stop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
  const inside = states.flatMap(({ comer, admittedAt }) => (admittedAt === undefined ? [] : [{ comer, admittedAt }]));
  const called = inside.filter(({ comer, admittedAt }) => !isByPlan(comer, admittedAt));
  const byCell = new Map<number, number>();
  for (const { admittedAt } of called) {
    const cell = Math.floor(admittedAt / CELL_SECONDS);
    byCell.set(cell, (byCell.get(cell) ?? 0) + 1);
  }
  const totalOf = (what: 'walkedIn' | 'called') => agents.reduce((sum, { room }) => sum + room!.total[what], 0);
  const waits = states.map(({ comer, admittedAt = now }) => admittedAt - comer.comesAt);
  return {
    visitors: count,
    leftPerCell,
    admitted: inside.length,
    admittedByPlan: inside.length - called.length,
    seenByEnt: proxy.seen.length,
    mostCalledInCell: Math.max(0, ...byCell.values()),
    walkedIn: totalOf('walkedIn'),
    called: totalOf('called'),
    relativesDuringStep: called.filter(
      ({ comer, admittedAt }) =>
        comer.profile === 'relative' && admittedAt >= RELATIVES_WAIT.from && admittedAt < RELATIVES_WAIT.until,
    ).length,
    measured: {
      attempts,
      refused: attempts - inside.length,
      meanWaitSeconds: waits.reduce((sum, wait) => sum + wait, 0) / count,
    },
    simulated: replayed(comers, true, {
      leftPerCell,
      walkInPerCell: AGENTS.length * walkInPerAgent,
      pollSeconds: ROOM_POLL_SECONDS,
      relativesWait: RELATIVES_WAIT,
    }),
  };
}

function withRoom(content: BundleContent, leftPerCell: number, walkInPerCell: number): BundleContent {
  const { from, until } = RELATIVES_WAIT;
  const column = (each: number) => Array<number>(CELLS_PER_DAY).fill(each);
  return {
    ...content,
    quotas: { walkInPerCell, keptPerCell: 0, urgentPerCell: 0 },
    rules: [
      {
        id: 1,
        startsAt: from,
        endsAt: until,
        scope: { departments: [], profiles: [RELATIVE] },
        relativesWaitUntil: until,
        isLiveOnly: false,
        walkInPerMille: 1000,
        idleMinutes: null,
        featuresOff: 0,
      },
    ],
    room: { logins: column(leftPerCell), sessions: column(1e6), stayCells: roomStayCells(content.idleMinutes) },
  };
}
