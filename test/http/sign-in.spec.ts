import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { createApplication } from '../../src/app.factory';
import { loadConfig } from '../../src/common/config';
import { holdPort } from '../../src/common/listening-port';
import { demonstrationOidc, mountDemonstrationProvider } from '../../src/demonstration/demonstration-provider';
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
  beforeAll(async () => {
    const port = await holdPort('127.0.0.1', 0);
    url = `http://127.0.0.1:${port.port}`;
    const config = loadConfig({ DATABASE_URL: await freshDatabaseUrl(), LOG_LEVEL: 'silent', ETALE_POOL_SIZE: '8' });
    app = await createApplication({ ...config, publicUrl: url, oidc: demonstrationOidc(url) }, false);
    await mountDemonstrationProvider(app, url);
    await app.init();
    await port.release();
    await app.listen(port.port, '127.0.0.1');
  });
  afterAll(() => app.close());

  /** Up to the address with which the provider sends the browser back. */
  async function cameBack(browser: Browser, account: string): Promise<string> {
    const page = await browser.follow(`${url}/sign-in?returnTo=/docs`);
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

  const roleOf = async (browser: Browser): Promise<unknown> =>
    ((await (await browser.ask(`${url}/v1/session`)).json()) as { role: unknown }).role;

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
    expect(Object.keys(account!).sort()).toEqual(
      ['created_at', 'id', 'issuer', 'last_signed_in_at', 'origin', 'role', 'subject', 'territories', 'uais'], // prettier-ignore
    );
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
});
