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
    const get = (path: string, headers: Record<string, string> = {}) => fetch(`${proxy.url}${path}`, { headers, redirect: 'manual' }); // prettier-ignore
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
      expect(page).toContain('Votre classe 6e A ouvre à 09:40');
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

describe('the protocol of Traefik (ForwardAuth) and Envoy (ext_authz)', () => {
  let test: TestAgent;
  beforeAll(async () => {
    test = await TestAgent.start();
  });
  afterAll(() => test.stop());
  const asked: [string, (path: string) => [string, Record<string, string>]][] = [
    ['Traefik', (path) => ['/forward-auth', { 'x-forwarded-uri': path, 'x-forwarded-method': 'POST' }]],
    ['Envoy', (path) => [`/forward-auth${path}`, {}]],
  ];
  for (const [name, requestOf] of asked) {
    it(`${name} gets 200 for who is admitted, and for who is not the answer of the visitor itself`, async () => {
      const [path, headers] = requestOf('/timeline');
      test.nowSeconds = at(8);
      const wait = await test.get(path, { ...headers, ...test.shown(['77$6e A']), 'accept-language': 'en' });
      expect(wait.status).toBe(503);
      expect(wait.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(await wait.text()).toContain('Your class 6e A opens at 09:40');
      test.nowSeconds = at(9, 50);
      const admitted = await test.get(path, { ...headers, ...test.shown(['77$6e A']) });
      expect(admitted.status).toBe(200);
      expect((await test.get(path, { ...headers, cookie: cookieOf(admitted) })).status).toBe(200);
      const [open, ofOpen] = requestOf('/logout');
      expect((await test.get(open, ofOpen)).status).toBe(200);
    });
  }
});
