import { installed } from '../../bench/real-proxy';
import { RealRedis } from '../../bench/real-redis';
import { ProcessRoom } from '../../src/agent/process-room';
import { RedisRoom } from '../../src/agent/redis-room';
import {
  RoomAway,
  type RoomAnswer,
  type RoomSettings,
  type RoomState,
  type RoomStore,
  type RoomVisit,
} from '../../src/agent/room-store';

export const redisServer = installed('redis-server') ?? installed('valkey-server');
export const CELL = 6_000_000;
export const START = CELL * 300;
export const SETTINGS: RoomSettings = { longestPollSeconds: 60, settleSeconds: 0 };
/** Three hundred log-ins a cell: one a second. */
export const LIMITS = { cell: CELL, logins: 300, sessions: 1e6, stayCells: 12 };
/** An agent's quota of which no step takes anything from anybody. */
export const QUOTA = { by: 'agent', cell: CELL, leftCount: 1, fewestLeftCount: Infinity, heardCount: 0 };

const MOST_TRIES = 4000;

let redis: RealRedis | undefined;
let cluster: RealRedis | undefined;
let platformCount = 0;
const stores: [name: string, isThere: boolean, open: (settings: RoomSettings) => Promise<RoomStore>][] = [
  ['in process', true, (settings) => Promise.resolve(new ProcessRoom(settings))],
  [
    'on Redis',
    redisServer !== undefined,
    (settings) => opened(() => new RedisRoom([redis!.url], ++platformCount, settings)),
  ],
  [
    'on a cluster',
    redisServer !== undefined,
    (settings) => opened(() => new RedisRoom([cluster!.url, cluster!.url], ++platformCount, settings)),
  ],
];

/** A store that answers: a client connects while it is asked. */
export async function opened(make: () => RoomStore): Promise<RoomStore> {
  const store = make();
  for (let k = 0; ; k++) {
    try {
      await store.leave('nobody');
      return store;
    } catch (error) {
      if (!(error instanceof RoomAway) || k > MOST_TRIES) throw error;
      await new Promise((go) => setTimeout(go, 5));
    }
  }
}

/** A line under test: `when` skips where its server is not there. */
export interface Line {
  when: jest.It;
  /** Another line, of nobody yet. */
  room: (settings?: Partial<RoomSettings>) => Promise<RoomStore>;
  visit: (store: RoomStore, id: string, now: number, more?: Partial<RoomVisit>) => Promise<RoomAnswer>;
  beat: (store: RoomStore, agent: string, now: number, more?: object) => Promise<RoomState>;
}

/** The same tests of each kind of store: in process, on Redis, on a cluster. */
export function describeLine(name: string, suite: (line: Line) => void): void {
  describe(name, () => {
    beforeAll(async () => {
      if (!redisServer) return;
      redis = await RealRedis.start(redisServer);
      cluster = await RealRedis.start(redisServer, true);
    });
    afterAll(async () => {
      await redis?.stop();
      await cluster?.stop();
    });
    describe.each(stores)('%s', (_name, isThere, open) => {
      const when = isThere ? it : it.skip;
      const rooms: RoomStore[] = [];
      const room = async (settings: Partial<RoomSettings> = {}) => {
        const its = await open({ ...SETTINGS, ...settings });
        rooms.push(its);
        return its;
      };
      afterAll(() => Promise.all(rooms.map((its) => its.close())));
      const visit = (store: RoomStore, id: string, now: number, more: Partial<RoomVisit> = {}) =>
        store.visit({
          id,
          arrivedAt: undefined,
          rank: 0,
          now,
          walkInsPerCell: 0,
          limits: { ...LIMITS, cell: Math.floor(now / 300) },
          ...more,
        });
      const beat = (store: RoomStore, agent: string, now: number, more: object = {}) =>
        store.beat({
          agent,
          now,
          limits: { ...LIMITS, cell: Math.floor(now / 300) },
          unspent: { cell: 0, count: 0 },
          admitted: new Map(),
          called: new Map(),
          ...more,
        });
      suite({ when, room, visit, beat });
    });
  });
}
