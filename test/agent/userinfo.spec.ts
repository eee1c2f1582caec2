import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { classLinkText } from '../../src/common/class-link';
import { at } from './gate-content';
import { cookieOf, TestAgent } from './test-agent';

/** As the ENT's userinfo of version 1.0 answers: with far more than a gateway may know. */
const PERSON = {
  login: 'a.martin',
  firstName: 'Alice',
  lastName: 'Martin',
  birthDate: '2013-04-01',
  uai: ['9900002X'],
};
const SAID: Record<string, object> = {
  'in-6a': { ...PERSON, type: 'ELEVE', classId: '77$6e A' },
  'in-6b': { ...PERSON, type: 'ELEVE', classId: '77$6e B' },
  teacher: { ...PERSON, type: 'ENSEIGNANT', classId: null },
  parent: { ...PERSON, type: 'PERSRELELEVE', classes: ['77$6e A', '77$6e B'] },
  'new-class': { ...PERSON, type: 'ELEVE', classId: '77$6e Z' },
};

describe('how the classes of a visitor are known', () => {
  let ent: Server;
  let test: TestAgent;
  const asked: string[] = [];
  beforeAll(async () => {
    ent = createServer((request, response) => {
      const token = String(request.headers.authorization).replace('Bearer ', '');
      asked.push(token);
      if (token === 'broken') return void response.writeHead(500).end();
      const said = SAID[token];
      // an ENT sends who is not signed in to its log-in page
      if (!said) return void response.writeHead(302, { location: '/auth/login' }).end();
      response.setHeader('content-type', 'application/json').end(JSON.stringify(said));
    });
    ent.listen(0, '127.0.0.1');
    await once(ent, 'listening');
    test = await TestAgent.start(
      {},
      { userinfoUrl: `http://127.0.0.1:${(ent.address() as AddressInfo).port}/auth/oauth2/userinfo` },
    );
  });
  beforeEach(() => {
    test.nowSeconds = at(9, 50);
    asked.length = 0;
  });
  afterAll(async () => {
    await test.stop();
    ent.close();
    ent.closeAllConnections();
  });
  const ask = (token: string, more: Record<string, string> = {}) =>
    test.get('/auth', { authorization: `Bearer ${token}`, ...more });
  const reasonOf = (answer: Response) => [answer.status, answer.headers.get('x-etale-reason')];

  it('the ENT is asked once per log-in, and only profile, schools and classes of its answer are used', async () => {
    const first = await ask('in-6a');
    expect(reasonOf(first)).toEqual([204, 'window']);
    const cookie = cookieOf(first);
    for (let k = 0; k < 3; k++) expect((await ask('in-6a', { cookie })).status).toBe(204);
    expect((await ask('in-6a')).status).toBe(204);
    expect(asked).toEqual(['in-6a']);
    expect(reasonOf(await ask('teacher'))).toEqual([204, 'staff']);
    expect(reasonOf(await ask('in-6b'))).toEqual([403, 'outside_window']);
    // a class that the plan does not know leaves its school: the class is asked for
    expect((await ask('new-class')).status).toBe(401);
    const page = await (await test.get('/etale/wait', { cookie, accept: 'application/json' })).text();
    expect(page + cookie + JSON.stringify(await test.status())).not.toMatch(/martin|alice|2013/i);
  });

  it('the next person on the same device is asked about, whatever pass the one before has left', async () => {
    const cookie = cookieOf(await ask('in-6a'));
    expect((await ask('in-6a', { cookie })).status).toBe(204);
    expect(reasonOf(await ask('in-6b', { cookie }))).toEqual([403, 'outside_window']);
  });

  it('relatives come in the windows of the school, and those of several children add up', async () => {
    expect(reasonOf(await ask('parent'))).toEqual([403, 'outside_window']);
    test.nowSeconds = at(18, 10);
    const answer = await ask('parent');
    expect(reasonOf(answer)).toEqual([204, 'window']);
  });

  it('an ENT that does not say is left alone for a minute, and the visitor is known by what comes next', async () => {
    for (const token of ['broken', 'nobody']) {
      asked.length = 0;
      for (let k = 0; k < 3; k++) expect((await ask(token)).status).toBe(401);
      expect(asked).toEqual([token]);
      // the header of the ENT is trusted more, and asks nobody
      expect((await ask(token, test.shown(['77$6e A']))).status).toBe(204);
      test.nowSeconds += 61;
      await ask(token);
      expect(asked).toEqual([token, token]);
    }
    expect((await test.get('/auth', { authorization: 'Basic YTpi' })).status).toBe(401);
    expect(asked).toHaveLength(2);
  });

  it('a class link of the school shows its class and nobody, adds a child, and a changed one shows nothing', async () => {
    const key = { kid: 'p1', secret: Buffer.alloc(32, 7) };
    const follow = (link: string, cookie = '') => test.get(`/etale/c/${link}?r=/messages`, cookie ? { cookie } : {});
    const link = classLinkText(11, 1, key);
    const followed = await follow(link);
    expect([followed.status, followed.headers.get('location')]).toEqual([303, '/messages']);
    const cookie = cookieOf(followed);
    const admitted = await test.get('/auth', { cookie });
    expect(reasonOf(admitted)).toEqual([204, 'window']);
    test.nowSeconds = at(10, 35);
    expect((await test.get('/auth', { cookie })).status).toBe(403);
    // the brother's link on the same device: both windows
    const both = cookieOf(await follow(classLinkText(12, 1, key), cookie));
    expect(reasonOf(await test.get('/auth', { cookie: both }))).toEqual([204, 'window']);
    for (const wrong of [link.replace('.b.', '.c.'), classLinkText(11, 2, key), 'nonsense', '%00'])
      expect((await test.get('/auth', { cookie: cookieOf(await follow(wrong)) })).status).toBe(401);
    expect((await follow(`${link}`)).headers.get('cache-control')).toBe('no-store');
    const elsewhere = await test.get(`/etale/c/${link}?r=https://evil.example/`);
    expect(elsewhere.headers.get('location')).toBe('/');
  });
});
