import { installed } from '../../bench/real-proxy';
import { RealRedis } from '../../bench/real-redis';
import { MOST_SAVED_SECONDS } from '../../src/agent/room-store';
import type { WaitingView } from '../../src/agent/waiting-view.rules';
import type { BundleContent } from '../../src/kernel/decision/bundle-content';
import { RELATIVE } from '../../src/kernel/decision/visitor';
import { at } from './gate-content';
import { TestAgent, until } from './test-agent';

const redisServer = installed('redis-server') ?? installed('valkey-server');
const CELLS = 288;
/** Three hundred log-ins a cell are left: one a second. */
const room = (loginsPerCell = 300, sessions = 100_000): NonNullable<BundleContent['room']> => ({
  logins: Array<number>(CELLS).fill(loginsPerCell),
  sessions: Array<number>(CELLS).fill(sessions),
  stayCells: 12,
});

/** A browser, or a program, that keeps its cookies. */
class Device {
  private readonly cookies = new Map<string, string>();
  status = 0;
  retryAfterSeconds = 0;

  constructor(
    private readonly test: TestAgent,
    private readonly shown: Record<string, string> = {},
  ) {}

  get ticket(): string | undefined {
    return this.cookies.get('etale_ticket');
  }

  set ticket(text: string | undefined) {
    if (text === undefined) this.cookies.delete('etale_ticket');
    else this.cookies.set('etale_ticket', text);
  }

  get pass(): string | undefined {
    return this.cookies.get('etale_pass');
  }

  keep(pass: string): void {
    this.cookies.set('etale_pass', pass);
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await this.test.get(path, { ...(this.cookies.size === 0 ? this.shown : { cookie }), ...headers });
    for (const set of response.headers.getSetCookie()) {
      const [name, value] = set.split(';')[0]!.split('=') as [string, string];
      this.cookies.set(name, value);
    }
    this.status = response.status;
    this.retryAfterSeconds = Number(response.headers.get('retry-after'));
    return response;
  }

  /** As a proxy of the ForwardAuth kind passes it on: whether it is in. */
  async enters(): Promise<boolean> {
    await this.get('/forward-auth', { accept: 'application/json' });
    return this.status === 200;
  }

  async view(): Promise<WaitingView> {
    return (await (await this.get('/etale/wait', { accept: 'application/json' })).json()) as WaitingView;
  }
}

