import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Cookie, type Page } from 'playwright-core';

// without windows of its own it opens the same pages in two thirds of the time
const PLACES = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const PROGRAM = process.env.CHROMIUM ?? PLACES.find((path) => existsSync(path));
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const PATIENCE_MILLISECONDS = 60_000;

/** A suite that drives a real Chromium; where there is none it skips, with one line. */
export function describeInBrowser(name: string, suite: () => void): void {
  if (PROGRAM !== undefined) return describe(name, suite);
  console.warn(`Skipped: ${name}: no Chromium on this machine (CHROMIUM names another place).`);
  describe.skip(name, suite);
}

export const launchBrowser = (): Promise<Browser> => chromium.launch({ executablePath: PROGRAM!, args: ARGUMENTS });

export interface Reader {
  language?: 'fr' | 'en';
  theme?: 'light' | 'dark';
  width?: number;
  timeZone?: string;
}

/** A person with a browser of their own: no cookie of anybody else. */
export async function openReader(
  browser: Browser,
  reader: Reader = {},
): Promise<{ context: BrowserContext; page: Page }> {
  const { language = 'fr', theme = 'light', width = 1440, timeZone = 'Europe/Paris' } = reader;
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    locale: language === 'fr' ? 'fr-FR' : 'en-GB',
    timezoneId: timeZone,
    colorScheme: theme,
    reducedMotion: 'reduce',
    acceptDownloads: true,
  });
  context.setDefaultTimeout(PATIENCE_MILLISECONDS);
  await context.addInitScript(() => {
    const shifts: Shift[] = [];
    new PerformanceObserver((list) => shifts.push(...(list.getEntries() as unknown as Shift[]))).observe({
      type: 'layout-shift',
      buffered: true,
    });
    Object.assign(window, { shifts });
  });
  return { context, page: await context.newPage() };
}

/** Cookies of the accounts that have signed in, by where they did. */
const signedIn = new Map<string, Cookie[]>();

/**
 * Signs in at the demonstration's provider as a browser does, but draws none of its pages: sign-in.spec looks at these. Ends on what the
 * service knows of the account, from where a test reads whatever the account may read.
 */
export async function enter(page: Page, url: string, account: string): Promise<void> {
  const name = `${url} ${account}`;
  const cookies = signedIn.get(name);
  const context = page.context();
  if (cookies) {
    await context.addCookies(cookies);
  } else {
    const accounts = await (await context.request.get(`${url}/sign-in`)).text();
    const [, action] = new RegExp(`action="([^"]+/${account})"`).exec(accounts)!;
    await context.request.post(url + action);
    signedIn.set(name, await context.cookies());
  }
  await page.goto(`${url}/v1/session`);
}

/** Signs in and opens the home page of the account. */
export async function signIn(page: Page, url: string, account: string): Promise<void> {
  await enter(page, url, account);
  await page.goto(`${url}/app`);
  await page.waitForURL((at) => at.pathname.startsWith('/app/'));
}

const WIDTHS = [360, 768, 1440];

/** Elements that reach beyond the window's right edge, outside of what may be scrolled sideways, at each width; the page is not read again in between, and ends as wide as it was. */
export async function overflowing(page: Page): Promise<string[]> {
  const found: string[] = [];
  const own = page.viewportSize()!.width;
  for (const width of [...WIDTHS.filter((one) => one !== own), own]) {
    await showAt(page, { width, height: 900 });
    found.push(...(await overflowingNow(page)).map((what) => `${width}: ${what}`));
  }
  return found;
}

async function showAt(page: Page, size: { width: number; height: number }): Promise<void> {
  await page.setViewportSize(size);
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
}

/** What Chromium knows of a move that nobody asked for. */
interface Shift {
  value: number;
  hadRecentInput: boolean;
  sources: { node: Element | null }[];
}

const MOST_SHIFT = 0.01;

/** What moved by itself since the page was opened, when that is more than a hundredth of the window in all. */
export function shiftsOf(page: Page): Promise<string[]> {
  return page.evaluate((most) => {
    const shifts = (window as unknown as { shifts: Shift[] }).shifts.filter(({ hadRecentInput }) => !hadRecentInput);
    const sum = shifts.reduce((all, { value }) => all + value, 0);
    if (sum <= most) return [];
    const names = shifts.map(
      ({ value, sources }) =>
        `${value.toFixed(3)} ${sources.map(({ node }) => `${node?.nodeName} ${node?.className?.toString().slice(0, 40)}`).join(', ')}`,
    );
    return [`moves by itself, ${sum.toFixed(3)}: ${names.join('; ')}`];
  }, MOST_SHIFT);
}

function overflowingNow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const beyond = [...document.querySelectorAll('body *')].filter((element) => {
      const { width: own, right } = element.getBoundingClientRect();
      return (
        own > 0 &&
        right > width + 1 &&
        !element.closest('.scroll-x, .visually-hidden, .skip') &&
        !element.parentElement!.closest('svg')
      );
    });
    const names = beyond
      .slice(0, 5)
      .map((element) => `${element.tagName} ${element.className.toString().slice(0, 60)}`);
    return document.documentElement.scrollWidth > width + 1 ? ['the page', ...names] : names;
  });
}
