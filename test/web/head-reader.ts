import type { Page } from 'playwright-core';
import { enter, signIn } from './real-browser';
import { A_FORTNIGHT } from './web-server';

export interface Start {
  startsAt: string;
  startCell: number;
  verdict: string;
}

export interface Window {
  headcount: number;
  id: number;
  revision: number | null;
  classId: number | null;
  classCode: string | null;
  audience: string;
  seriesId: number | null;
  date: string;
  startsAt: string;
  startCell: number;
  cellCount: number;
}

/** A window of a class. */
export type ClassWindow = Window & { classId: number; classCode: string };

const isOfClass = (window: Window): window is ClassWindow => window.classId !== null;

/** Signs a head in, whose home is the week of the own school; returns its UAI. */
export async function openWeek(page: Page, url: string, account = 'head-college'): Promise<string> {
  await signIn(page, url, account);
  await page.locator('.chip').first().waitFor();
  return new URL(page.url()).pathname.split('/').at(-1)!;
}

/** Signs a head in whose page a test opens at a place of its own; returns the UAI of the school. */
export async function enterSchool(page: Page, url: string, account = 'head-college'): Promise<string> {
  await enter(page, url, account);
  return (await readJson<{ uais: string[] }>(page, '/v1/session')).uais[0]!;
}

/** What the API answers to whoever is signed in on the page. */
export const readJson = <T>(page: Page, path: string): Promise<T> =>
  page.evaluate(async (at) => (await (await fetch(at)).json()) as T, path);

export const windowsOf = async (page: Page, uai: string, days = A_FORTNIGHT): Promise<Window[]> =>
  (await readJson<{ items: Window[] }>(page, `/v1/establishments/${uai}/windows?limit=500&${days}`)).items;

export const classWindowsOf = async (page: Page, uai: string): Promise<ClassWindow[]> =>
  (await windowsOf(page, uai)).filter(isOfClass);

/** Every start of a window's day. */
export async function startsOf(page: Page, uai: string, window: Window): Promise<Start[]> {
  const owner =
    window.classId === null
      ? `establishments/${uai}/availability?audience=${window.audience}&`
      : `classes/${window.classId}/availability?`;
  return (await readJson<{ starts: Start[] }>(page, `/v1/${owner}date=${window.date}&windowId=${window.id}`)).starts;
}

/** What a browser asks of one server at a time. */
const ASKED_AT_ONCE = 6;

/** A window of a class that has a start of some verdict on its day, and that start. */
export async function windowWith(
  page: Page,
  uai: string,
  verdict: string,
  leastMinutesAway = 5,
): Promise<{ window: ClassWindow; start: Start }> {
  const windows = await classWindowsOf(page, uai);
  for (let first = 0; first < windows.length; first += ASKED_AT_ONCE) {
    const asked = windows.slice(first, first + ASKED_AT_ONCE);
    const answers = await Promise.all(asked.map((window) => startsOf(page, uai, window)));
    for (const [i, starts] of answers.entries()) {
      const window = asked[i]!;
      const start = starts.find(
        (one) =>
          one.verdict === verdict &&
          Math.abs(Date.parse(one.startsAt) - Date.parse(window.startsAt)) >= leastMinutesAway * 60_000,
      );
      if (start) return { window, start };
    }
  }
  throw new Error(`no window of ${uai} has a start that is ${verdict}`);
}

/** An hour as the French pages write it. */
export const timeOf = (startsAt: string): string =>
  `${Number(startsAt.slice(11, 13))}\u00a0h\u00a0${startsAt.slice(14, 16)}`;

export const weeksLater = (date: string, weeks: number): string =>
  new Date(Date.parse(`${date}T12:00:00Z`) + weeks * 604_800_000).toISOString().slice(0, 10);

/** Sends a booking, a swap or the like as whoever is signed in on the page, outside of what the page shows. */
export const post = <T>(
  page: Page,
  path: string,
  body: object,
  revision?: number | null,
): Promise<{ status: number; body: T }> =>
  page.evaluate(
    async ({ at, payload, ifMatch }) => {
      const headers = {
        'content-type': 'application/json',
        'idempotency-key': crypto.randomUUID(),
        ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      };
      const answer = await fetch(at, { method: 'POST', headers, body: JSON.stringify(payload) });
      return { status: answer.status, body: (await answer.json()) as T };
    },
    { at: path, payload: body, ...(revision !== undefined && { ifMatch: `"${revision ?? 0}"` }) },
  );
