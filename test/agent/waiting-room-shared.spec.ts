import { installed } from '../../bench/real-proxy';
import { RealRedis } from '../../bench/real-redis';
import { MOST_SAVED_SECONDS } from '../../src/agent/room-store';
import { walkIns } from './gate-content';
import { Device } from './device';
import { pupilAt, room } from './waiting-room';
import { TestAgent } from './test-agent';
import { until } from '../until';

const redisServer = installed('redis-server') ?? installed('valkey-server');

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
    const devices = [pupilAt(one), new Device(two)] as const;
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
  /** The plan leaves nothing but so many walk-in places of a cell, and those of the test before have gone. */
  const leaveWalkInsOnly = async (walkInPerCell: number): Promise<void> => {
    for (const { agent } of [one, two]) {
      const { content } = agent.held.current!.plan;
      Object.assign(content, { room: room(0), quotas: walkIns(walkInPerCell) });
    }
    tick(1200 - (one.nowSeconds % 300) + 10);
    await beats();
    await beats();
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
    expect((await pupilAt(one).view()).room).toMatchObject({ position: null });
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
    await leaveWalkInsOnly(1);
    expect(await pupilAt(one).enters()).toBe(true);
    const [first, second] = [visitor(), visitor()];
    expect([await first.one(), await second.one()]).toEqual([false, false]);

    await redis.kill();
    const newcomers: boolean[] = [];
    // beyond the lease, then two new cells with quotas of their own
    for (const seconds of [12, 300, 300]) {
      tick(seconds);
      for (const agent of [one, two]) newcomers.push(await pupilAt(agent).enters());
      newcomers.push(await first.two(), await second.one());
    }
    expect(newcomers).toEqual(Array(12).fill(false));
    expect(one.agent.room!.isAway && two.agent.room!.isAway).toBe(true);

    await redis.begin();
    await beats();
    const late = pupilAt(one);
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
    await leaveWalkInsOnly(2);
    for (let k = 0; k < 2; k++) expect(await pupilAt(one).enters()).toBe(true);
    const first = visitor();
    expect(await first.one()).toBe(false);
    // no beat in between: two places are left here, and one of them is of who waits there
    const [second, third] = [pupilAt(two), pupilAt(two)];
    expect([await second.enters(), await third.enters()]).toEqual([true, false]);
    expect(await first.two()).toBe(true);
    expect(await third.enters()).toBe(false);
  });

  it('gives each place of the walk-in quota once, however many ask at the same moment', async () => {
    await leaveWalkInsOnly(2);
    const waiting = new Set(Array.from({ length: 24 }, (_, k) => pupilAt(k % 2 ? one : two)));
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
});
