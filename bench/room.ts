import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { passText } from '../src/agent/pass.rules';
import { RoomDisk } from '../src/agent/room-disk';
import { CELL_SECONDS, cellOfSeconds } from '../src/kernel/cell-grid';
import { PUPIL, RELATIVE } from '../src/kernel/decision/visitor';
import { randomInteger, seededRandom, type Random } from '../src/kernel/random';
import { type Benchmark, option } from './benchmark';
import { percentile, rounded } from './percentile';
import { lonelyAgent, PASS_KEY, writePlan } from './plan-on-disk';
import { headerOf, RawConnection, requestText } from './raw-connection';
import { installed } from './real-proxy';
import { RealRedis } from './real-redis';
import { roomContent } from './room-content';

/** At each agent. */
const CONNECTIONS = 48;
/** Two thousand log-ins a minute are left: the line is served in fifty minutes. */
const LOGINS_PER_CELL = 10_000;
/**
 * So many of each cell have been given before, as the agents' disks say: a minute and a half of calling fills the cell, and one call too
 * many would show. Without that the end of a cell is five minutes away.
 */
const GIVEN_PER_CELL = '7000';
/** Cells that the benchmark may come into. */
const CELLS = 12;
/** It goes on until so many have asked in vain in a full cell, for so long at most. */
const LEAST_REFUSED = 2000;
const MOST_FILLING_SECONDS = 150;
const PUPIL_SHARE = 0.85;
/**
 * A question of which the agent may have heard later than this after it was due, counted from when the one before was sent: its page may
 * stand aside, and the room is not to blame for the order then. On a machine that cannot keep up answers themselves take longer.
 */
const LATE_MILLISECONDS = 4000;
const SLOT_MILLISECONDS = 10;

/** Somebody who waits, on a device of its own. */
interface Waiting {
  rank: number;
  pass: string;
  ticket: string | undefined;
  arrivedAt: number;
  /** When it was told last. */
  toldAt: number;
  dueAt: number;
  /** When the agent expects it, as far as its page can know: from the question on that it was told by. */
  expectedAt: number;
}

interface Line {
  agentCount: number;
  waitingCount: number;
  joinSeconds: number;
  /** Questions answered in the measured time, all of them when the page had been told to. */
  pollsPerSecond: number;
  /** From the moment at which a question was due to its answer. */
  p50Milliseconds: number;
  p99Milliseconds: number;
  called: number;
  /** Told to wait although somebody who came later, of the same rank, had been let in since it was told last. */
  orderViolationCount: number;
  /** Let in beyond what the plan and what was given before leave of a cell, counted from the answers. */
  overAdmittedCount: number;
  /** How many were let in of each cell, in order, beside how many might be. */
  cells: { servedCount: number; mayServeCount: number }[];
  /** Cells of which every place was given: only in these one call too many could show. */
  fullCellCount: number;
  /** Questions in full cells that were told to wait. */
  refusedInFullCellCount: number;
  /** Let in faster than the plan leaves it, half a minute aside. */
  overPacedCount: number;
  lateCount: number;
  wrongCount: number;
}

/** A line of 100,000 whose pages ask as they are told, at one agent in its own process, then at two that share a real Redis. */
export const run: Benchmark = async (args) => {
  const redisServer = installed('redis-server') ?? installed('valkey-server');
  if (!redisServer) throw new Error('redis-server is not installed');
  const count = Number(option(args, 'waiting', '100000'));
  const seconds = Number(option(args, 'seconds', '60'));
  const pollSeconds = option(args, 'poll-seconds', '60');
  const given = Number(option(args, 'given', GIVEN_PER_CELL));
  const seed = Number(option(args, 'seed', '1'));
  const one = await lineAt(['process'], count, seconds, pollSeconds, given, seededRandom(seed));
  const redis = await RealRedis.start(redisServer);
  try {
    const two = await lineAt([redis.url, redis.url], count, seconds, pollSeconds, given, seededRandom(seed));
    return {
      seed,
      loginsPerCell: LOGINS_PER_CELL,
      givenBeforePerCell: given,
      longestPollSeconds: Number(pollSeconds),
      one,
      two,
    };
  } finally {
    await redis.stop();
  }
};

