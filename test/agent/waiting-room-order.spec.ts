import { RELATIVE } from '../../src/kernel/decision/visitor';
import { at, stepOf } from './gate-content';
import type { Device } from './device';
import { agentWithRoom, pupilAt, relativeAt, room } from './waiting-room';
import { TestAgent } from './test-agent';
import { until } from '../until';

describe('the waiting room of an agent', () => {
  let test: TestAgent;
  afterEach(() => test.stop());
  const pupil = () => pupilAt(test);
  const relative = () => relativeAt(test);

  it('gives who is outside the window a place, in the page without JavaScript and in its JSON twin', async () => {
    test = await agentWithRoom({ room: room(0) });
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
    test = await agentWithRoom({ room: room(0) });
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
    test = await agentWithRoom();
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
    test = await agentWithRoom({ room: room(0) });
    const device = pupil();
    const behind = relative();
    expect(await device.enters()).toBe(false);
    expect(await behind.enters()).toBe(false);
    test.nowSeconds = at(9, 50);
    expect(await device.enters()).toBe(true);
    expect((await behind.view()).room!.position).toBe(1);
  });

  it('keeps the place of a closed tab for five minutes, and blocks nobody by it', async () => {
    test = await agentWithRoom({ room: room(0) });
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
    const rule = stepOf({
      endsAt: at(8, 1),
      scope: { departments: [], profiles: [RELATIVE] },
      relativesWaitUntil: at(8, 1),
    });
    test = await agentWithRoom({ rules: [rule] });
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
    test = await agentWithRoom({ room: room(4) });
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
    test = await agentWithRoom();
    const decide = async (body: object) =>
      (await (await test.decide(body)).json()) as {
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
