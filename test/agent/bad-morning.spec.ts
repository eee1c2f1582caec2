import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { freePort, installed, RealProxy } from '../../bench/real-proxy';
import { RealRedis } from '../../bench/real-redis';
import { signedHeaderText } from '../../src/agent/pass.rules';
import { roomKeys } from '../../src/agent/redis-room.scripts';
import { LEASE_SECONDS, MOST_SAVED_SECONDS, presentSeconds } from '../../src/agent/room-store';
import type { WaitingView } from '../../src/agent/waiting-view.rules';
import type { LadderDto } from '../../src/crisis/ladder.dto';
import type { ProtectionProposalDto } from '../../src/crisis/measurement.dto';
import type { ProtectionStepDto } from '../../src/crisis/protection-step.dto';
import type { GatewayPageDto } from '../../src/gateway/gateway-view.dto';
import type { GatewaySettingsDto } from '../../src/gateway/gateway-settings.dto';
import { randomInteger, seededRandom } from '../../src/kernel/random';
import { type BookableRegion, publishedRegion, standStillAt } from '../booking-region';
import { cellAt } from '../plan-builder';
import { signedInAs, startTestApplication } from '../test-application';
import { type MorningRank, type MorningVisitor, replayedMorning } from './morning-replay';
import { ENT_KEY } from './test-agent';
import { until } from '../until';

const nginx = installed('nginx');
const redisServer = installed('redis-server') ?? installed('valkey-server');
const SEED = Number(process.env.SEED ?? 6_042_021);
/** The morning begins ten seconds after the hour, so that all of it lies in one cell. */
const MORNING = Date.parse('2026-12-07T09:00:10+01:00');
const AGENTS = ['a', 'b'];
/** Places of the walk-in quota of each agent, which come out of what the plan leaves. */
const WALK_INS = 5;
const WALK_INS_OF_ALL = AGENTS.length * WALK_INS;
/** So many log-ins are declared as leave three a second to who is called, beside the quotas of a cell of five minutes. */
const PER_SECOND = 3;
const LOGINS_PER_MINUTE = PER_SECOND * 60 + WALK_INS_OF_ALL / 5;
/** Fifteen visitors a second, of whom the platform takes three. */
const COMING_SECONDS = 8;
const CROWD = 5 * PER_SECOND * COMING_SECONDS;
const POLL_SECONDS = 5;
const sources = join(__dirname, '../../src/agent/main.ts');
const preloaded = [join(__dirname, '../swc-register.cjs'), join(__dirname, 'shifted-clock.cjs')].flatMap((file) => [
  '-r',
  file,
]);

/** Somebody at a device of their own, as nginx meets them. */
class Visitor implements MorningVisitor {
  private readonly cookies = new Map<string, string>();
  comesAt = Infinity;
  readonly refusedAt: number[] = [];
  arrivedAt = Infinity;
  toldAt = 0;
  admittedAt: number | undefined;
  view: WaitingView | undefined;

  constructor(
    readonly rank: MorningRank,
    private readonly shown: string,
  ) {}

  /** Asks for the page once; when to come again, undefined once inside. */
  async asks(url: string, now: () => number): Promise<number | undefined> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { accept: 'application/json', 'x-etale-visitor': this.shown, ...(cookie && { cookie }) };
    this.comesAt = Math.min(this.comesAt, now());
    const answer = await fetch(url, { headers });
    for (const set of answer.headers.getSetCookie()) {
      const [name, value] = set.split(';')[0]!.split('=') as [string, string];
      this.cookies.set(name, value);
    }
    if (answer.status === 200) {
      await answer.text();
      this.admittedAt = now();
      return undefined;
    }
    expect(answer.status).toBe(503);
    this.refusedAt.push(now());
    // an answer of nginx itself, while the agent that was asked is dying, has no view
    if (answer.headers.get('content-type')?.includes('json')) {
      this.view = (await answer.json()) as WaitingView;
      const ticket = this.cookies.get('etale_ticket');
      if (ticket !== undefined) this.arrivedAt = parseInt(ticket.split('.')[3]!, 36) / 1e6;
      this.toldAt = now();
    } else await answer.text();
    return Number(answer.headers.get('retry-after'));
  }
}

/** An agent in a process of its own, that can be killed. */
class AgentProcess {
  private constructor(
    readonly child: ChildProcess,
    readonly port: number,
    private readonly folder: string,
  ) {}

