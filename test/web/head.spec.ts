import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { violationsOf } from './accessibility';
import { describeInBrowser, launchBrowser, openReader, overflowing, signIn } from './real-browser';
import { startWebServer } from './web-server';

jest.setTimeout(300_000);

interface Start {
  startsAt: string;
  verdict: string;
}
interface Window {
  id: number;
  classId: number;
  classCode: string;
  date: string;
  startsAt: string;
}

describeInBrowser('the web of a head', () => {
  let server: Awaited<ReturnType<typeof startWebServer>>;
  let browser: Browser;
  beforeAll(async () => {
    server = await startWebServer();
    browser = await launchBrowser();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const openWeek = async (page: Page, account = 'head-college'): Promise<string> => {
    await signIn(page, server.url, account);
    await page.locator('.chip').first().waitFor();
    return new URL(page.url()).pathname.split('/').at(-1)!;
  };
  const readJson = <T>(page: Page, path: string): Promise<T> =>
    page.evaluate(async (at) => (await (await fetch(at)).json()) as T, path);
  /** A window of Tuesday that has a start of some verdict, and that start. */
  const windowWith = async (page: Page, uai: string, verdict: string): Promise<{ window: Window; start: Start }> => {
    // prettier-ignore
    const { items } = await readJson<{ items: Window[] }>(page, `/v1/establishments/${uai}/windows?limit=500`);
    for (const window of items.filter(({ classId }) => classId !== null)) {
      const { starts } = await readJson<{ starts: Start[] }>(page, `/v1/classes/${window.classId}/availability?date=${window.date}&windowId=${window.id}`); // prettier-ignore
      const start = starts.find((one) => one.verdict === verdict && one.startsAt !== window.startsAt);
      if (start) return { window, start };
    }
    throw new Error(`no window of ${uai} has a start that is ${verdict}`);
  };
  const timeOf = (startsAt: string): string => `${Number(startsAt.slice(11, 13))} h ${startsAt.slice(14, 16)}`;

  it('accepts the whole proposal in one action', async () => {
    const { page } = await openReader(browser);
    await openWeek(page);
    await page.getByRole('button', { name: 'Tout accepter' }).click();
    await page.getByText('La proposition est acceptée.').waitFor();
    await page.getByText('Vous avez accepté la proposition').waitFor();
    await page.locator('.state-accepted').first().waitFor();
  });

  it('moves a window, and takes the move back', async () => {
    const { page } = await openReader(browser);
    const uai = await openWeek(page, 'head-lycee');
    const { window, start } = await windowWith(page, uai, 'free');
    await page.goto(`${server.url}/app/etablissements/${uai}?creneau=${window.id}`);
    await page.getByRole('heading', { name: 'Pourquoi cette heure ?' }).waitFor();
    await page
      .locator('.start-free', { hasText: timeOf(start.startsAt) })
      .first()
      .click();
    await page.getByText(`${window.classCode} déplacée à ${timeOf(start.startsAt)}.`).waitFor();
    const placeOf = async (): Promise<string> => {
      const { items } = await readJson<{ items: Window[] }>(page, `/v1/classes/${window.classId}/windows?from=${window.date}&to=${window.date}`); // prettier-ignore
      return items.find(({ id }) => id === window.id)!.startsAt;
    };
    expect(Date.parse(await placeOf())).toBe(Date.parse(start.startsAt));
    await page.getByRole('button', { name: 'Annuler' }).first().click();
    await page.getByText("C'est annulé.").waitFor();
    expect(Date.parse(await placeOf())).toBe(Date.parse(window.startsAt));
  });

  it('is refused a full hour with other hours as buttons, and takes one of them', async () => {
    const { page } = await openReader(browser);
    const uai = await openWeek(page);
    const { window, start } = await windowWith(page, uai, 'full');
    await page.goto(`${server.url}/app/etablissements/${uai}?creneau=${window.id}`);
    await page
      .locator('.start-full', { hasText: timeOf(start.startsAt) })
      .first()
      .click();
    const refusal = page.getByRole('alert');
    await refusal.getByText('La plateforme est pleine à cette heure.').waitFor();
    await refusal.getByRole('button', { name: 'Me prévenir si une place se libère' }).waitFor();
    await refusal
      .getByRole('button', { name: /, \d.* plus (tard|tôt)/ })
      .first()
      .click();
    await page.getByText(new RegExp(`${window.classCode} déplacée à`)).waitFor();
  });

  it('waits for a full hour on the list, and sees it among what is to be done', async () => {
    const { page } = await openReader(browser);
    const uai = await openWeek(page);
    const { window, start } = await windowWith(page, uai, 'full');
    await page.goto(`${server.url}/app/etablissements/${uai}?creneau=${window.id}`);
    await page
      .locator('.start-full', { hasText: timeOf(start.startsAt) })
      .first()
      .click();
    await page.getByRole('button', { name: 'Me prévenir si une place se libère' }).click();
    await page.getByText(/Vous êtes en liste d'attente, au rang \d+\./).waitFor();
    await page.getByText(new RegExp(`${window.classCode} attend une place`)).waitFor();
    await page.getByRole('button', { name: 'Ne plus attendre' }).click();
    await page.getByText(new RegExp(`${window.classCode} attend une place`)).waitFor({ state: 'detached' });
  });

  it('drags a window in the calendar, with possible starts painted while it is dragged', async () => {
    const { page } = await openReader(browser);
    const uai = await openWeek(page, 'head-lycee');
    const { window } = await windowWith(page, uai, 'free');
    await page.goto(`${server.url}/app/etablissements/${uai}?vue=calendrier&classe=${window.classId}`);
    const blocks = page.locator('.calendar .window');
    await blocks.first().waitFor();
    const block = blocks.first();
    await block.scrollIntoViewIfNeeded();
    const box = (await block.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + 6);
    await page.mouse.down();
    for (let step = 1; step <= 8; step++) await page.mouse.move(box.x + box.width / 2, box.y + 6 + step * 12);
    await page.locator('.paint-free, .paint-tight, .paint-full').first().waitFor({ state: 'attached' });
    await page.mouse.up();
    // the server decides: moved, or refused with a way out
    await page
      .getByText(/déplacée à|ne peut pas passer à/)
      .first()
      .waitFor();
  });

  it("sees another head's booking within a moment, without asking", async () => {
    const [first, second] = [await openReader(browser), await openReader(browser)];
    const uai = await openWeek(first.page, 'head-lycee');
    await openWeek(second.page, 'head-lycee');
    const { window, start } = await windowWith(first.page, uai, 'free');
    await second.page.goto(`${server.url}/app/etablissements/${uai}?creneau=${window.id}`);
    const panel = second.page.getByRole('complementary');
    await panel.getByText(timeOf(window.startsAt)).first().waitFor();
    await first.page.goto(`${server.url}/app/etablissements/${uai}?creneau=${window.id}`);
    await first.page
      .locator('.start-free', { hasText: timeOf(start.startsAt) })
      .first()
      .click();
    await panel.getByText(new RegExp(`^${timeOf(start.startsAt)} –`)).waitFor();
  });

  it('takes the week away as a spreadsheet, and subscribes to it with a QR code', async () => {
    const { page } = await openReader(browser);
    await openWeek(page);
    await page.getByRole('button', { name: 'Imprimer, exporter' }).click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'CSV' }).click(),
    ]);
    expect(readFileSync(await file.path(), 'utf8').split('\n').length).toBeGreaterThan(20);
    await page.getByRole('button', { name: 'Imprimer, exporter' }).click();
    await page.getByRole('menuitem', { name: "S'abonner dans un agenda" }).click();
    await page.getByAltText("Code QR de l'abonnement").waitFor();
    const address = await page.locator('.address').innerText();
    expect((await page.request.get(address)).headers()['content-type']).toContain('text/calendar');
  });

  it('brings the classes of the school as a file: the line of another school is shown and refused, nothing changes before', async () => {
    const { page } = await openReader(browser);
    const uai = await openWeek(page);
    await page.getByRole('link', { name: 'Les classes' }).click();
    const before = await page.getByText(/classes sont connues/).innerText();
    const template = (await (await page.request.get(`${server.url}/v1/imports/templates/roster.csv`)).text()).trim();
    const [header, line] = template.split('\n') as [string, string];
    const known = /^[^,;]+/.exec(line)![0];
    const buffer = Buffer.from([header, line.replace(known, uai), line.replace(known, '0750001A')].join('\n'));
    await page.locator('input[type=file]').setInputFiles({ name: 'classes.csv', mimeType: 'text/csv', buffer });
    await page.getByRole('button', { name: 'Voir ce qui changerait' }).click();
    const row = page.getByRole('region', { name: 'Lignes à regarder' }).getByRole('row', { name: /^3 / });
    await row.waitFor();
    await page.getByText("Rien n'est encore changé.").waitFor();
    expect(await overflowing(page)).toEqual([]);
    await page.reload();
    expect(await page.getByText(/classes sont connues/).innerText()).toBe(before);
  });

  it('reads the times of the school, and is told so in another zone', async () => {
    const { page } = await openReader(browser, { timeZone: 'America/Guadeloupe' });
    await openWeek(page);
    await page.getByText(/Les heures sont celles de l'établissement \(Europe\/Paris\)/).waitFor();
  });

  it.each(['fr', 'en'] as const)('fits every width without an overflow, in %s', async (language) => {
    const { page } = await openReader(browser, { language });
    const uai = await openWeek(page);
    const { items } = await readJson<{ items: Window[] }>(page, `/v1/establishments/${uai}/windows?limit=1`);
    const week = `/app/etablissements/${uai}`;
    const found: unknown[] = [];
    await page.setViewportSize({ width: 360, height: 900 });
    for (const path of ['/', week, `${week}?creneau=${items[0]!.id}`, `${week}?vue=calendrier`, `${week}/souhaits`]) {
      await page.goto(server.url + path);
      await page.locator('h1').waitFor();
      if (path.startsWith(week) && !path.endsWith('souhaits')) await page.locator('.chip, .calendar .window').first().waitFor(); // prettier-ignore
      found.push(...(await overflowing(page)).map((what) => [path, what]));
    }
    expect(found).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('has no violation that axe-core knows, in %s', async (theme) => {
    const { page } = await openReader(browser, { theme });
    const uai = await openWeek(page);
    const { items } = await readJson<{ items: Window[] }>(page, `/v1/establishments/${uai}/windows?limit=1`);
    const week = `/app/etablissements/${uai}`;
    const found: string[] = [];
    for (const path of [
      '/',
      week,
      `${week}?creneau=${items[0]!.id}`,
      `${week}?vue=calendrier&niveau=6E`,
      `${week}/souhaits`,
    ]) {
      await page.goto(server.url + path);
      await page.locator('h1').waitFor();
      if (path.includes('creneau')) await page.locator('.start, .starts').first().waitFor();
      if (path.includes('calendrier')) await page.locator('.calendar .window').first().waitFor();
      found.push(...(await violationsOf(page, theme)).map((violation) => `${path}: ${violation}`));
    }
    expect(found).toEqual([]);
  });
});
