import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { installed, RealProxy } from '../../bench/real-proxy';
import { at } from './gate-content';
import { cookieOf, TestAgent } from './test-agent';

const proxies = [
  ['nginx', installed('nginx'), (file: string, port: number) => RealProxy.nginx(file, port)],
  ['HAProxy', installed('haproxy'), (file: string, port: number) => RealProxy.haproxy(file, port)],
] as const;

for (const [name, file, start] of proxies) {
  (file ? describe : describe.skip)(`${name} before the ENT`, () => {
    let test: TestAgent;
    let proxy: RealProxy;
    const get = (path: string, headers: Record<string, string> = {}) =>
      fetch(`${proxy.url}${path}`, { headers, redirect: 'manual' });
    beforeAll(async () => {
      test = await TestAgent.start();
      proxy = await start(file!, test.agent.port);
    });
    afterAll(async () => {
      await proxy.stop();
      await test.stop();
    });

    it('gives who waits the page with 503 and the own Retry-After, and nothing to the ENT', async () => {
      test.nowSeconds = at(8);
      const answer = await get('/timeline?a=1', { ...test.shown(['77$6e A']), 'accept-language': 'fr' });
      expect(answer.status).toBe(503);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(at(9, 40) - at(8));
      const page = await answer.text();
      expect(page).toContain('Votre classe 6e A ouvre à 9\u00a0h\u00a040');
      expect(page).toContain('url=/timeline?a=1');
      expect(proxy.seen).toEqual([]);
    });

    it('lets in whom the agent admits, hands over the pass, and asks with it from then on', async () => {
      test.nowSeconds = at(9, 50);
      const first = await get('/timeline', test.shown(['77$6e A']));
      expect(await first.text()).toBe('the ENT');
      const { attempts } = test.agent.gate.counts.total;
      const again = await get('/timeline', { cookie: cookieOf(first) });
      expect(again.status).toBe(200);
      expect(test.agent.gate.counts.total.attempts).toBe(attempts);
      expect(proxy.seen.length).toBe(2);
    });

    it('gives machines the JSON twin, asks nobody about federation callbacks, and takes no word for a running session', async () => {
      test.nowSeconds = at(8);
      const twin = await get('/api', { ...test.shown(['77$6e A']), accept: 'application/json' });
      expect(await twin.json()).toMatchObject({ kind: 'wait', opensAt: '2025-12-01T09:40:00+01:00' });
      expect((await get('/auth/saml/acs')).status).toBe(200);
      expect((await get('/timeline', { 'x-etale-session': 'running' })).status).toBe(503);
      expect((await get('/etale/wait')).status).toBe(503);
    });

    it('says itself which feature a path is and where a session runs, and hands the ENT what is off', async () => {
      test.nowSeconds = at(9, 50);
      const { content } = test.agent.held.current!.plan;
      const cookie = cookieOf(await get('/timeline', test.shown(['77$6e A'])));
      expect((await get('/video/1', { cookie })).status).toBe(200);
      content.rules = [
        {
          id: 1,
          startsAt: at(9),
          endsAt: at(11),
          scope: { departments: [], profiles: [] },
          relativesWaitUntil: null,
          isLiveOnly: false,
          walkInPerMille: 0,
          idleMinutes: 5,
          featuresOff: 2,
        },
      ];
      const off = await get('/video/1', { cookie, 'accept-language': 'fr' });
      expect([off.status, await off.text()]).toEqual([
        503,
        expect.stringContaining('Ce service est suspendu pour le moment'),
      ]);
      const seen = proxy.seen.length;
      expect(
        (await get('/timeline', { cookie, 'x-etale-feature': 'video', 'x-etale-features-off': 'none' })).status,
      ).toBe(200);
      expect(proxy.seen[seen]).toMatchObject({ 'x-etale-idle-minutes': '5', 'x-etale-features-off': 'video' });
      content.rules = [];
      test.nowSeconds = at(8);
      expect((await get('/upload/next', test.shown(['77$6e A']))).status).toBe(200);
    });

    it('says how the ENT answers to one request in ten, and nothing of the pages of those who wait', async () => {
      const { measurements } = test.agent.gate;
      const measured = async (clock: number, count: number, headersOf: () => Record<string, string>) => {
        test.nowSeconds = clock;
        const headers = headersOf();
        for (let k = 0; k < count; k += 10)
          await Promise.all(
            Array.from({ length: 10 }, (_, j) => get((k + j) % 4 === 0 ? '/broken' : '/timeline', headers)),
          );
        // a line is written after its answer
        await new Promise((go) => setTimeout(go, 50));
        return measurements.due(clock + 60).at(-1)!;
      };
      test.nowSeconds = at(9, 10);
      measurements.due(test.nowSeconds);
      const waiting = await measured(at(9, 20), 400, () => test.shown(['77$6e A']));
      expect(waiting).not.toHaveProperty('requestCount');
      test.nowSeconds = at(9, 50);
      const cookie = cookieOf(await get('/timeline', test.shown(['77$6e A'])));
      // 60 lines are expected of 600 requests, 15 of them errors
      const inside = await measured(at(9, 51), 600, () => ({ cookie }));
      expect(inside.requestCount).toBeGreaterThan(25);
      expect(inside.requestCount).toBeLessThan(110);
      expect(inside.errorsPerMille).toBeGreaterThan(40);
      expect(inside.errorsPerMille).toBeLessThan(550);
      expect(inside.latencyMilliseconds).toBeLessThan(10_000);
    });
  });

  (file ? describe : describe.skip)(`${name} before an agent that is dead`, () => {
    it('answers 503 with a Retry-After of seconds', async () => {
      const proxy = await start(file!, 1);
      const answer = await fetch(`${proxy.url}/timeline`);
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('5');
      await proxy.stop();
    });
  });
}

