import { at, cell, stepOf, walkIns } from './gate-content';
import { cookieOf, TestAgent } from './test-agent';

describe('a posture that refuses nobody', () => {
  it('lets in and counts who would have been told to wait, by department and profile, before anybody is', async () => {
    const test = await TestAgent.start({ posture: 'shadow' });
    expect((await test.get('/auth', test.shown(['77$6e A']))).status).toBe(204);
    await test.agent.stop();
    expect(test.service.batches[0]!.cells).toEqual([
      expect.objectContaining({
        department: '59',
        profile: 'pupil',
        level: 1,
        admitted: 1,
        attempts: 1,
        wouldRefuse: 1,
      }),
    ]);
    expect(test.service.batches[0]!.windows).toEqual([
      expect.objectContaining({
        audience: 'pupils',
        ownerId: 11,
        startCell: null,
        onDate: '2025-12-01',
        wouldRefuse: 1,
      }),
    ]);
    await test.startAgent();
    await test.stop();
  });
});

describe('the walk-in quota', () => {
  it('lets in as many as it holds in five minutes, those not admitted today first', async () => {
    const test = await TestAgent.start({ quotas: { walkInPerCell: 4, keptPerCell: 2, urgentPerCell: 1 } });
    const ask = () => test.get('/auth', test.shown(['77$6e A']));
    const statuses = [];
    for (let k = 0; k < 6; k++) statuses.push((await ask()).status);
    expect(statuses).toEqual([204, 204, 204, 204, 403, 403]);
    await test.stop();
  });

  it('is cut by a step as a whole: of a hundred in five minutes it leaves thirty, however many have come', async () => {
    const rule = stepOf({ startsAt: at(7), endsAt: at(9), walkInPerMille: 300 });
    const test = await TestAgent.start({
      rules: [rule],
      quotas: { walkInPerCell: 100, keptPerCell: 0, urgentPerCell: 1 },
    });
    const letIn = async (count: number) => {
      const statuses = await Promise.all(
        Array.from({ length: count }, () => test.get('/auth', test.shown(['77$6e A']))),
      );
      return statuses.filter(({ status }) => status === 204).length;
    };
    expect(await letIn(120)).toBe(30);
    test.nowSeconds += 300;
    expect(await letIn(40)).toBe(30);
    // the step ends: the rest of the quota is there again
    test.agent.held.current!.plan.content.rules = [];
    expect(await letIn(100)).toBe(70);
    await test.stop();
  });
});

describe('what is counted of who came', () => {
  it('counts a visitor told to wait once a day, and once more where the visitor was refused: as people, beside those let in', async () => {
    const test = await TestAgent.start({ campaigns: [{ days: [[at(0), at(48)]] }] });
    let cookie = cookieOf(await test.get('/auth'));
    const come = async (path: string, headers: Record<string, string> = {}): Promise<number> => {
      const answer = await test.get(path, { cookie, ...headers });
      if (answer.headers.has('set-cookie')) cookie = cookieOf(answer);
      return answer.status;
    };
    expect(await come('/auth')).toBe(401);
    // what proxies do: the answer's cookie is lost, the page's arrives
    for (const now of [at(8), at(8, 20), at(9, 10)]) {
      test.nowSeconds = now;
      expect((await test.get('/auth', { cookie, ...test.shown(['77$6e A']) })).status).toBe(403);
      expect(await come('/etale/wait', test.shown(['77$6e A']))).toBe(503);
    }
    test.nowSeconds = at(9, 50);
    expect(await come('/auth')).toBe(204);
    test.nowSeconds = at(11);
    expect(await come('/auth')).toBe(403);
    test.nowSeconds = at(32);
    expect(await come('/auth')).toBe(403);
    // a page that was only looked at, by a link, says nothing of a count that never was
    const linked = cookieOf(await test.choose());
    expect((await test.get('/auth', { cookie: linked })).status).toBe(403);
    await test.agent.stop();
    const sums = test.service.batches
      .flatMap(({ cells }) => cells)
      .map(({ cell: its, profile, admitted, deferred, refused }) => [its, profile, admitted, deferred, refused]);
    expect(sums.filter(([, , ...counts]) => counts.some((count) => count !== 0)).sort()).toEqual([
      [cell(8), 'pupil', 0, 1, 0],
      [cell(8), 'unknown', 0, 0, 1],
      [cell(9, 50), 'pupil', 1, 0, 0],
      [cell(32), 'chosen', 0, 1, 0],
      [cell(32), 'pupil', 0, 1, 0],
    ]);
    await test.startAgent();
    await test.stop();
  });

  it('tells apart who only chose a class, and counts to the school whose class the plan does not know', async () => {
    const test = await TestAgent.start({ quotas: walkIns(4) });
    test.nowSeconds = at(9, 50);
    const chosen = await test.choose();
    expect((await test.get('/auth', { cookie: cookieOf(chosen) })).status).toBe(204);
    const visitor = { profile: 'pupil', classes: ['77$6e Z'], levels: 2 };
    const came = await test.decide({ visitor, knownBy: 'userinfo' });
    expect(await came.json()).toMatchObject({ kind: 'admit', reason: 'level_window' });
    await test.agent.stop();
    const [batch] = test.service.batches;
    expect(batch!.cells.map(({ profile, admitted }) => [profile, admitted])).toEqual([
      ['chosen', 1],
      ['pupil', 1],
    ]);
    expect(batch!.windows.map(({ audience, ownerId, startCell }) => [audience, ownerId, startCell])).toEqual([
      ['pupils', 11, null],
      ['school', 50, cell(9, 50)],
    ]);
    await test.startAgent();
    await test.stop();
  });
});
