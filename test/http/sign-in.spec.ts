import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { DataSource } from 'typeorm';
import { startSignInServer } from '../sign-in-server';
import { freshDatabaseUrl } from '../test-database';

/** A browser that follows redirections by hand and keeps cookies, as far as these tests need one. */
class Browser {
  readonly cookies = new Map<string, string>();

  async ask(url: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { 'sec-fetch-site': 'same-origin', ...(init.headers as Record<string, string>), cookie };
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) this.cookies.delete(name!);
      else this.cookies.set(name!, value!);
    }
    return answer;
  }

  /** Follows redirections until an address matches or there is none. */
  async follow(url: string, until?: RegExp, init?: RequestInit): Promise<{ url: string; answer: Response }> {
    let answer = await this.ask(url, init);
    for (;;) {
      const location = answer.headers.get('location');
      if (location === null) return { url, answer };
      url = new URL(location, url).href;
      if (until?.test(url)) return { url, answer };
      answer = await this.ask(url);
    }
  }
}

describe('signing in with a real provider', () => {
  let app: NestFastifyApplication;
  let url: string;
  let databaseUrl: string;
  beforeAll(async () => {
    databaseUrl = await freshDatabaseUrl();
    ({ app, url } = await startSignInServer(databaseUrl));
  });
  afterAll(() => app.close());

  /** Up to the address with which the provider sends the browser back. */
  async function cameBack(browser: Browser, account: string, at = url): Promise<string> {
    const page = await browser.follow(`${at}/sign-in?returnTo=/docs`);
    expect(await page.answer.text()).toContain('comptes de démonstration');
    const back = await browser.follow(`${page.url}/${account}`, /\/sign-in\/callback/, { method: 'POST' });
    expect(back.url).toContain('/sign-in/callback?');
    return back.url;
  }

  async function signedIn(account: string): Promise<Browser> {
    const browser = new Browser();
    const answer = await browser.ask(await cameBack(browser, account));
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/docs']);
    return browser;
  }

  const roleOf = async (browser: Browser, at = url): Promise<unknown> =>
    ((await (await browser.ask(`${at}/v1/session`)).json()) as { role: unknown }).role;

  it('gives the role of the account, in a cookie that no script reads', async () => {
    const browser = new Browser();
    const answer = await browser.ask(await cameBack(browser, 'operator'));
    expect(answer.headers.getSetCookie().find((line) => line.startsWith('etale_session='))).toMatch(
      /HttpOnly.*SameSite=Lax/i,
    );
    expect(await roleOf(browser)).toBe('operator');
    expect(await roleOf(await signedIn('auditor'))).toBe('auditor');
    expect(await roleOf(new Browser())).toBe('visitor');
  });

  it('stores neither the session nor a name: the hash, the issuer, the subject and the role', async () => {
    const browser = await signedIn('auditor');
    const rows = await app.get(DataSource).query<Record<string, unknown>[]>('select * from session');
    expect(JSON.stringify(rows)).not.toContain(browser.cookies.get('etale_session'));
    const [account] = await app
      .get(DataSource)
      .query<Record<string, unknown>[]>(`select * from account where subject = 'auditor'`);
    expect(Object.keys(account!).sort()).toEqual([
      'created_at',
      'id',
      'issuer',
      'last_signed_in_at',
      'origin',
      'role',
      'subject',
      'territories',
      'uais',
    ]);
  });

  it('makes a stolen cookie worthless once its owner has signed out', async () => {
    const browser = await signedIn('operator');
    const thief = new Browser();
    thief.cookies.set('etale_session', browser.cookies.get('etale_session')!);
    expect(await roleOf(thief)).toBe('operator');
    expect((await browser.ask(`${url}/v1/session`, { method: 'DELETE' })).status).toBe(204);
    expect(await roleOf(thief)).toBe('visitor');
    expect((await thief.ask(`${url}/v1/campaigns`)).status).toBe(401);
  });

  it('ends with its time', async () => {
    const browser = await signedIn('operator');
    await app.get(DataSource).query(`update session set expires_at = now() - interval '1 second'`);
    expect(await roleOf(browser)).toBe('visitor');
  });

  it('takes a state once, from the browser that began, and no other issuer or code', async () => {
    const browser = new Browser();
    const back = await cameBack(browser, 'operator');
    const stranger = new Browser();
    expect((await stranger.ask(back)).status).toBe(400);
    const mixedUp = new URL(back);
    mixedUp.searchParams.set('iss', 'https://another.invalid');
    const begun = browser.cookies.get('etale_sign_in')!;
    expect((await browser.ask(mixedUp.href)).status).toBe(400);
    // the state is used up, whatever came of it
    browser.cookies.set('etale_sign_in', begun);
    expect((await browser.ask(back)).status).toBe(400);
    expect(browser.cookies.has('etale_session')).toBe(false);

    const second = new Browser();
    const replayed = new URL(await cameBack(second, 'operator'));
    replayed.searchParams.set('code', new URL(back).searchParams.get('code')!);
    await second.ask(replayed.href);
    expect(second.cookies.has('etale_session')).toBe(false);
  });

  it('sends nobody to another site', async () => {
    for (const returnTo of ['//evil.invalid', 'https://evil.invalid', '/\\evil.invalid']) {
      const browser = new Browser();
      const page = await browser.follow(`${url}/sign-in?returnTo=${encodeURIComponent(returnTo)}`);
      const back = await browser.follow(`${page.url}/auditor`, /\/sign-in\/callback/, { method: 'POST' });
      expect((await browser.ask(back.url)).headers.get('location')).toBe('/app');
    }
  });

  it('refuses a change that a page of another site sends with the cookie', async () => {
    const browser = await signedIn('operator');
    const foreign: Record<string, string>[] = [{ origin: 'https://evil.invalid' }, { 'sec-fetch-site': 'cross-site' }];
    for (const headers of foreign) {
      const answer = await browser.ask(`${url}/v1/campaigns/1`, { method: 'DELETE', headers });
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([403, 'access.cross_site']);
    }
    expect((await browser.ask(`${url}/v1/campaigns/1`, { method: 'DELETE', headers: { origin: url } })).status).toBe(
      404,
    );
  });

  it('keeps the accounts of the demonstration to this machine', async () => {
    const path = `${url}/demonstration/provider/.well-known/openid-configuration`;
    expect((await fetch(path)).status).toBe(200);
    expect((await fetch(path, { headers: { 'x-forwarded-for': '203.0.113.9' } })).status).toBe(404);
  });

  describe('whatever lies between the provider and us', () => {
    /** What becomes on its way to us of the token endpoint's ID token, of the keys that the provider publishes, of its userinfo and of what it says it knows. */
    const wire: {
      token?: (claims: JWTPayload) => Promise<string> | string;
      keys?: object[];
      userinfo?: (claims: object) => object;
      challenges?: string[];
    } = {};
    let own: Awaited<ReturnType<typeof keyPair>>;
    const keyPair = async (kid: string) => {
      const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
      const signed = (claims: JWTPayload): Promise<string> =>
        new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
      return { published: { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' }, signed };
    };
    const nowSeconds = (): number => Math.floor(Date.now() / 1000);

    beforeAll(async () => {
      own = await keyPair('own');
      const real = globalThis.fetch;
      jest.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
        const answer = await real(input, init);
        const path = new URL(input instanceof Request ? input.url : input).pathname;
        if (path.endsWith('/openid-configuration') && wire.challenges) {
          const metadata = (await answer.json()) as object;
          return Response.json({ ...metadata, code_challenge_methods_supported: wire.challenges });
        }
        if (path.endsWith('/provider/jwks') && wire.keys) return Response.json({ keys: wire.keys });
        if (path.endsWith('/provider/me') && wire.userinfo)
          return Response.json(wire.userinfo((await answer.json()) as object));
        if (!path.endsWith('/provider/token') || !wire.token || answer.status !== 200) return answer;
        const body = (await answer.json()) as { id_token: string };
        return Response.json({ ...body, id_token: await wire.token(decodeJwt(body.id_token)) });
      });
    });
    afterEach(async () => {
      delete wire.keys;
      delete wire.userinfo;
      delete wire.challenges;
      await forgetKeys();
    });
    afterAll(() => jest.restoreAllMocks());

    /** The status of a sign-in over the wire as it is, and who is in afterwards. */
    async function outcome(): Promise<[number, unknown]> {
      const browser = new Browser();
      const { status } = await browser.ask(await cameBack(browser, 'operator'));
      return [status, await roleOf(browser)];
    }
    const REFUSED = [400, 'visitor'];
    /** A sign-in that fails has the provider's keys read again at the next one. */
    async function forgetKeys(): Promise<void> {
      wire.token = () => 'no.token.atall';
      await outcome();
      delete wire.token;
    }

    it('a token that another key has signed is refused, even under the name of a known key', async () => {
      const stranger = await keyPair('own');
      wire.keys = [own.published];
      await forgetKeys();
      wire.token = own.signed;
      expect(await outcome()).toEqual([303, 'operator']);
      wire.token = (claims) => stranger.signed({ ...claims, etale_role: 'operator' });
      expect(await outcome()).toEqual(REFUSED);
    });

    it('a token without a signature is refused', async () => {
      wire.token = (claims) => new UnsecuredJWT(claims).encode();
      expect(await outcome()).toEqual(REFUSED);
    });

    it('a key that the provider has changed is found by itself; in the minute after the old one was read, at the second try', async () => {
      const next = await keyPair('next');
      wire.keys = [own.published];
      await forgetKeys();
      wire.token = own.signed;
      expect(await outcome()).toEqual([303, 'operator']);
      wire.keys = [next.published];
      wire.token = next.signed;
      expect(await outcome()).toEqual(REFUSED);
      expect(await outcome()).toEqual([303, 'operator']);
      // tokens of the key that was taken out count no longer
      wire.token = own.signed;
      expect(await outcome()).toEqual(REFUSED);
    });

    it.each<[string, (claims: JWTPayload) => JWTPayload, boolean]>([
      ['our clock 50 s ahead', (claims) => ({ ...claims, exp: nowSeconds() - 50 }), true],
      ['a token over for two minutes', (claims) => ({ ...claims, exp: nowSeconds() - 120 }), false],
      ['our clock 50 s behind', (claims) => ({ ...claims, iat: nowSeconds() + 50, nbf: nowSeconds() + 50 }), true],
      ['a token of the day after', (claims) => ({ ...claims, nbf: nowSeconds() + 120 }), false],
      ['another issuer in the token', (claims) => ({ ...claims, iss: 'https://another.invalid' }), false],
      ['a token for another client', (claims) => ({ ...claims, aud: 'another' }), false],
      ['the token of another sign-in', (claims) => ({ ...claims, nonce: 'another' }), false],
      ['a token of nobody', (claims) => ({ ...claims, sub: undefined }), false],
    ])('%s', async (_what, changed, isTaken) => {
      wire.keys = [own.published];
      await forgetKeys();
      wire.token = (claims) => own.signed(changed(claims));
      expect(await outcome()).toEqual(isTaken ? [303, 'operator'] : REFUSED);
    });

    it('a provider is sent the hash of the challenge, and the challenge itself only where it knows nothing else', async () => {
      const sentTo = async (challenges: string[]): Promise<string | null> => {
        wire.challenges = challenges;
        await forgetKeys();
        const { headers } = await new Browser().ask(`${url}/sign-in`);
        const asked = new URL(headers.get('location')!).searchParams;
        expect(asked.get('code_challenge')).toMatch(/^[\w-]{43}$/);
        return asked.get('code_challenge_method');
      };
      expect(await sentTo(['S256'])).toBe('S256');
      expect(await sentTo(['plain', 'S256'])).toBe('S256');
      expect(await sentTo(['plain'])).toBe('plain');
      // this one knows better than what was said of it
      const { answer } = await new Browser().follow(`${url}/sign-in`);
      expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('Connexion impossible')]);
    });

    it('userinfo is asked where the rules read it, and believed of the person of the ID token alone', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'etale-sign-in-'));
      const mappingFile = join(folder, 'mapping.json');
      await writeFile(mappingFile, JSON.stringify({ userinfo: true, rules: [] }));
      const second = await startSignInServer(databaseUrl, { mappingFile });
      try {
        const roleThen = async (): Promise<unknown> => {
          const browser = new Browser();
          await browser.ask(await cameBack(browser, 'auditor', second.url));
          return roleOf(browser, second.url);
        };
        wire.userinfo = (claims) => claims;
        expect(await roleThen()).toBe('auditor');
        wire.userinfo = (claims) => ({ ...claims, etale_role: 'operator' });
        expect(await roleThen()).toBe('operator');
        wire.userinfo = (claims) => ({ ...claims, sub: 'operator', etale_role: 'operator' });
        expect(await roleThen()).toBe('visitor');
        // entcore's own formats have no `sub`
        wire.userinfo = (claims) => ({ ...claims, sub: undefined });
        expect(await roleThen()).toBe('auditor');
      } finally {
        await second.app.close();
        await rm(folder, { recursive: true });
      }
    });

    it('a code is taken once, also from the browser that got it', async () => {
      let sent: RequestInit | undefined;
      const spied = jest.mocked(globalThis.fetch).getMockImplementation()!;
      jest.mocked(globalThis.fetch).mockImplementation((input, init) => {
        if (new URL(input instanceof Request ? input.url : input).pathname.endsWith('/token')) sent = init;
        return spied(input, init);
      });
      expect(await outcome()).toEqual([303, 'operator']);
      const again = await fetch(`${url}/demonstration/provider/token`, sent);
      expect([again.status, ((await again.json()) as { error: string }).error]).toEqual([400, 'invalid_grant']);
    });

    it('an answer that does not say which issuer it is from is refused, where the provider always says it', async () => {
      const browser = new Browser();
      const back = new URL(await cameBack(browser, 'operator'));
      expect(back.searchParams.get('iss')).toBe(`${url}/demonstration/provider`);
      back.searchParams.delete('iss');
      expect((await browser.ask(back.href)).status).toBe(400);
      expect(browser.cookies.has('etale_session')).toBe(false);
    });
  });
});