describe('the waiting room of an agent', () => {
  let test: TestAgent;
  afterEach(() => test.stop());
  const start = async (content: Partial<BundleContent> = {}) => {
    const its = await TestAgent.start({ room: room(), ...content }, { room: 'process' });
    await until(() => its.agent.room!.isOpen);
    return its;
  };
  const pupil = () => new Device(test, test.shown(['77$6e A']));
  const relative = () => new Device(test, test.shown(['77$6e A'], 'relative'));

  it('gives who is outside the window a place, in the page without JavaScript and in its JSON twin', async () => {
    test = await start({ room: room(0) });
    const [first, second] = [pupil(), pupil()];
    await first.enters();
    const html = await (
      await second.get('/etale/wait?r=/travail', { accept: 'text/html', 'accept-language': 'fr' })
    ).text();
    expect(second.status).toBe(503);
    expect(html).toContain('Vous êtes au rang 2 de la file.');
    expect(html).toContain('Votre créneau ouvre avant votre tour, à 9\u00a0h\u00a040');
    expect(html).toContain(`<meta http-equiv="refresh" content="${second.retryAfterSeconds};url=/travail">`);
    expect(second.retryAfterSeconds).toBeGreaterThanOrEqual(48);
    expect(second.retryAfterSeconds).toBeLessThanOrEqual(72);
    expect(await second.view()).toMatchObject({
      kind: 'wait',
      room: { position: 2, estimateSeconds: null, isHeld: false },
    });
    expect(await first.view()).toMatchObject({ room: { position: 1 } });
  });

  it('a ticket says nothing of its holder, and is good beside its own pass only', async () => {
    test = await start({ room: room(0) });
    const [one, other] = [pupil(), relative()];
    await one.enters();
    await other.enters();
    const fields = one.ticket!.split('.');
    expect(fields).toHaveLength(7);
    expect(fields.slice(0, 3)).toEqual(other.ticket!.split('.').slice(0, 3));
    // version, key, platform, when it was taken, when it was shown, a draw, the signature
    expect([parseInt(fields[3]!, 36) / 1e6, parseInt(fields[4]!, 36)]).toEqual([test.nowSeconds, test.nowSeconds]);
    const stolen = pupil();
    await stolen.get('/etale/wait');
    stolen.ticket = one.ticket;
    expect((await stolen.view()).room!.position).toBe(3);
    for (const letter of [3, one.ticket!.length - 2]) {
      const text = one.ticket!;
      const spoilt = pupil();
      await spoilt.get('/etale/wait');
      spoilt.ticket = text.slice(0, letter) + (text[letter] === 'a' ? 'b' : 'a') + text.slice(letter + 1);
      expect((await spoilt.view()).room!.position).toBeGreaterThan(3);
    }
  });

  it('calls in order as fast as the plan leaves log-ins, pupils first, and tells each honestly when', async () => {
    test = await start();
    const relatives = Array.from({ length: 10 }, relative);
    for (const device of relatives) await device.enters();
    const pupils = Array.from({ length: 20 }, pupil);
    for (const device of pupils) await device.enters();
    const estimates = new Map<Device, number>();
    for (const device of pupils) estimates.set(device, (await device.view()).room!.estimateSeconds!);
    const line = [...pupils, ...relatives];
    const calledAt = new Map<Device, number>();
    const from = test.nowSeconds;
    while (calledAt.size < line.length && test.nowSeconds < from + 60) {
      test.nowSeconds++;
      for (const device of line)
        if (!calledAt.has(device) && (await device.enters())) calledAt.set(device, test.nowSeconds - from);
    }
    expect([...calledAt.keys()]).toEqual(line);
    expect([...calledAt.values()]).toEqual(line.map((_, k) => k + 1));
    for (const device of pupils)
      expect(Math.abs(estimates.get(device)! - calledAt.get(device)!)).toBeLessThanOrEqual(1);
    // each has a pass now, and was counted once
    expect(await line[0]!.enters()).toBe(true);
    expect(test.agent.gate.counts.total.admitted).toBe(30);
  });

  it('never stands before somebody whose window it is, who gives the place up', async () => {
    test = await start({ room: room(0) });
    const device = pupil();
    const behind = relative();
    expect(await device.enters()).toBe(false);
    expect(await behind.enters()).toBe(false);
    test.nowSeconds = at(9, 50);
    expect(await device.enters()).toBe(true);
    expect((await behind.view()).room!.position).toBe(1);
  });

  it('nobody walks past those who wait: places of the walk-in quota are for the first of them', async () => {
    test = await start({ room: room(0), quotas: { walkInPerCell: 2, keptPerCell: 0, urgentPerCell: 0 } });
    const [a, b, c, d] = [pupil(), pupil(), pupil(), pupil()];
    expect([await a.enters(), await b.enters(), await c.enters(), await d.enters()]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    for (let k = 0; k < 5; k++) {
      test.nowSeconds += 59;
      expect([await c.enters(), await d.enters()]).toEqual([false, false]);
    }
    // the next five minutes have two places again
    test.nowSeconds += 10;
    const late = pupil();
    expect(await late.enters()).toBe(false);
    expect([await d.enters(), await c.enters(), await late.enters()]).toEqual([true, true, false]);
  });

  it('nobody waits behind whom a step gives no place of the walk-in quota, and each is told an own time', async () => {
    const rule = {
      id: 1,
      startsAt: at(0),
      endsAt: at(24),
      scope: { departments: [], profiles: [], levels: 2 },
      relativesWaitUntil: null,
      isLiveOnly: false,
      walkInPerMille: 500,
      idleMinutes: null,
      featuresOff: 0,
    };
    test = await start({
      room: room(0),
      quotas: { walkInPerCell: 4, keptPerCell: 0, urgentPerCell: 0 },
      rules: [rule],
    });
    const other = () => new Device(test, test.shown(['77$6e B']));
    // two of the four places are for those of 6e A too, the other two for the others alone
    const ofA = Array.from({ length: 4 }, pupil);
    for (const [k, device] of ofA.entries()) expect(await device.enters()).toBe(k < 2);
    const ofB = Array.from({ length: 3 }, other);
    for (const [k, device] of ofB.entries()) expect(await device.enters()).toBe(k < 2);
    const [cut, behind] = [(await ofA[2]!.view()).room!, (await ofB[2]!.view()).room!];
    expect([cut.position, behind.position]).toEqual([1, 3]);
    // places of the next five minutes bring the line on; nothing does where the step takes them all
    expect(behind.estimateSeconds).toBeLessThan(600);
    for (let k = 0; k < 4; k++) {
      test.nowSeconds += 60;
      expect([await ofA[2]!.enters(), await ofA[3]!.enters(), await ofB[2]!.enters()]).toEqual([false, false, false]);
    }
    test.nowSeconds += 60;
    expect([await ofA[2]!.enters(), await ofA[3]!.enters(), await ofB[2]!.enters()]).toEqual([true, true, true]);
  });

  it('tells an honest time by the walk-in quota that a step leaves, at any moment of the cell', async () => {
    const rule = {
      id: 1,
      startsAt: at(0),
      endsAt: at(24),
      scope: { departments: [], profiles: [] },
      relativesWaitUntil: null,
      isLiveOnly: false,
      walkInPerMille: 300,
      idleMinutes: null,
      featuresOff: 0,
    };
    test = await start({
      room: room(0),
      quotas: { walkInPerCell: 10, keptPerCell: 0, urgentPerCell: 0 },
      rules: [rule],
    });
    const all = Array.from({ length: 10 }, pupil);
    const inside = [];
    for (const device of all) inside.push(await device.enters());
    expect(inside.filter(Boolean)).toHaveLength(3);
    // three of each five minutes: of the seven who wait the last comes in the third cell after this one
    const told = (await all[9]!.view()).room!;
    expect(told.position).toBe(7);
    expect(told.estimateSeconds).toBeGreaterThan(900);
    expect(told.estimateSeconds).toBeLessThanOrEqual(1200);
    expect((await all[3]!.view()).room!.estimateSeconds).toBeLessThanOrEqual(400);
  });

  it('takes the walk-in quotas out of what the plan leaves', async () => {
    test = await start({ room: room(300), quotas: { walkInPerCell: 240, keptPerCell: 240, urgentPerCell: 0 } });
    test.nowSeconds = at(9, 50);
    const all = Array.from({ length: 12 }, pupil);
    // admitted today already: the kept places are for others, so only the room calls them
    for (const device of all) expect(await device.enters()).toBe(true);
    test.nowSeconds = at(10, 45);
    let called = 0;
    for (const device of all) if (await device.enters()) called++;
    // sixty of the cell are left beside the quota, of which half a minute is saved up
    expect(called).toBe(6);
    expect(test.agent.gate.quota.left.walkInCount).toBe(240);
  });

  it('lets nobody who has shown no class walk past those who wait', async () => {
    test = await start({ room: room(0), quotas: { walkInPerCell: 1, keptPerCell: 0, urgentPerCell: 0 } });
    const unknown = () => new Device(test);
    test.nowSeconds += 294;
    const [first, second] = [pupil(), pupil()];
    expect([await first.enters(), await second.enters()]).toEqual([true, false]);
    // the place of the next five minutes is of who waits
    test.nowSeconds += 8;
    expect(await unknown().enters()).toBe(false);
    expect([await second.enters(), await unknown().enters()]).toEqual([true, false]);
    test.nowSeconds += 300;
    expect([await unknown().enters(), test.agent.gate.quota.left.walkInCount]).toEqual([true, 0]);
  });

  it('gives no place of the walk-in quota twice when the agent is started again', async () => {
    test = await start({ room: room(0), quotas: { walkInPerCell: 3, keptPerCell: 0, urgentPerCell: 0 } });
    for (let k = 0; k < 2; k++) expect(await pupil().enters()).toBe(true);
    await test.agent.stop();
    await test.startAgent();
    await until(() => test.agent.room!.isOpen);
    expect([await pupil().enters(), await pupil().enters()]).toEqual([true, false]);
    // the next five minutes have their own
    test.nowSeconds += 300;
    expect(await pupil().enters()).toBe(true);
  });

  it('keeps the place of a closed tab for five minutes, and blocks nobody by it', async () => {
    test = await start({ room: room(0) });
    const [away, stays] = [pupil(), pupil()];
    await away.enters();
    await stays.enters();
    for (let k = 0; k < 4; k++) {
      test.nowSeconds += 60;
      await stays.enters();
    }
    expect((await stays.view()).room!.position).toBe(1);
    expect((await away.view()).room!.position).toBe(1);
    for (let k = 0; k < 7; k++) {
      test.nowSeconds += 60;
      await stays.enters();
    }
    expect((await away.view()).room!.position).toBe(2);
  });

  it('who is held back by a step waits beside the line until it is over', async () => {
    const rule = {
      id: 1,
      startsAt: at(0),
      endsAt: at(8, 1),
      scope: { departments: [], profiles: [RELATIVE] },
      relativesWaitUntil: at(8, 1),
      isLiveOnly: false,
      walkInPerMille: 1000,
      idleMinutes: null,
      featuresOff: 0,
    };
    test = await start({ rules: [rule] });
    const [held, later] = [relative(), pupil()];
    await held.enters();
    test.nowSeconds += 20;
    await later.enters();
    expect(await held.view()).toMatchObject({ room: { isHeld: true, estimateSeconds: null } });
    test.nowSeconds += 30;
    expect(await later.enters()).toBe(true);
    expect(await held.enters()).toBe(false);
    test.nowSeconds = at(8, 1);
    await held.enters();
    test.nowSeconds += 2;
    expect(await held.enters()).toBe(true);
  });

  it('gives no place of a cell twice when the agent is started again', async () => {
    test = await start({ room: room(4) });
    const all = Array.from({ length: 8 }, pupil);
    for (const device of all) await device.enters();
    const goOn = async (): Promise<number> => {
      let called = 0;
      for (let k = 0; k < 14; k++) {
        test.nowSeconds += 10;
        for (const device of [...all]) {
          if (!(await device.enters())) continue;
          all.splice(all.indexOf(device), 1);
          called++;
        }
      }
      return called;
    };
    const before = await goOn();
    expect(before).toBeGreaterThan(0);
    await test.agent.stop();
    await test.startAgent();
    await until(() => test.agent.held.current !== undefined && test.agent.gate.signsPasses && test.agent.room!.isOpen);
    expect(before + (await goOn())).toBeLessThanOrEqual(4);
  });

  it('programs show the ticket themselves: POST /decide', async () => {
    test = await start();
    const decide = async (body: object) =>
      (await (await fetch(`${test.url}/decide`, { method: 'POST', body: JSON.stringify(body) })).json()) as {
        kind: string;
        reason: string;
        pass: string;
        ticket: string | null;
        room: { position: number } | null;
        retryAfterSeconds: number | null;
      };
    const first = await decide({ visitor: { profile: 'pupil', classes: ['77$6e A'] }, knownBy: 'userinfo' });
    expect(first).toMatchObject({ kind: 'wait', reason: 'outside_window', room: { position: 1 } });
    expect(first.retryAfterSeconds).toBeLessThanOrEqual(6);
    test.nowSeconds += 2;
    expect(await decide({ pass: first.pass, ticket: first.ticket })).toMatchObject({
      kind: 'admit',
      reason: 'waiting_room',
      ticket: null,
    });
  });

  it('has no room where the plan does not say what it leaves, or refuses nobody', async () => {
    test = await TestAgent.start({}, { room: 'process' });
    const device = pupil();
    expect(await device.view()).toMatchObject({ kind: 'wait', room: null, ticket: null });
    expect(await test.status()).toMatchObject({ room: { isOpen: false } });
  });
});

(redisServer ? describe : describe.skip)('a waiting room that two agents share', () => {
  let redis: RealRedis;
  let one: TestAgent;
  let two: TestAgent;
  beforeAll(async () => {
    redis = await RealRedis.start(redisServer!);
    const settings = { room: [redis.url] };
    one = await TestAgent.start({ room: room() }, { ...settings, name: 'one' });
    two = await TestAgent.start({ room: room() }, { ...settings, name: 'two' });
    await until(() => one.agent.room!.isOpen && two.agent.room!.isOpen);
    await beats();
  });
  afterAll(async () => {
    await one.stop();
    await two.stop();
    await redis.stop();
  });

  const tick = (seconds: number): void => {
    one.nowSeconds += seconds;
    two.nowSeconds = one.nowSeconds;
  };
  const beats = async (): Promise<void> => {
    await until(async () => {
      await one.agent.room!.beat();
      await two.agent.room!.beat();
      return !one.agent.room!.isAway && !two.agent.room!.isAway;
    });
  };
  /** Someone who comes to one agent or the other. */
  const visitor = () => {
    const devices = [new Device(one, one.shown(['77$6e A'])), new Device(two)] as const;
    let last: Device = devices[0];
    const through = async (device: Device): Promise<boolean> => {
      if (device !== last) {
        device.ticket = last.ticket;
        device.keep(last.pass!);
      }
      last = device;
      return device.enters();
    };
    return { one: () => through(devices[0]), two: () => through(devices[1]), view: () => last.view() };
  };

  it('calls in one order whichever agent is asked, spends its lease without Redis for ten seconds, and goes on in order when it is back', async () => {
    const all = Array.from({ length: 60 }, visitor);
    for (const its of all) await its.one();
    expect((await all[59]!.view()).room!.position).toBe(60);
    tick(8);
    await beats();
    const called: number[] = [];
    const askAll = async (): Promise<number> => {
      let count = 0;
      for (const [k, its] of all.entries()) {
        if (called.includes(k) || !(await (k % 2 ? its.two() : its.one()))) continue;
        called.push(k);
        count++;
      }
      return count;
    };
    // from the end: only those who stand first are let in
    expect(await all[59]!.two()).toBe(false);
    const before = await askAll();
    expect(before).toBeGreaterThan(0);
    expect(called).toEqual([...called].sort((a, b) => a - b));

    await redis.kill();
    const leased = one.agent.room!.leasedCount + two.agent.room!.leasedCount;
    expect(leased).toBeGreaterThan(0);
    let alone = 0;
    for (let k = 0; k < 5; k++) {
      tick(2);
      alone += await askAll();
    }
    expect(alone).toBe(leased);
    // those who stood first, whoever asked
    expect(Math.max(...called)).toBeLessThan(called.length + leased);
    tick(3);
    expect(await askAll()).toBe(0);
    // a newcomer gets a place, of which nobody knows the number; a window lets in
    expect((await visitorAt(one).view()).room).toMatchObject({ position: null });
    expect(await new Device(one, one.shown(['9900003Y$CP'])).enters()).toBe(true);

    await redis.begin();
    await beats();
    // empty: every agent has said whom it let in, and those who wait find their order again before anybody is called
    const waiting = all.map((_, k) => k).filter((k) => !called.includes(k));
    for (const k of [...waiting].reverse()) expect(await all[k]!.one()).toBe(false);
    expect((await all[waiting[0]!]!.view()).room!.position).toBe(1);
    expect((await all[waiting.at(-1)!]!.view()).room!.position).toBe(waiting.length);
    for (let k = 0; k < 20 && called.length < all.length; k++) {
      tick(5);
      await askAll();
    }
    const after = called.slice(before + alone);
    expect(after.length).toBeGreaterThan(MOST_SAVED_SECONDS / 2);
    expect(after).toEqual([...after].sort((a, b) => a - b));
    expect(new Set(called).size).toBe(called.length);
    expect(one.agent.gate.counts.total.admitted + two.agent.gate.counts.total.admitted).toBe(called.length + 1);
  });

  it('spends no walk-in place while Redis is away, nor past those who waited when it is back', async () => {
    for (const { agent } of [one, two]) {
      const { content } = agent.held.current!.plan;
      Object.assign(content, { room: room(0), quotas: { walkInPerCell: 1, keptPerCell: 0, urgentPerCell: 0 } });
    }
    // those of the test before have gone
    tick(1200 - (one.nowSeconds % 300) + 10);
    await beats();
    await beats();
    expect(await visitorAt(one).enters()).toBe(true);
    const [first, second] = [visitor(), visitor()];
    expect([await first.one(), await second.one()]).toEqual([false, false]);

    await redis.kill();
    const newcomers: boolean[] = [];
    // beyond the lease, then two new cells with quotas of their own
    for (const seconds of [12, 300, 300]) {
      tick(seconds);
      for (const agent of [one, two]) newcomers.push(await visitorAt(agent).enters());
      newcomers.push(await first.two(), await second.one());
    }
    expect(newcomers).toEqual(Array(12).fill(false));
    expect(one.agent.room!.isAway && two.agent.room!.isAway).toBe(true);

    await redis.begin();
    await beats();
    const late = visitorAt(one);
    expect([await late.enters(), await second.one(), await first.one()]).toEqual([false, false, false]);
    tick(70);
    expect([await late.enters(), await second.one(), await first.one()]).toEqual([false, false, false]);
    tick(10);
    expect([await late.enters(), await second.one()]).toEqual([false, false]);
    expect([await first.one(), await late.enters(), await second.two(), await late.enters()]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it('lets nobody walk past those who wait at another agent, of whom it has not heard yet', async () => {
    for (const { agent } of [one, two]) {
      const { content } = agent.held.current!.plan;
      Object.assign(content, { room: room(0), quotas: { walkInPerCell: 2, keptPerCell: 0, urgentPerCell: 0 } });
    }
    tick(1200 - (one.nowSeconds % 300) + 10);
    await beats();
    await beats();
    for (let k = 0; k < 2; k++) expect(await visitorAt(one).enters()).toBe(true);
    const first = visitor();
    expect(await first.one()).toBe(false);
    // no beat in between: two places are left here, and one of them is of who waits there
    const [second, third] = [visitorAt(two), visitorAt(two)];
    expect([await second.enters(), await third.enters()]).toEqual([true, false]);
    expect(await first.two()).toBe(true);
    expect(await third.enters()).toBe(false);
  });

  it('gives each place of the walk-in quota once, however many ask at the same moment', async () => {
    for (const { agent } of [one, two]) {
      const { content } = agent.held.current!.plan;
      Object.assign(content, { room: room(0), quotas: { walkInPerCell: 2, keptPerCell: 0, urgentPerCell: 0 } });
    }
    tick(1200 - (one.nowSeconds % 300) + 10);
    await beats();
    await beats();
    const waiting = new Set(Array.from({ length: 24 }, (_, k) => visitorAt(k % 2 ? one : two)));
    const perCell: number[] = [];
    for (let cell = 0; cell < 4; cell++) {
      const inside = await Promise.all([...waiting].map(async (its) => ((await its.enters()) ? its : undefined)));
      inside.forEach((its) => its && waiting.delete(its));
      perCell.push(inside.filter(Boolean).length);
      for (const { agent } of [one, two]) expect(agent.gate.quota.left.walkInCount).toBeGreaterThanOrEqual(0);
      tick(300);
      await beats();
    }
    // places of an agent are for those who stand first, whichever agent these ask
    expect(Math.max(...perCell)).toBeLessThanOrEqual(4);
    expect(Math.min(...perCell)).toBeGreaterThanOrEqual(2);
  });

  const visitorAt = (agent: TestAgent) => new Device(agent, agent.shown(['77$6e A']));
});
