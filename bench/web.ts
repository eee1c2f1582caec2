import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { option } from './benchmark';
import { publishedPlan, type Server, startServer, stopServer } from './demonstration-server';
import { firstLoadGzipBytes } from './first-load';
import { percentile, rounded } from './percentile';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-sync',
];
const PATIENCE_MILLISECONDS = 120_000;
/** A frame that takes longer is felt. */
const FRAME_MILLISECONDS = 50;

/** Runs in the page: `window.frames` holds the length of each frame since. */
const COUNT_FRAMES = `(() => {
  window.frames = [];
  let last = performance.now();
  const tick = (now) => {
    window.frames.push(now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
})()`;

/**
 * The web of a demonstration in a real Chromium: how soon the authority's page can be used (its three sentences, its curve and its table
 * of territories are there), how smoothly its curve pans and zooms, how soon a second head's browser shows what the first one booked
 * (from the click to the hour on the other's page), and what the pages weigh.
 *
 * Options: `--scale M --loads 5 --bookings 9`.
 */
export async function run(args: string[]): Promise<Record<string, unknown>> {
  const scale = option(args, 'scale', 'M');
  const loads = Number(option(args, 'loads', '5'));
  const bookings = Number(option(args, 'bookings', '9'));
  const folder = mkdtempSync(join(tmpdir(), 'etale-bench-'));
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  let server: Server | undefined;
  try {
    server = await startServer(scale, { ETALE_DATA_DIR: folder });
    await publishedPlan(server);
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'fr-FR' });
    context.setDefaultTimeout(PATIENCE_MILLISECONDS);
    const page = await context.newPage();
    await page.goto(`${server.url}/sign-in`);
    await page.locator('form[action$="/authority-region"] button').click();
    await page.waitForURL((at) => at.pathname.startsWith('/app/'));
    await untilUsable(page);
    const usable: number[] = [];
    for (let i = 0; i < loads; i++) {
      const startedAt = performance.now();
      await page.goto(`${server.url}/app/region`);
      await untilUsable(page);
      usable.push(performance.now() - startedAt);
    }
    const frames = await framesOf(page);
    return {
      scale,
      loads,
      authorityPageUsableMilliseconds: Math.round(percentile(usable, 50)),
      authorityPageUsableWorstMilliseconds: Math.round(Math.max(...usable)),
      ...(await secondHead(browser, server.url, bookings)),
      frameCount: frames.length,
      framesBelow50MillisecondsRatio: rounded(
        frames.filter((frame) => frame < FRAME_MILLISECONDS).length / frames.length,
      ),
      applicationFirstLoadGzipBytes: firstLoadGzipBytes(join(__dirname, '../web')),
      publicPageGzipBytes: await publicPage(server.url),
    };
  } finally {
    await browser.close();
    if (server) await stopServer(server);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function untilUsable(page: Page): Promise<void> {
  await page.getByText(/Le pic atteint/).waitFor();
  await page.locator('.chart svg path').first().waitFor({ state: 'attached' });
  await page.locator('.small-curve').first().waitFor();
}

interface SecondHead {
  bookingCount: number;
  secondHeadSeesMilliseconds: number;
  secondHeadSeesWorstMilliseconds: number;
}

/** Two browsers of the same school look at one window; the first moves it there and back, and the second shows the hour by itself. */
async function secondHead(browser: Browser, url: string, bookings: number): Promise<SecondHead> {
  const heads = await Promise.all([openHead(browser, url), openHead(browser, url)]);
  const [first, second] = heads;
  const uai = new URL(first.url()).pathname.split('/').at(-1)!;
  const { windowId, hours } = await movableWindow(first, uai);
  const waits: number[] = [];
  for (const page of heads) {
    await page.goto(`${url}/app/etablissements/${uai}?creneau=${windowId}`);
    await page.locator('.start').first().waitFor();
  }
  for (let i = 0; i < bookings; i++) {
    const hour = hours[(i + 1) % 2]!;
    const choice = first.locator('.start', { hasText: hour }).first();
    await choice.waitFor();
    const startedAt = performance.now();
    await choice.click();
    await second.locator('aside', { hasText: new RegExp(`${hour.replaceAll(' ', '\\s')}\\s–`) }).waitFor();
    waits.push(performance.now() - startedAt);
    await first.locator('aside', { hasText: new RegExp(`${hour.replaceAll(' ', '\\s')}\\s–`) }).waitFor();
  }
  return {
    bookingCount: waits.length,
    secondHeadSeesMilliseconds: Math.round(percentile(waits, 50)),
    secondHeadSeesWorstMilliseconds: Math.round(Math.max(...waits)),
  };
}

async function openHead(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'fr-FR',
    timezoneId: 'Europe/Paris',
  });
  context.setDefaultTimeout(PATIENCE_MILLISECONDS);
  const page = await context.newPage();
  await page.goto(`${url}/sign-in`);
  await page.locator('form[action$="/head-college"] button').click();
  await page.waitForURL((at) => at.pathname.startsWith('/app/'));
  return page;
}

/** A window of a class that has a free start, and its two hours as the page writes them: its own and the free one. */
async function movableWindow(page: Page, uai: string): Promise<{ windowId: number; hours: [string, string] }> {
  const found = await page.evaluate(async (school) => {
    const read = async <T>(path: string): Promise<T> => (await (await fetch(path)).json()) as T;
    interface Window {
      id: number;
      classId: number | null;
      date: string;
      startsAt: string;
    }
    const { items } = await read<{ items: Window[] }>(`/v1/establishments/${school}/windows?limit=500`);
    for (const one of items.filter(({ classId }) => classId !== null)) {
      const { starts } = await read<{ starts: { startsAt: string; verdict: string }[] }>(
        `/v1/classes/${one.classId}/availability?date=${one.date}&windowId=${one.id}`,
      );
      const free = starts.find(({ startsAt, verdict }) => verdict === 'free' && startsAt !== one.startsAt);
      if (free) return { windowId: one.id, at: [one.startsAt, free.startsAt] };
    }
    return undefined;
  }, uai);
  if (!found) throw new Error(`no window of ${uai} has a free start`);
  const written = (at: string): string => `${Number(at.slice(11, 13))} h ${at.slice(14, 16)}`;
  return { windowId: found.windowId, hours: [written(found.at[0]!), written(found.at[1]!)] };
}

/** Lengths of the frames while the wheel zooms the day's curve in and out and a drag pans it. */
async function framesOf(page: Page): Promise<number[]> {
  const box = (await page.locator('.chart [role=img]').first().boundingBox())!;
  await page.evaluate(COUNT_FRAMES);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  for (let i = 0; i < 20; i++) await page.mouse.wheel(0, i < 10 ? -120 : 60);
  await page.mouse.down();
  for (let i = 0; i < 40; i++) await page.mouse.move(x + 200 * Math.sin(i / 6), y);
  await page.mouse.up();
  return page.evaluate<number[]>('window.frames');
}

/** The page of families with everything that it names. */
async function publicPage(url: string): Promise<number> {
  const page = await (await fetch(`${url}/creneaux`)).text();
  const named = [...page.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css|svg)[^"]*)"/g)].map(([, path]) => path!);
  let bytes = gzipSync(page).length;
  for (const path of new Set(named))
    bytes += gzipSync(Buffer.from(await (await fetch(url + path)).arrayBuffer())).length;
  return bytes;
}
