import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Browser } from 'playwright-core';
import { DataSource } from 'typeorm';
import { startSignInServer } from '../sign-in-server';
import { freshDatabaseUrl } from '../test-database';
import { describeInBrowser, launchBrowser, openReader } from './real-browser';

describeInBrowser('signing in and out in a browser', () => {
  let app: NestFastifyApplication;
  let url: string;
  let browser: Browser;
  beforeAll(async () => {
    ({ app, url } = await startSignInServer(await freshDatabaseUrl()));
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });

  it('goes through the provider and back, and signing out ends the session everywhere', async () => {
    const { page, context } = await openReader(browser);
    await page.goto(url);
    // the one that comes back to where one is: that of the page itself, which is there before it, goes to the own home
    await page.locator('header').getByRole('link', { name: 'Se connecter' }).click();
    await page.waitForURL(/\/demonstration\/accounts\//);
    await page.locator('form[action$="/auditor"] button').click();
    // where one was: the front page
    await page.waitForURL((at) => at.pathname === '/');
    const signOut = page.getByRole('button', { name: 'Se déconnecter' }).first();
    await signOut.waitFor();
    const session = (await context.cookies()).find(({ name }) => name === 'etale_session')!;
    expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
    // no script of the page can carry it away
    expect(await page.evaluate(() => document.cookie)).not.toContain('etale_session');

    await signOut.click();
    await page.getByRole('link', { name: 'Se connecter' }).first().waitFor();
    expect((await context.cookies()).map(({ name }) => name)).not.toContain('etale_session');
    // whoever has kept the cookie has nothing
    const thief = await openReader(browser);
    await thief.context.addCookies([session]);
    const answer = await thief.context.request.get(`${url}/v1/audit`);
    expect(answer.status()).toBe(401);
  });

  it('asks to sign in again once the session is over, and comes back to where one was', async () => {
    const { page } = await openReader(browser);
    await page.goto(`${url}/sign-in?returnTo=/app/exploitation/journal`);
    await page.locator('form[action$="/auditor"] button').click();
    await page.waitForURL((at) => at.pathname === '/app/exploitation/journal');
    await app.get(DataSource).query(`update session set expires_at = now() - interval '1 second'`);
    await page.reload();
    const again = page.locator('main, #content').getByRole('link', { name: 'Se connecter' }).first();
    await again.click();
    await page.locator('form[action$="/auditor"] button').click();
    await page.waitForURL((at) => at.pathname === '/app/exploitation/journal');
  });
});
