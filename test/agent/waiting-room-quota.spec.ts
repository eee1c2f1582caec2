import { at, stepOf, walkIns } from './gate-content';
import { Device } from './device';
import { agentWithRoom, pupilAt, room } from './waiting-room';
import { type TestAgent } from './test-agent';
import { until } from '../until';

describe('the waiting room of an agent', () => {
  let test: TestAgent;
  afterEach(() => test.stop());
  const pupil = () => pupilAt(test);

  it('nobody walks past those who wait: places of the walk-in quota are for the first of them', async () => {
    test = await agentWithRoom({ room: room(0), quotas: walkIns(2) });
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
    const rule = stepOf({ scope: { departments: [], profiles: [], levels: 2 }, walkInPerMille: 500 });
    test = await agentWithRoom({
      room: room(0),
      quotas: walkIns(4),
      rules: [rule],
    });
    const other = () => pupilAt(test, '6e B');
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
    const rule = stepOf({ walkInPerMille: 300 });
    test = await agentWithRoom({
      room: room(0),
      quotas: walkIns(10),
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
    test = await agentWithRoom({ room: room(300), quotas: walkIns(240, 240) });
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
    test = await agentWithRoom({ room: room(0), quotas: walkIns(1) });
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
    test = await agentWithRoom({ room: room(0), quotas: walkIns(3) });
    for (let k = 0; k < 2; k++) expect(await pupil().enters()).toBe(true);
    await test.agent.stop();
    await test.startAgent();
    await until(() => test.agent.room!.isOpen);
    expect([await pupil().enters(), await pupil().enters()]).toEqual([true, false]);
    // the next five minutes have their own
    test.nowSeconds += 300;
    expect(await pupil().enters()).toBe(true);
  });
});