const configuration = (name: string): string => readFileSync(resolve(__dirname, '../../gateways', name), 'utf8');
/** What stands between two words of a configuration. */
const between = (text: string, from: string, to: string): string => text.split(from)[1]!.split(to)[0]!;
const exactNames = (text: string): string[] => [...text.matchAll(/exact: ([a-z-]+)/g)].map(([, name]) => name!);

/** What each of the two asks the agent about a visitor's request, as its documentation says and as `gateways/` configures it. */
const PROXIES = {
  Traefik: () => {
    const text = configuration('traefik/etale.yml');
    const address = /address: (\S+)/.exec(text)![1]!;
    const isTrusting = !text.includes('trustForwardHeader: false');
    const passed = between(text, 'authRequestHeaders:', 'authResponseHeaders:')
      .toLowerCase()
      .match(/[a-z][a-z-]+/g)!;
    return {
      status: 503,
      request: (path: string, sent: Record<string, string>) => {
        // it writes these itself, and those of the visitor only where it is told to trust them
        const its: Record<string, string> = {
          'x-forwarded-uri': path,
          'x-forwarded-method': 'POST',
          'x-forwarded-proto': 'https',
        };
        for (const [name, value] of Object.entries(sent))
          if (passed.includes(name) && (isTrusting || !(name in its))) its[name] = value;
        return { path: new URL(address).pathname, headers: its };
      },
      answer: (answer: Response) => ({ status: answer.status, header: (name: string) => answer.headers.get(name) }),
    };
  },
  Envoy: () => {
    const text = configuration('envoy/etale.yaml');
    const prefix = /path_prefix: (\S+)/.exec(text)![1]!;
    const passed = exactNames(between(text, ' allowed_headers:', 'http_service:')).concat('authorization');
    const back = exactNames(between(text, ' allowed_client_headers:', 'allowed_client_headers_on_success:'));
    return {
      status: 429,
      request: (path: string, sent: Record<string, string>) => ({
        path: prefix + path,
        headers: Object.fromEntries(
          Object.entries({ ...sent, 'x-forwarded-proto': 'https' }).filter(([name]) => passed.includes(name)),
        ),
      }),
      // of any 5xx it makes a failure of the service
      answer: (answer: Response) => ({
        status: answer.status >= 500 ? 0 : answer.status,
        header: (name: string) => (back.includes(name) ? answer.headers.get(name) : null),
      }),
    };
  },
};

describe('the protocol of Traefik (ForwardAuth) and Envoy (ext_authz), as gateways/ configures them', () => {
  let test: TestAgent;
  beforeAll(async () => {
    test = await TestAgent.start();
  });
  afterAll(() => test.stop());
  for (const [name, proxyOf] of Object.entries(PROXIES)) {
    const proxy = proxyOf();
    const ask = async (path: string, sent: Record<string, string>) => {
      const asked = proxy.request(path, sent);
      const answer = await test.get(asked.path, asked.headers);
      return { ...proxy.answer(answer), text: await answer.text() };
    };

    it(`${name} gets 200 for who is admitted, and for who is not the answer of the visitor itself`, async () => {
      test.nowSeconds = at(8);
      const wait = await ask('/timeline?page=2', {
        ...test.shown(['77$6e A']),
        'accept-language': 'en',
        accept: 'text/html',
      });
      expect(wait.status).toBe(proxy.status);
      expect(wait.header('retry-after')).toMatch(/^\d+$/);
      expect([wait.header('content-type'), wait.header('cache-control')]).toEqual([
        'text/html; charset=utf-8',
        'no-store',
      ]);
      expect(wait.header('content-security-policy')).toContain("default-src 'none'");
      expect(wait.text).toContain('Your class 6e A opens at 09:40');
      expect(wait.text).toContain('url=/timeline?page=2');
      test.nowSeconds = at(9, 50);
      const admitted = await ask('/timeline', { ...test.shown(['77$6e A']) });
      expect(admitted.status).toBe(200);
      const cookie = admitted.header('set-cookie')!;
      expect(cookie).toMatch(/; HttpOnly; SameSite=Lax; Secure$/);
      expect((await ask('/timeline', { cookie: cookie.split(';')[0]! })).status).toBe(200);
      expect((await ask('/logout', {})).status).toBe(200);
      expect((await ask('/etale/wait', {})).status).toBe(200);
    });

    it(`${name} hands over nothing that a visitor claims: another path, a running session, an urgent need`, async () => {
      test.nowSeconds = at(8);
      const claims = {
        'x-forwarded-uri': '/logout',
        'x-original-uri': '/logout',
        'x-etale-session': 'running',
        'x-etale-urgent': '1',
      };
      expect((await ask('/timeline', { ...test.shown(['77$6e A']), ...claims })).status).toBe(proxy.status);
    });

    it(`${name} gets the JSON twin for a program`, async () => {
      test.nowSeconds = at(8);
      const wait = await ask('/api', { ...test.shown(['77$6e A']), accept: 'application/json' });
      expect([wait.status, wait.header('content-type')]).toEqual([proxy.status, 'application/json']);
      expect(JSON.parse(wait.text)).toMatchObject({ kind: 'wait', reason: 'outside_window' });
    });
  }
});
