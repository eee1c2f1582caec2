import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, createCluster, defineScript } from '@redis/client';
import { roomKeys, BEAT, LEAVE, VISIT } from './redis-room.scripts';
import {
  RoomAway,
  type RoomAnswer,
  type RoomBeat,
  type RoomSettings,
  type RoomState,
  type RoomStore,
  type RoomVisit,
} from './room-store';

/** A visitor's answer is worth this much waiting; nginx gives the agent a second. */
const COMMAND_MILLISECONDS = 400;
const CONNECT_MILLISECONDS = 1000;
const RECONNECT_MILLISECONDS = 250;
const KEY_COUNT = 13;

type VisitReply = [outcome: RoomAnswer['outcome'], arrivedAt: string, aheadCount: number, pollSeconds: string];
type BeatReply = [
  leased: number,
  rank: number,
  arrivedAt: string,
  waiting: number[],
  admitted: string[],
  agents: number,
];

const scriptOf = (SCRIPT: string) =>
  defineScript({
    SCRIPT,
    NUMBER_OF_KEYS: KEY_COUNT,
    IS_READ_ONLY: false,
    parseCommand(parser, keys: string[], args: string[]) {
      keys.forEach((key) => parser.pushKey(key));
      parser.push(...args);
    },
    transformReply: (reply: unknown) => reply,
  });

const scripts = { visit: scriptOf(VISIT), leave: scriptOf(LEAVE), beat: scriptOf(BEAT) };

const socket = {
  connectTimeout: CONNECT_MILLISECONDS,
  reconnectStrategy: () => RECONNECT_MILLISECONDS,
};

const clientOf = (url: string) => createClient({ url, scripts, socket, disableOfflineQueue: true });
const clusterOf = (urls: readonly string[]) =>
  createCluster({ rootNodes: urls.map((url) => ({ url })), scripts, defaults: { socket, disableOfflineQueue: true } });

const text = (value: number): string => value.toFixed(6);

/** The line of a platform that several agents share: on one server that speaks Redis' protocol, or on a cluster of them. */
export class RedisRoom implements RoomStore {
  readonly kind = 'redis';
  private readonly client: ReturnType<typeof clientOf> | ReturnType<typeof clusterOf>;
  private readonly keys: string[];
  private readonly connecting: Promise<unknown>;

  /** @param urls one server, or some of the nodes of a cluster */
  constructor(
    urls: readonly string[],
    platformId: number,
    private readonly settings: RoomSettings,
  ) {
    this.client = urls.length === 1 ? clientOf(urls[0]!) : clusterOf(urls);
    this.keys = roomKeys(platformId);
    // what fails is said by each call, and the client connects again by itself
    this.client.on('error', () => undefined);
    this.connecting = this.client.connect().catch(() => undefined);
  }

  async visit({
    id,
    arrivedAt,
    rank,
    now,
    limits,
    walkIn,
    walkInsPerCell,
    isPassing = false,
  }: RoomVisit): Promise<RoomAnswer> {
    const { cell, logins, sessions, stayCells } = limits;
    const { longestPollSeconds, settleSeconds } = this.settings;
    const args = [
      id,
      arrivedAt === undefined ? '' : String(arrivedAt),
      String(rank),
      text(now),
      ...[cell, logins, bounded(sessions), stayCells, longestPollSeconds, settleSeconds, walkInsPerCell].map(String),
      walkIn?.by ?? '',
      ...[
        walkIn?.cell ?? 0,
        walkIn?.leftCount ?? 0,
        bounded(walkIn?.fewestLeftCount ?? 0),
        walkIn?.heardCount ?? 0,
      ].map(String),
      isPassing ? '1' : '0',
    ];
    const reply = await this.within(() => this.client.visit(this.keys, args));
    const [outcome, its, aheadCount, poll] = reply as VisitReply;
    return { outcome, arrivedAt: Number(its), aheadCount, pollSeconds: Number(poll) };
  }

  async leave(id: string): Promise<void> {
    await this.within(() => this.client.leave(this.keys, [id]));
  }

  async beat({ agent, now, limits, unspent, admitted, called }: RoomBeat): Promise<RoomState> {
    // tickets that were given before the first connection would stand in no line, and come into it before those who were called
    await this.firstConnection();
    const { cell, logins, sessions, stayCells } = limits;
    const about = [
      agent,
      text(now),
      ...[cell, logins, bounded(sessions), stayCells, this.settings.settleSeconds, unspent.cell, unspent.count].map(
        String,
      ),
    ];
    let reply = (await this.within(() => this.client.beat(this.keys, [...about, '-1']))) as BeatReply;
    if (reply[0] < 0) {
      const told = [...[...admitted].flat().map(String), ...[...called].flatMap(([id, until]) => [id, text(until)])];
      reply = (await this.within(() =>
        this.client.beat(this.keys, [...about, String(admitted.size), ...told]),
      )) as BeatReply;
    }
    const [leasedCount, rank, arrivedAt, waitingCounts, flat, agentCount] = reply;
    const counts = new Map<number, number>();
    for (let k = 0; k < flat.length; k += 2) counts.set(Number(flat[k]), Number(flat[k + 1]));
    return {
      leasedCount,
      leasedTo: { rank, arrivedAt: Number(arrivedAt) },
      waitingCounts,
      admitted: counts,
      agentCount,
    };
  }

  async close(): Promise<void> {
    // a client that never came to a server goes on trying until it is told to stop
    this.client.destroy();
    await this.firstConnection();
  }

  /** Waits for it, for a second at most: a server that is not there is asked for without end. */
  private async firstConnection(): Promise<void> {
    await Promise.race([this.connecting, sleep(CONNECT_MILLISECONDS, undefined, { ref: false })]);
  }

  private async within<T>(work: () => Promise<T>): Promise<T> {
    let late: NodeJS.Timeout | undefined;
    try {
      return await Promise.race([
        work(),
        new Promise<never>((_, fail) => {
          late = setTimeout(() => fail(new RoomAway('no answer in time')), COMMAND_MILLISECONDS);
        }),
      ]);
    } catch (error) {
      throw error instanceof RoomAway ? error : new RoomAway(error instanceof Error ? error.message : String(error));
    } finally {
      clearTimeout(late);
    }
  }
}

/** What no limit bounds, as a number that Lua reads. */
const bounded = (count: number): number => Math.min(count, 1e9);