  static async start(name: string, url: string, key: string, redis: string, shift: number): Promise<AgentProcess> {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'etale-morning-'));
    const args = [
      '--url',
      url,
      '--key',
      key,
      '--name',
      name,
      '--port',
      String(port),
      '--folder',
      folder,
      '--ent-key',
      ENT_KEY,
      '--room',
      redis,
      '--room-poll-seconds',
      String(POLL_SECONDS),
    ];
    const env = { ...process.env, NODE_OPTIONS: '', CLOCK_SHIFT_MILLISECONDS: String(shift) };
    const child = spawn(process.execPath, [...preloaded, sources, ...args], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const agent = new AgentProcess(child, port, folder);
    await until(async () => {
      const status = await agent.status().catch(() => undefined);
      return (
        status?.revision === 1 && status.signsPasses && status.room?.isOpen === true && status.room.problem === null
      );
    });
    return agent;
  }

  async status(): Promise<{
    revision: number | null;
    signsPasses: boolean;
    posture: string;
    service: { isStreaming: boolean };
    room: { isOpen: boolean; problem: string | null; leasedCount: number; walkedIn: number } | null;
  }> {
    return (await (await fetch(`http://127.0.0.1:${this.port}/status`)).json()) as never;
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const closed = once(this.child, 'close');
    this.child.kill(signal);
    await closed;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

(nginx && redisServer ? describe : describe.skip)(
  `a bad morning: nginx, two agents, Redis and the service (seed ${SEED})`,
  () => {
    const begun = performance.now();
    /** Milliseconds of the morning, which goes as fast as any other. */
    const clock = (): number => MORNING + (performance.now() - begun);
    const now = (): number => clock() / 1000;
    let app: NestFastifyApplication;
    let region: BookableRegion;
    let ticking: NodeJS.Timeout;
    let redis: RealRedis;
    let agents: AgentProcess[];
    let proxy: RealProxy;
    /** What the agents asked the service for. */
    const asked: string[] = [];

    beforeAll(async () => {
      standStillAt(new Date(MORNING).toISOString());
      ticking = setInterval(() => jest.setSystemTime(clock()), 20);
      app = await startTestApplication();
      await app.listen(0, '127.0.0.1');
      app.getHttpServer().on('request', ({ url }) => asked.push(url!));
      region = await publishedRegion(
        app,
        [
          { establishment: 0, classIndex: 0, startCell: cellAt(0, 9), headcount: 1 },
          { establishment: 0, classIndex: 1, startCell: cellAt(0, 14) },
          { establishment: 0, classIndex: -1, startCell: cellAt(0, 18) },
        ],
        { concurrentSessions: 1000, loginsPerMinute: LOGINS_PER_MINUTE },
      );
      const settingsUrl = `/v1/platforms/${region.platformId}/gateway-settings`;
      const settings = (await app.inject({ url: settingsUrl })).json<GatewaySettingsDto>();
      await app.inject({
        method: 'PUT',
        url: settingsUrl,
        payload: { ...settings, posture: 'enforced', walkInPerCell: WALK_INS, keptPerCell: 0 },
      });
      redis = await RealRedis.start(redisServer!);
      const address = await app.getUrl();
      const shift = Math.round(clock() - (performance.timeOrigin + performance.now()));
      agents = await Promise.all(
        AGENTS.map(async (name) => {
          const payload = { name, scopes: ['gateway'], platformId: region.platformId, days: 30 };
          const key = (await app.inject({ method: 'POST', url: '/v1/keys', payload })).json<{ secret: string }>()
            .secret;
          return AgentProcess.start(name, address, key, redis.url, shift);
        }),
      );
      proxy = await RealProxy.nginx(nginx!, ...agents.map(({ port }) => port));
    }, 60_000);
    afterAll(async () => {
      await proxy?.stop();
      for (const agent of agents ?? []) await agent.end('SIGTERM');
      await redis?.stop();
      await app?.close();
      clearInterval(ticking);
      jest.useRealTimers();
    });

    const shownBy = (profile: 'pupil' | 'relative', classCode: string): string => {
      const classes = [`structure-${region.uais[0]}$${classCode}`];
      return signedHeaderText({ profile, classes, uais: [], exp: Math.floor(now()) + 600 }, Buffer.from(ENT_KEY));
    };
    const platform = (path: string): string => `/v1/platforms/${region.platformId}/${path}`;

    it('lets nobody in twice, out of order or beyond what the plan leaves, whatever dies; a step is pushed to both agents and ends by itself; the simulator tells the same waits and refusals', async () => {
      const random = seededRandom(SEED);
      const crowd = Array.from({ length: CROWD }, () => {
        const profile = random() < 0.8 ? 'pupil' : 'relative';
        return new Visitor(profile === 'pupil' ? 'pupils' : 'relatives', shownBy(profile, '6B'));
      });
      const stormFrom = now();
      const bookOf = async (): Promise<Record<'bornAt' | 'gathersUntil' | 'saved' | 'savedAt', number>> => {
        const names = ['bornAt', 'gathersUntil', 'saved', 'savedAt'] as const;
        const values = (await redis.command(['HMGET', roomKeys(region.platformId)[0]!, ...names])) as string[];
        return Object.fromEntries(names.map((name, k) => [name, Number(values[k])])) as never;
      };
      const savedAt = (book: { saved: number; savedAt: number }, at: number) =>
        Math.min(PER_SECOND * MOST_SAVED_SECONDS, book.saved + PER_SECOND * (at - book.savedAt));
      const book = await bookOf();
      const beginsAt = Math.max(stormFrom, book.gathersUntil);
      // the quotas are for the first who come, like what is saved up
      const begin = { callsAt: beginsAt, savedCount: savedAt(book, beginsAt) + WALK_INS_OF_ALL };
      let isOver = false;
      const overtaken: { from: number; to: number; who: string }[] = [];
      const visit = async (visitor: Visitor): Promise<void> => {
        await sleep(randomInteger(random, COMING_SECONDS * 1000));
        while (!isOver) {
          const { toldAt } = visitor;
          const position = visitor.view?.room?.position ?? null;
          const again = await visitor.asks(`${proxy.url}/page`, now);
          if (again === undefined) return;
          // whoever is told to wait has seen nobody of the same rank, who came later, let in since it was told last
          const later = crowd.find(
            ({ rank, arrivedAt, admittedAt }) =>
              rank === visitor.rank &&
              admittedAt !== undefined &&
              arrivedAt < Infinity &&
              arrivedAt > visitor.arrivedAt &&
              admittedAt > toldAt + 1 &&
              admittedAt < visitor.toldAt - 1,
          );
          // a position that is not told is that of an agent that could not ask Redis: the ticket stood in no line until now
          const hasStood = position !== null && visitor.view?.room?.position !== null;
          if (later && toldAt > 0 && hasStood && !visitor.view?.room?.isHeld)
            overtaken.push({
              from: toldAt,
              to: visitor.toldAt,
              who: `${visitor.rank} of ${visitor.arrivedAt - stormFrom} s, told at ${toldAt - stormFrom} and ${visitor.toldAt - stormFrom}, after ${later.arrivedAt - stormFrom} in at ${later.admittedAt! - stormFrom}, room ${JSON.stringify(visitor.view?.room)}`,
            });
          await sleep(Math.min(again, 30) * 1000);
        }
      };
      const storm = Promise.all(crowd.map(visit));
      const admitted = (from: number, to: number): number =>
        crowd.filter(({ admittedAt }) => admittedAt !== undefined && admittedAt >= from && admittedAt < to).length;
      const windowHolder = async (): Promise<boolean> => {
        const visitor = new Visitor('pupils', shownBy('pupil', '6A'));
        return (await visitor.asks(`${proxy.url}/page`, now)) === undefined;
      };

      // the measurements of the storm lead to a rung, a person puts it in force
      const { usualRungs } = (await app.inject({ url: platform('protection-ladder') })).json<LadderDto>();
      const agreed = usualRungs.filter(({ code }) => code === 'relatives');
      const ladder = await app.inject({
        method: 'PUT',
        url: platform('protection-ladder'),
        payload: { rungs: agreed, changedAt: null },
      });
      const { changedAt } = ladder.json<LadderDto>();
      const second = await signedInAs(app, { role: 'operator', uais: [], territories: [] }, 'second');
      await app.inject({
        method: 'POST',
        url: platform('protection-ladder/approval'),
        payload: { changedAt },
        headers: second,
      });
      const items = [3, 2, 1, 0].map((minutesAgo) => ({
        measuredAt: new Date(clock() - minutesAgo * 60_000).toISOString(),
        sessions: 990,
      }));
      await app.inject({ method: 'POST', url: platform('measurements'), payload: { source: 'ent', items } });
      const { proposal } = (await app.inject({ url: platform('protection-proposal') })).json<ProtectionProposalDto>();
      expect(proposal).toMatchObject({ action: 'climb', rung: 'relatives' });
      const stepEndsAt = now() + 9;
      const payload = {
        rung: 'relatives',
        reason: proposal.reason.fr,
        endsAt: new Date(stepEndsAt * 1000).toISOString(),
      };
      const put = async (asked: object) =>
        (
          await app.inject({ method: 'POST', url: platform('protection-steps'), payload: asked })
        ).json<ProtectionStepDto>();
      const revisions = async () =>
        (await Promise.all(agents.map((agent) => agent.status()))).map(({ revision }) => revision);
      // what is no rung waits for a second person: nobody is held yet
      const { name, words, measures } = agreed[0]!;
      const own = await put({
        name,
        words,
        measures,
        scope: {},
        reason: payload.reason,
        endsAt: payload.endsAt,
      });
      expect(own).toMatchObject({ state: 'proposed', isActive: false, isRegional: true });
      expect(await revisions()).toEqual([1, 1]);
      const approval = { method: 'POST', url: platform(`protection-steps/${own.id}/approval`) } as const;
      expect((await app.inject(approval)).statusCode).toBe(409);
      // they follow the stream: what it brings, no question of theirs could have brought
      await until(async () =>
        (await Promise.all(agents.map((agent) => agent.status()))).every(({ service }) => service.isStreaming),
      );
      expect(asked).toContain('/v1/gateways/stream');
      asked.length = 0;
      const approvedAt = performance.now();
      const step = (await app.inject({ ...approval, headers: second })).json<ProtectionStepDto>();
      expect(step).toMatchObject({ state: 'in_force', isActive: true });
      await until(async () => (await revisions()).every((revision) => revision === 2));
      const withinMilliseconds = performance.now() - approvedAt;
      process.stdout.write(`bad morning: in force at both agents after ${Math.round(withinMilliseconds)} ms\n`);
      // pushed: neither of the two has asked for changes since; how many milliseconds that is depends on the machine (`bench propagation`)
      expect(asked.filter((url) => /\/gateways\/(deltas|bundle|stream)/.test(url))).toEqual([]);
      const stepFromAt = now();
      // the rung that was agreed on needs one person, who is asked for no second
      expect(await put(payload)).toMatchObject({ state: 'in_force', isActive: true });
      const relatives = crowd.filter(({ rank }) => rank === 'relatives');
      await until(() => relatives.some(({ view }) => view?.room?.isHeld));

      await until(() => admitted(stormFrom, now()) >= 8);

      // the service knows who waits, for those who look at the morning
      await until(async () => {
        const { items: known } = (await app.inject({ url: '/v1/gateways' })).json<GatewayPageDto>();
        return (
          known.length === 2 &&
          known.every(({ room }) => room?.isOpen === true && room.pupils !== null && room.pupils > 0)
        );
      });

      // each of the quotas is given to its last place before anything dies: what an agent gives later would be no share of its lease
      await until(async () =>
        (await Promise.all(agents.map((agent) => agent.status()))).every(({ room }) => room?.walkedIn === WALK_INS),
      );

      // Redis dies: each agent spends its lease, then the residue waits and windows go on
      const leases = await Promise.all(agents.map((agent) => agent.status()));
      const redisDiedAt = now();
      await redis.kill();
      expect(await windowHolder()).toBe(true);
      await sleep((LEASE_SECONDS + 2) * 1000);
      const spentUntil = redisDiedAt + LEASE_SECONDS + 1;
      expect(await windowHolder()).toBe(true);
      expect(admitted(spentUntil, now())).toBe(0);
      const spent = admitted(redisDiedAt, spentUntil);
      // and none was given beyond them
      expect(leases.map(({ room }) => room!.walkedIn)).toEqual(AGENTS.map(() => WALK_INS));
      // the shares of ten seconds of both, and who was called before and heard of it after
      expect(leases.every(({ room }) => room!.leasedCount <= (PER_SECOND * LEASE_SECONDS) / agents.length)).toBe(true);
      expect(spent).toBeGreaterThan(0);
      expect(spent).toBeLessThanOrEqual(PER_SECOND * LEASE_SECONDS + agents.length);
      await redis.begin();
      const redisBackAt = now();
      await until(() => admitted(redisBackAt, now()) >= 5);
      const { bornAt } = await bookOf();
      expect(now()).toBeGreaterThan(stepEndsAt);
      await until(() => relatives.every(({ view, admittedAt }) => admittedAt !== undefined || !view?.room?.isHeld));

      // one of the agents dies: the other one goes on
      await agents[0]!.end('SIGKILL');
      const agentDiedAt = now();
      await until(() => admitted(agentDiedAt + 1, now()) >= 5);
      expect(await windowHolder()).toBe(true);
      isOver = true;
      const morningUntil = now();
      await storm;
      const inside = crowd
        .filter(({ admittedAt }) => admittedAt !== undefined)
        .sort((a, b) => a.admittedAt! - b.admittedAt!);
      // whoever was told to wait was overtaken by nobody until told again, unless Redis was away between
      const whole = overtaken.filter(({ from, to }) => to < redisDiedAt || from > redisBackAt);
      expect(whole.map(({ who }) => who)).toEqual([]);
      // a lease is for the first of the line, whoever of them asks first
      const isLeased = ({ admittedAt }: Visitor) => admittedAt! >= redisDiedAt && admittedAt! < spentUntil;
      for (const its of inside.filter(isLeased)) {
        const ahead = crowd.filter(
          ({ rank, arrivedAt, admittedAt }) =>
            rank === its.rank && arrivedAt < its.arrivedAt && (admittedAt ?? Infinity) > its.admittedAt!,
        );
        // the lease reaches as far down the line as the plan leaves places until it ends
        expect(ahead.length).toBeLessThanOrEqual(PER_SECOND * (spentUntil - stormFrom));
      }
      // at no moment more than the plan leaves: what the line had saved up when it began to call, and what came since
      const overAdmitted = (
        of: readonly Visitor[],
        { callsAt: from, savedCount }: { callsAt: number; savedCount: number },
      ) => of.filter(({ admittedAt }, k) => k + 1 > savedCount + PER_SECOND * Math.max(0, admittedAt! - from) + 1);
      expect(
        overAdmitted(
          inside.filter(({ admittedAt }) => admittedAt! < redisDiedAt),
          begin,
        ),
      ).toEqual([]);
      const callsAt = bornAt + presentSeconds(POLL_SECONDS);
      const back = { callsAt, savedCount: savedAt({ saved: 0, savedAt: bornAt }, callsAt) };
      const afterwards = inside.filter(({ admittedAt }) => admittedAt! >= redisBackAt);
      expect(afterwards.length).toBeGreaterThan(PER_SECOND);
      expect(overAdmitted(afterwards, back)).toEqual([]);
      // the ENT saw each of them once: nobody was let in twice
      expect(proxy.seen.length).toBe(inside.length + 3);
      const held = relatives.filter(({ admittedAt }) => admittedAt !== undefined && admittedAt < stepEndsAt);
      expect(held.length).toBeLessThanOrEqual(2);

      // the same morning in the simulator
      const figures = replayedMorning({
        visitors: crowd,
        untilAt: morningUntil,
        perSecond: PER_SECOND,
        pollSeconds: POLL_SECONDS,
        begin,
        step: { fromAt: stepFromAt, untilAt: stepEndsAt },
        away: {
          fromAt: redisDiedAt,
          leasedCount: leases.reduce((sum, { room }) => sum + room!.leasedCount, 0),
          ...back,
        },
      });
      for (const which of ['all', 'pupils', 'relatives'] as const) {
        const { measured, simulated } = figures[which];
        for (const figure of ['refused', 'meanWaitSeconds'] as const) {
          const deviationRatio = simulated[figure] / measured[figure] - 1;
          process.stdout.write(
            `bad morning: ${which} ${figure} ${measured[figure].toFixed(1)}, simulated ${(100 * deviationRatio).toFixed(1)} % off\n`,
          );
          expect({ which, figure, ...figures[which], isNear: Math.abs(deviationRatio) <= 0.15 }).toMatchObject({
            isNear: true,
          });
        }
      }
    }, 120_000);
  },
);
