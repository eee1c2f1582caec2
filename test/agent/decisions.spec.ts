import { PUPIL } from '../../src/kernel/decision/visitor';
import { at, cell, stepOf, walkIns } from './gate-content';
import { cookieOf, TestAgent } from './test-agent';

describe('decisions beside the proxy', () => {
  let test: TestAgent;
  beforeEach(async () => {
    test = await TestAgent.start();
  });
  afterEach(() => test.stop());

  it('a pupil waits with 403 and an own Retry-After before the window, and enters in it with a pass that is not asked twice', async () => {
    const early = await test.get('/auth', test.shown(['77$6e A']));
    expect(early.status).toBe(403);
    expect(early.headers.get('x-etale-status')).toBe('503');
    // without it nginx opens a new connection for everybody who waits
    expect(early.headers.get('content-length')).toBe('0');
    const retryAfter = Number(early.headers.get('x-etale-retry-after'));
    expect(retryAfter).toBeGreaterThanOrEqual(at(9, 40) - at(8));
    expect(retryAfter).toBeLessThanOrEqual(at(9, 45) - at(8));
    test.nowSeconds = at(9, 50);
    const cookie = cookieOf(await test.get('/auth', { ...test.shown(['77$6e A']), cookie: cookieOf(early) }));
    for (let k = 0; k < 3; k++) expect((await test.get('/auth', { cookie: `a=1; ${cookie}` })).status).toBe(204);
    expect(test.agent.gate.counts.total).toMatchObject({ attempts: 2, admitted: 1, deferred: 1, passes: 3 });
    test.nowSeconds = at(10, 41);
    expect((await test.get('/auth', { cookie })).status).toBe(403);
  });

  it('a pass is good at any agent of the platform, and one whose letters were changed at none', async () => {
    test.nowSeconds = at(9, 50);
    const cookie = cookieOf(await test.get('/auth', test.shown(['77$6e A'])));
    const other = await TestAgent.start();
    other.nowSeconds = at(9, 51);
    expect((await other.get('/auth', { cookie })).status).toBe(204);
    for (const at of [20, cookie.length - 3]) {
      const changed = cookie.slice(0, at) + (cookie[at] === 'a' ? 'b' : 'a') + cookie.slice(at + 1);
      expect((await other.get('/auth', { cookie: changed })).status).toBe(401);
    }
    await other.stop();
  });

  it('a step in force is told to those whom it concerns, in their language, and holds for those who are inside', async () => {
    await test.stop();
    const rule = stepOf({
      startsAt: at(9),
      endsAt: at(11),
      scope: { departments: [], profiles: [PUPIL] },
      walkInPerMille: 0,
      idleMinutes: 5,
      featuresOff: 2,
      words: { fr: 'La vidéo <revient> à 11 h.', en: 'Video is back at 11.' },
    });
    test = await TestAgent.start({ rules: [rule] });
    test.nowSeconds = at(8);
    const early = cookieOf(await test.get('/auth', test.shown(['77$6e A'])));
    test.nowSeconds = at(9);
    const page = await (await test.get('/etale/wait', { cookie: early, 'accept-language': 'fr' })).text();
    expect(page).toContain('<p>La vidéo &lt;revient&gt; à 11 h.</p>');
    const twin = await (await test.get('/etale/wait?lang=en', { cookie: early, accept: 'application/json' })).json();
    expect(twin).toMatchObject({ kind: 'wait', notices: ['Video is back at 11.'] });
    const relative = await (
      await test.get('/etale/wait', { ...test.shown(['77$6e A'], 'relative'), accept: 'application/json' })
    ).json();
    expect(relative).toMatchObject({ notices: [] });
    test.nowSeconds = at(9, 50);
    const cookie = cookieOf(await test.get('/auth', { cookie: early }));
    const said = async () => {
      const { status, headers } = await test.get('/auth', { cookie });
      return [status, headers.get('x-etale-idle-minutes'), headers.get('x-etale-features-off')];
    };
    expect(await said()).toEqual([204, '5', 'video']);
    // the step ends, the pass goes on to its own end
    test.agent.held.current!.plan.content.rules = [{ ...rule, endsAt: test.nowSeconds }];
    expect(await said()).toEqual([204, '20', null]);
  });

  it('who is inside keeps the pass at a heavy feature: one that is on spends no second place, one that is off is refused alone', async () => {
    await test.stop();
    const rule = stepOf({ startsAt: at(7), endsAt: at(11), featuresOff: 2 });
    for (const room of ['off', 'process'] as const) {
      test = await TestAgent.start({ rules: [rule], quotas: walkIns(2) }, { room });
      const cookie = cookieOf(await test.get('/auth', test.shown(['77$6e A'])));
      const ask = async (headers: Record<string, string>) => {
        const { status, headers: said } = await test.get('/auth', { cookie, ...headers });
        return [status, said.get('x-etale-features-off'), said.get('set-cookie')];
      };
      for (let k = 0; k < 3; k++) expect(await ask({ 'x-etale-feature': 'news' })).toEqual([204, 'video', null]);
      const refused = await test.get('/auth', { cookie, 'x-etale-feature': 'video' });
      expect([refused.status, refused.headers.get('x-etale-reason')]).toEqual([403, 'feature_off']);
      const page = await test.get('/etale/wait', { cookie, 'x-etale-feature': 'video', accept: 'application/json' });
      expect([page.status, await page.json()]).toMatchObject([503, { reason: 'feature_off' }]);
      // whatever the two of them gave to the device, it is inside
      for (const answer of [refused, page]) {
        const kept = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
        expect((await test.get('/auth', { cookie: kept })).status).toBe(204);
      }
      expect(test.agent.gate.counts.total).toMatchObject({ attempts: 1, admitted: 1, refused: 0 });
      // the second place is there for somebody else
      expect((await test.get('/auth', test.shown(['77$6e A']))).status).toBe(204);
      expect((await test.get('/auth', test.shown(['77$6e A']))).status).toBe(403);
      await test.stop();
    }
    test = await TestAgent.start();
  });

  it('who is away for longer than a step grants has idled out, at any agent: the next page is decided anew', async () => {
    await test.stop();
    const rule = stepOf({ startsAt: at(7, 30), endsAt: at(9), idleMinutes: 5 });
    test = await TestAgent.start({ rules: [rule], quotas: walkIns(1) });
    test.nowSeconds = at(7);
    let cookie = cookieOf(await test.get('/auth', test.shown(['77$6e A'])));
    const page = async (now: number, by = test) => {
      by.nowSeconds = now;
      const { status, headers } = await by.get('/auth', { cookie });
      cookie = headers.get('set-cookie')?.split(';')[0] ?? cookie;
      return [status, headers.get('set-cookie') !== null];
    };
    // nobody was told before the step began; from then on who looks at a page now and then stays
    expect(await page(at(7, 50))).toEqual([204, true]);
    expect(await page(at(7, 54))).toEqual([204, true]);
    expect(await page(at(7, 54) + 30)).toEqual([204, false]);
    const other = await TestAgent.start({
      rules: [rule],
      quotas: walkIns(1),
    });
    other.nowSeconds = at(8, 1);
    // the place outside windows is somebody else's by now
    expect((await other.get('/auth', test.shown(['77$6e A']))).status).toBe(204);
    expect((await page(at(8, 1), other))[0]).toBe(403);
    await other.stop();
    expect(await page(at(8, 6))).toEqual([204, true]);
    expect(test.agent.gate.counts.total).toMatchObject({ attempts: 2, admitted: 2, passes: 3 });
    // after the step nobody idles out here, and a later one begins anew
    expect(await page(at(9, 10))).toEqual([204, false]);
    test.agent.held.current!.plan.content.rules = [{ ...rule, startsAt: at(9, 30), endsAt: at(11) }];
    expect(await page(at(9, 50))).toEqual([204, true]);
    expect((await page(at(9, 57)))[0]).toBe(204);
    expect(test.agent.gate.counts.total).toMatchObject({ attempts: 3, admitted: 3 });
  });

  it('counts how long visits were from the admission to the last page, of one visitor in four', async () => {
    test.nowSeconds = at(9, 50);
    const cookies: string[] = [];
    for (let k = 0; k < 60; k++) cookies.push(cookieOf(await test.get('/auth', test.shown(['77$6e A']))));
    test.nowSeconds = at(9, 58);
    for (const cookie of cookies) await test.get('/auth', { cookie });
    // twenty idle minutes later somebody else asks for something
    test.nowSeconds = at(10, 20);
    await test.get('/auth', test.shown(['77$6e A']));
    const [row] = test.agent.gate.counts.oldest()!.windows;
    expect(row).toMatchObject({ audience: 'pupils', admitted: 61, startCell: cell(9, 45) });
    expect(row!.ended).toBeGreaterThan(0);
    expect(row!.ended).toBeLessThan(40);
    expect(row!.staySeconds).toBe(row!.ended * 8 * 60);
  });

  it('who is inside and asks for an urgent pass in vain stays until the end that was said', async () => {
    await test.stop();
    test = await TestAgent.start({ quotas: walkIns(0) });
    test.nowSeconds = at(9, 50);
    const cookie = cookieOf(await test.get('/auth', test.shown(['77$6e A'])));
    // the window is over, its drain is not
    test.nowSeconds = at(10, 31);
    const refused = await fetch(`${test.url}/etale/urgent`, {
      method: 'POST',
      headers: { cookie },
      redirect: 'manual',
    });
    expect(refused.status).toBe(503);
    expect((await test.get('/auth', { cookie: cookieOf(refused) })).status).toBe(204);
    test.nowSeconds = at(10, 41);
    expect((await test.get('/auth', { cookie: cookieOf(refused) })).status).toBe(403);
  });

  it('the next pupil on the same device is not admitted by the window of the one before', async () => {
    test.nowSeconds = at(9, 50);
    const cookie = cookieOf(await test.get('/auth', test.shown(['77$6e A'])));
    expect((await test.get('/auth', { cookie, ...test.shown(['77$6e B']) })).status).toBe(403);
  });

  it('a class that was only chosen never becomes one that was shown, however often the pass comes back', async () => {
    test.nowSeconds = at(9, 50);
    const chosen = await test.choose();
    expect(chosen.status).toBe(303);
    let cookie = cookieOf(chosen);
    for (let k = 0; k < 3; k++) {
      const answer = await test.get('/auth', { cookie });
      expect(answer.status).toBe(403);
      cookie = cookieOf(answer);
    }
  });

  it('a child is added to the pass: the windows of all of them, and the admission is decided anew', async () => {
    test.nowSeconds = at(8);
    const first = cookieOf(await test.get('/auth', test.shown(['77$6e A'], 'unknown')));
    const both = await test.get('/auth', { cookie: first, ...test.shown(['77$6e B'], 'unknown') });
    expect(both.status).toBe(403);
    test.nowSeconds = at(10, 50);
    expect((await test.get('/auth', { cookie: first })).status).toBe(403);
    expect((await test.get('/auth', { cookie: cookieOf(both) })).status).toBe(204);
  });

  it('staff enter always, and whom no campaign binds; a header that nobody signed shows nothing', async () => {
    expect((await test.get('/auth', test.shown(['77$6e A'], 'staff'))).status).toBe(204);
    expect((await test.get('/auth', test.shown(['9900003Y$CP']))).status).toBe(204);
    const [body] = test.shown(['77$6e A'], 'staff')['x-etale-visitor']!.split('.');
    expect((await test.get('/auth', { 'x-etale-visitor': `${body}.AAAA` })).status).toBe(401);
    expect((await test.get('/auth')).status).toBe(401);
  });

  it('callbacks of the federation, logout and assets are never gated, and no path climbs out of them', async () => {
    for (const path of ['/auth/saml/acs', '/logout?x=1', '/assets/a.css'])
      expect((await test.get('/auth', { 'x-original-uri': path })).status).toBe(204);
    for (const path of ['/', '/assets/../timeline', '/assets/%2e%2e/timeline', '/x?y=/assets/'])
      expect((await test.get('/auth', { 'x-original-uri': path })).status).toBe(401);
    expect((await test.get('/auth', { 'x-etale-session': 'running' })).status).toBe(204);
  });

  it('an urgent pass is given within its quota of the cell', async () => {
    const ask = () =>
      fetch(`${test.url}/etale/urgent`, { method: 'POST', headers: test.shown(['77$6e A']), redirect: 'manual' });
    const given = await ask();
    expect(given.status).toBe(303);
    expect((await test.get('/auth', { cookie: cookieOf(given) })).status).toBe(204);
    expect((await ask()).status).toBe(503);
    test.nowSeconds += 300;
    expect((await ask()).status).toBe(303);
  });

  it('answers programs of the machine in JSON and tells them what they wrote wrong', async () => {
    const ask = async (body: unknown) => {
      const response = await test.decide(body);
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    const visitor = { profile: 'pupil', classes: ['77$6e A'] };
    expect((await ask({ visitor, knownBy: 'userinfo' })).body).toMatchObject({
      kind: 'wait',
      reason: 'outside_window',
      opensAt: '2025-12-01T08:40:00.000Z',
    });
    test.nowSeconds = at(9, 50);
    expect((await ask({ visitor })).body).toMatchObject({ kind: 'wait' });
    const admitted = await ask({ visitor, knownBy: 'userinfo' });
    expect(admitted.body).toMatchObject({ kind: 'admit', reason: 'window' });
    expect((await ask({ pass: admitted.body.pass })).body).toMatchObject({ kind: 'admit', reason: 'pass' });
    const { attempts } = test.agent.gate.counts.total;
    const foreseen = { visitor, knownBy: 'userinfo', at: '2025-12-01T09:00:00+01:00' };
    expect((await ask(foreseen)).body).toMatchObject({ kind: 'wait', opensAt: '2025-12-01T08:40:00.000Z', pass: null });
    expect((await ask({ ...foreseen, at: '2025-12-01T10:00:00+01:00' })).body).toMatchObject({ kind: 'admit' });
    expect(test.agent.gate.counts.total.attempts).toBe(attempts);
    expect(await ask({ ...foreseen, at: '2025-12-01' })).toMatchObject({ status: 400 });
    expect(await ask({ visitors: 1 })).toMatchObject({ status: 400, body: { code: 'agent.unknown_field' } });
    expect(await ask({ visitor, knownBy: 'rumour' })).toMatchObject({
      status: 400,
      body: { code: 'agent.field_invalid' },
    });
  });
});
