import ICAL from 'ical.js';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { at } from '../agent/gate-content';
import { TestAgent } from '../agent/test-agent';
import { violationsOf } from './accessibility';
import { describeInBrowser, launchBrowser, openReader, overflowing } from './real-browser';

const MOST_BYTES = 30_000;

describeInBrowser('the waiting page in the hands of who waits', () => {
  let test: TestAgent;
  let browser: Browser;
  beforeAll(async () => {
    test = await TestAgent.start();
    browser = await launchBrowser();
  });
  beforeEach(() => {
    test.nowSeconds = at(9, 13);
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });
  afterAll(async () => {
    await browser?.close();
    await test?.stop();
  });

  /** What the page weighs, with all that it asks for. */
  const weighed = (page: Page) => {
    const parts: { url: string; bytes: Promise<number> }[] = [];
    page.on(
      'response',
      (response) =>
        response.status() !== 303 &&
        parts.push({ url: response.url(), bytes: response.body().then((body) => body.length) }),
    );
    return async () => {
      const mine = parts.filter(({ url }) => !url.endsWith('/favicon.ico'));
      return {
        count: mine.length,
        bytes: (await Promise.all(mine.map(({ bytes }) => bytes))).reduce((a, b) => a + b, 0),
      };
    };
  };
  const shownTo = (context: BrowserContext, classes: string[], profile = 'pupil') =>
    context.setExtraHTTPHeaders(test.shown(classes, profile));

  it('tells a pupil on a phone, in French, when the class opens, counts down, and gives the ways left', async () => {
    const { context, page } = await openReader(browser, { width: 360 });
    await shownTo(context, ['77$6e B']);
    const weight = weighed(page);
    const answer = (await page.goto(`${test.url}/etale/wait?r=/messages`))!;
    expect(answer.status()).toBe(503);
    expect(Number(answer.headers()['retry-after'])).toBeGreaterThanOrEqual(at(10, 25) - at(9, 13));
    expect(await page.locator('html').getAttribute('lang')).toBe('fr');
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(
      'Votre classe 6e B ouvre à 10\u00a0h\u00a025, dans 72 min.',
    );
    const countdown = page.getByRole('timer');
    await countdown.waitFor();
    const first = await countdown.innerText();
    expect(first).toMatch(/^1:1[12]:\d\d$/);
    await page.waitForFunction((before) => document.getElementById('countdown')!.textContent !== before, first);
    expect(await page.getByRole('table', { name: 'Créneaux du jour' }).getByRole('row').allInnerTexts()).toEqual([
      '6e B\t10\u00a0h\u00a030 - 11\u00a0h\u00a015',
    ]);
    expect(await page.getByRole('link', { name: /Le travail du jour/ }).getAttribute('href')).toBe('/travail.html');
    expect(await page.getByRole('link', { name: /Téléphone de Collège des Embruns/ }).getAttribute('href')).toBe(
      'tel:0320000000',
    );
    expect(await page.getByRole('button', { name: 'Demander un laissez-passer urgent' }).isVisible()).toBe(true);
    expect(await overflowing(page)).toEqual([]);
    expect(await violationsOf(page, 'light')).toEqual([]);
    const { count, bytes } = await weight();
    expect(count).toBe(1);
    expect(bytes).toBeLessThan(MOST_BYTES);

    const link = await page.getByRole('link', { name: 'Ajouter à mon agenda' }).getAttribute('href');
    const calendar = await context.request.get(test.url + link!, { headers: test.shown(['77$6e B']) });
    const events = new ICAL.Component(ICAL.parse(await calendar.text()) as string[]).getAllSubcomponents('vevent');
    expect(events.map((event) => String(event.getFirstPropertyValue('dtstart')))).toEqual(['2025-12-01T09:30:00Z']);
  });

  it('says the same in English, from the link or because the browser asks for it', async () => {
    const { context, page } = await openReader(browser, { width: 390 });
    await shownTo(context, ['77$6e B']);
    await page.goto(`${test.url}/etale/wait`);
    await page.getByRole('link', { name: 'English' }).click();
    const sentence = 'Your class 6e B opens at 10:25, in 72 min.';
    await page.getByRole('heading', { level: 1, name: sentence }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await violationsOf(page, 'light')).toEqual([]);
    const english = await openReader(browser, { language: 'en' });
    await shownTo(english.context, ['77$6e B']);
    await english.page.goto(`${test.url}/etale/wait`);
    expect(await english.page.getByRole('heading', { level: 1 }).innerText()).toBe(sentence);
  });

  it('can be read and used without any script: a family chooses its class, adds a child, and is told both windows', async () => {
    const context = await browser.newContext({
      javaScriptEnabled: false,
      locale: 'fr-FR',
      viewport: { width: 360, height: 800 },
    });
    const page = await context.newPage();
    const weight = weighed(page);
    await page.goto(`${test.url}/etale/wait`);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(
      'Dites-nous votre classe pour connaître votre créneau.',
    );
    const choose = async (name: string) => {
      await page.getByLabel("Nom ou UAI de l'établissement").fill('embruns college');
      await page.getByRole('button', { name: 'Chercher' }).click();
      await page.getByRole('link', { name: 'Collège des Embruns 9900002X' }).click();
      await page.getByRole('button', { name, exact: true }).click();
      await page.getByRole('heading', { level: 1, name: /ouvre à/ }).waitFor();
    };
    await choose('6e B');
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(
      'Votre classe 6e B ouvre à 10\u00a0h\u00a025, dans 72 min.',
    );
    expect(await page.locator('#countdown').isVisible()).toBe(false);
    expect(await page.locator('meta[http-equiv=refresh]').getAttribute('content')).toMatch(/^\d+;url=\/$/);
    await page.getByRole('link', { name: 'Ajouter un enfant' }).click();
    await choose('6e A');
    expect(await page.getByRole('table').getByRole('row').allInnerTexts()).toEqual([
      '6e A\t9\u00a0h\u00a045 - 10\u00a0h\u00a030',
      '6e B\t10\u00a0h\u00a030 - 11\u00a0h\u00a015',
    ]);
    const { count, bytes } = await weight();
    expect(bytes / count).toBeLessThan(MOST_BYTES);
    // what was only chosen is known by the pass that the device keeps, which says no person
    expect((await context.cookies()).map(({ name, httpOnly }) => [name, httpOnly])).toEqual([['etale_pass', true]]);
  });

  it('a search without any result is told to who cannot see it, and the choice passes the same checks', async () => {
    const { page } = await openReader(browser, { width: 360 });
    await page.goto(`${test.url}/etale/choose`);
    expect(await violationsOf(page, 'light')).toEqual([]);
    await page.getByLabel("Nom ou UAI de l'établissement").fill('nowhere');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await violationsOf(page, 'light')).toEqual([]);
    await page.goto(`${test.url}/etale/choose?school=9900002X`);
    expect(await page.getByRole('button', { name: '6e A' }).count()).toBe(1);
    expect([await violationsOf(page, 'light'), await overflowing(page)]).toEqual([[], []]);
  });

  it('asks again by itself when it is time, and enters when it is the turn', async () => {
    test.nowSeconds = at(9, 39) + 57;
    const { context, page } = await openReader(browser);
    await shownTo(context, ['77$6e A']);
    await page.goto(`${test.url}/etale/wait?r=/etale/status-of-nothing`);
    const again = Number(await page.locator('main').getAttribute('data-again'));
    expect(again).toBeGreaterThanOrEqual(3);
    expect(again).toBeLessThanOrEqual(303);
    expect(await page.locator('main').getAttribute('data-to')).toBe('/');
    test.nowSeconds = at(9, 50);
    // as a device that wakes up: the clock has gone on, no timer has
    await page.evaluate(
      () =>
        (Date.now = (
          (now) => () =>
            now() + 400_000
        )(Date.now)),
    );
    await page.waitForURL(`${test.url}/`);
    await page.goto(`${test.url}/etale/wait?r=/messages`);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe("C'est à vous : vous pouvez entrer.");
    expect(await page.getByRole('link', { name: 'Entrer' }).getAttribute('href')).toBe('/messages');
  });
});