async function lineAt(
  rooms: readonly string[],
  count: number,
  seconds: number,
  pollSeconds: string,
  given: number,
  random: Random,
): Promise<Line> {
  const from = Date.now() / 1000;
  const content = roomContent(from, LOGINS_PER_CELL);
  const folders = rooms.map(() => mkdtempSync(join(tmpdir(), 'etale-bench-room-')));
  const agents: { child: ChildProcess; port: number }[] = [];
  const connections: RawConnection[][] = [];
  try {
    for (const [k, room] of rooms.entries()) {
      await writePlan(folders[k]!, content);
      await new RoomDisk(folders[k]!).write(givenBefore(from, given, k, rooms.length));
      agents.push(
        await listening([
          ...lonelyAgent(folders[k]!),
          '--name',
          `bench-${k}`,
          '--room',
          room,
          '--room-poll-seconds',
          pollSeconds,
        ]),
      );
      connections.push(await RawConnection.all(agents[k]!.port, CONNECTIONS));
    }
    return await ask(
      new WaitingLine(count, random, content.platformId),
      connections,
      seconds,
      random,
      content.openPassSeconds,
      LOGINS_PER_CELL - given,
    );
  } finally {
    for (const connection of connections.flat()) connection.close();
    for (const { child } of agents) {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    }
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}

/** What the agent of index `k` says that it has let in, in the cells of the benchmark: together they have given `given`. */
function givenBefore(from: number, given: number, k: number, agentCount: number): Map<number, number> {
  const count = Math.floor(given / agentCount) + (k === 0 ? given % agentCount : 0);
  return new Map(Array.from({ length: CELLS }, (_, c) => [cellOfSeconds(from) + c, count]));
}

/** Who waits, and when each page is due: by slots of ten milliseconds. */
class WaitingLine {
  readonly all: Waiting[];
  private readonly slots = new Map<number, Waiting[]>();
  private slot: number;

  constructor(
    readonly count: number,
    random: Random,
    platformId: number,
  ) {
    const until = 0;
    this.all = Array.from({ length: count }, (): Waiting => {
      const profile = random() < PUPIL_SHARE ? PUPIL : RELATIVE;
      const pass = passText(
        {
          profile,
          until,
          admittedOn: 0,
          draw: randomInteger(random, 2 ** 31),
          toldOn: 0,
          told: 0,
          levels: 0,
          shown: [1 + randomInteger(random, 120)],
          chosen: [],
          establishments: [],
        },
        platformId,
        PASS_KEY,
      );
      return {
        rank: profile === PUPIL ? 0 : 2,
        pass,
        ticket: undefined,
        arrivedAt: 0,
        toldAt: 0,
        dueAt: 0,
        expectedAt: 0,
      };
    });
    this.slot = Math.floor(performance.now() / SLOT_MILLISECONDS);
  }

  put(its: Waiting): void {
    const slot = Math.max(this.slot, Math.floor(its.dueAt / SLOT_MILLISECONDS));
    const known = this.slots.get(slot);
    if (known) known.push(its);
    else this.slots.set(slot, [its]);
  }

  /** The next who is due, if anybody is. */
  take(now: number): Waiting | undefined {
    const last = Math.floor(now / SLOT_MILLISECONDS);
    while (this.slot <= last) {
      const its = this.slots.get(this.slot)?.pop();
      if (its) return its;
      this.slots.delete(this.slot);
      if (this.slot === last) return undefined;
      this.slot++;
    }
    return undefined;
  }
}

async function ask(
  line: WaitingLine,
  agents: readonly RawConnection[][],
  seconds: number,
  random: Random,
  openPassSeconds: number,
  mostPerCell: number,
): Promise<Line> {
  const result: Line = {
    agentCount: agents.length,
    waitingCount: line.count,
    joinSeconds: 0,
    pollsPerSecond: 0,
    p50Milliseconds: 0,
    p99Milliseconds: 0,
    called: 0,
    orderViolationCount: 0,
    overAdmittedCount: 0,
    cells: [],
    fullCellCount: 0,
    refusedInFullCellCount: 0,
    overPacedCount: 0,
    lateCount: 0,
    wrongCount: 0,
  };
  const calledAt: number[] = [];
  const byCell = new Map<number, number>();
  const isFull = (cell: number): boolean => (byCell.get(cell) ?? 0) >= mostPerCell;
  /** By rank, in the order of the calls. */
  const calls: { at: number; arrivedAt: number }[][] = [[], [], []];
  /** Whether somebody who came later was let in since `from`. */
  const isPassed = ({ rank, arrivedAt }: Waiting, from: number): boolean => {
    const its = calls[rank]!;
    for (let k = its.length - 1; k >= 0 && its[k]!.at > from; k--) if (its[k]!.arrivedAt > arrivedAt) return true;
    return false;
  };
  const times: number[] = [];
  const from = performance.now();
  const firstSecond = Date.now() / 1000;
  let joined = 0;
  let measuredFrom = Infinity;
  let until = Infinity;

  const visit = async (its: Waiting, connection: RawConnection): Promise<void> => {
    const isFirst = its.ticket === undefined;
    const askedAt = performance.now();
    const askedSecond = Date.now() / 1000;
    const wasPassed = !isFirst && isPassed(its, its.toldAt);
    const cookie = `etale_pass=${its.pass}${isFirst ? '' : `; etale_ticket=${its.ticket}`}`;
    const answer = await connection.ask(requestText('/forward-auth', { accept: 'application/json', cookie }));
    const now = performance.now();
    if (!isFirst && askedAt >= measuredFrom && askedAt < until) times.push(now - its.dueAt);
    // who was late stood aside until it was told again
    const isLate = !isFirst && now - its.expectedAt > LATE_MILLISECONDS;
    if (isLate) result.lateCount++;
    if (answer.status === 200) {
      const at = Number(headerOf(answer, 'x-etale-until')) - openPassSeconds;
      calledAt.push(at);
      byCell.set(cellOfSeconds(at), (byCell.get(cellOfSeconds(at)) ?? 0) + 1);
      calls[its.rank]!.push({ at: now, arrivedAt: its.arrivedAt });
      return;
    }
    const ticket = headerOf(answer, 'x-etale-ticket');
    if (answer.status !== 503 || ticket === undefined) {
      result.wrongCount++;
      return;
    }
    if (wasPassed && !isLate) result.orderViolationCount++;
    if (isFull(cellOfSeconds(askedSecond))) result.refusedInFullCellCount++;
    its.ticket = ticket;
    its.arrivedAt = parseInt(ticket.split('.')[3]!, 36);
    its.toldAt = now;
    const pause = Number(headerOf(answer, 'retry-after')) * 1000;
    its.dueAt = now + pause;
    its.expectedAt = askedAt + pause;
    line.put(its);
  };

  await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, k) => {
      while (
        performance.now() < until ||
        (result.refusedInFullCellCount < LEAST_REFUSED && performance.now() < until + MOST_FILLING_SECONDS * 1000)
      ) {
        // half of the connections are for who comes, the others for who is due; a balancer sends each question anywhere
        const isForNew = k % 2 === 0 && joined < line.count;
        const due = isForNew ? undefined : line.take(performance.now());
        const its = due ?? (joined < line.count ? line.all[joined++] : undefined);
        if (joined === line.count && until === Infinity) {
          measuredFrom = performance.now();
          until = measuredFrom + seconds * 1000;
          result.joinSeconds = rounded((measuredFrom - from) / 1000);
        }
        if (its) await visit(its, agents[randomInteger(random, agents.length)]![k]!);
        else await sleep(SLOT_MILLISECONDS / 2);
      }
    }),
  );
  result.pollsPerSecond = Math.round(times.length / seconds);
  result.p50Milliseconds = percentile(times, 50);
  result.p99Milliseconds = percentile(times, 99);
  result.called = calledAt.length;
  for (const [cell, count] of [...byCell].sort(([a], [b]) => a - b)) {
    result.cells.push({ servedCount: count, mayServeCount: mostPerCell });
    result.overAdmittedCount += Math.max(0, count - mostPerCell);
    if (isFull(cell)) result.fullCellCount++;
  }
  const last = Math.max(...calledAt, firstSecond);
  result.overPacedCount = Math.max(
    0,
    calledAt.length - Math.ceil((LOGINS_PER_CELL / CELL_SECONDS) * (last - firstSecond + 30)),
  );
  return result;
}

/** An agent that says where it answers. */
async function listening(args: string[]): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const chunk of child.stdout) {
    output += String(chunk);
    const port = /answers on http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1];
    if (port) return { child, port: Number(port) };
  }
  throw new Error(`did not start: ${output}`);
}
