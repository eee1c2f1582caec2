import type { Locator, Page } from 'playwright-core';
import { violationsOf } from './accessibility';
import { query, withoutRoom } from './database-hand';
import {
  type ClassWindow,
  classWindowsOf,
  enterSchool,
  post,
  readJson,
  startsOf,
  timeOf,
  weeksLater,
  type Window,
  windowsOf,
  windowWith,
} from './head-reader';
import { openReader, overflowing } from './real-browser';
import { describeWeb } from './web-server';

describeWeb('bookings on the page of a head', (web) => {
  /** Two weeks more of campaign and of limits, as a longer campaign would have been published with them, all of them of school; before anybody asks, for the service remembers what was published. */
  beforeAll(async () => {
    await query(web.databaseUrl, 'update campaign set ends_on = starts_on + 18 where id = 1');
    await query(
      web.databaseUrl,
      `insert into calendar_exception (territory_id, first_on, last_on, open_half_days, reason)
      select t.id, day, day, 3, 'no holidays' from territory t, campaign c, generate_series(c.starts_on + 7, c.ends_on, interval '1 day') day
       where t.kind = 'department' and c.id = 1 and extract(isodow from day) < 6`,
    );
    await query(
      web.databaseUrl,
      `insert into ledger_cell (platform_id, cell, session_limit, session_planned, session_ceiling, login_limit, login_planned, login_ceiling)
      select platform_id, cell + 2016 * week, session_limit, 0, session_limit, login_limit, 0, login_limit
        from ledger_cell, generate_series(1, 2) week on conflict do nothing`,
    );
  });

  it('moves a window by the keyboard alone, and takes the move back', async () => {
    const { page } = await openReader(web.browser);
    const uai = await enterSchool(page, web.url, 'head-lycee');
    const { window, start } = await windowWith(page, uai, 'free');
    await page.goto(`${web.url}/app/etablissements/${uai}?classe=${window.classId}`);
    const row = page.locator('tbody tr').filter({ has: page.locator('th', { hasText: window.classCode }) });
    const chip = row.locator('.chip', { hasText: timeOf(window.startsAt) }).first();
    const panel = page.getByRole('complementary');
    const isHere = (target: Locator) => target.evaluate((element) => element === document.activeElement);
    const press = async (key: string, target: Locator): Promise<void> => {
      for (let k = 0; k < 250 && !(await isHere(target)); k++) await page.keyboard.press(key);
      expect(await isHere(target)).toBe(true);
    };
    await chip.waitFor();
    await press('Tab', chip);
    await page.keyboard.press('Enter');
    await panel.getByRole('heading', { name: 'Pourquoi cette heure ?' }).waitFor();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    expect(await isHere(chip)).toBe(true);
    await page.keyboard.press('Enter');
    await panel.locator('.start').first().waitFor();
    await press('Tab', panel.locator('.start').first());
    const wanted = panel.locator('.start-free', { hasText: timeOf(start.startsAt) }).first();
    await press('ArrowRight', panel.locator('.start').nth(2));
    await press('Tab', wanted);
    await page.keyboard.press('Enter');
    await page.getByText(`Le créneau de ${window.classCode} passe à ${timeOf(start.startsAt)}.`).waitFor();
    const placeOf = async (): Promise<string> => {
      const { items } = await readJson<{ items: Window[] }>(
        page,
        `/v1/classes/${window.classId}/windows?from=${window.date}&to=${window.date}`,
      );
      return items.find(({ id }) => id === window.id)!.startsAt;
    };
    expect(Date.parse(await placeOf())).toBe(Date.parse(start.startsAt));
    await page.getByRole('button', { name: 'Annuler' }).first().click();
    await page.getByText("C'est annulé.").waitFor();
    expect(Date.parse(await placeOf())).toBe(Date.parse(window.startsAt));
  });

  it('is refused a full hour with other hours as buttons, and takes one of them', async () => {
    const { page } = await openReader(web.browser);
    const uai = await enterSchool(page, web.url);
    const { window, start } = await windowWith(page, uai, 'full');
    await page.goto(`${web.url}/app/etablissements/${uai}?creneau=${window.id}`);
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
    await page.getByText(new RegExp(`${window.classCode} passe à`)).waitFor();
  });

  it('drags a window in the calendar, with possible starts painted while it is dragged', async () => {
    const { page } = await openReader(web.browser);
    const uai = await enterSchool(page, web.url, 'head-lycee');
    const { window } = await windowWith(page, uai, 'free');
    await page.goto(`${web.url}/app/etablissements/${uai}?vue=calendrier&classe=${window.classId}`);
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
      .getByText(/ passe à |ne peut pas passer à/)
      .first()
      .waitFor();
  });

  it('drags a whole series in the calendar: each later date goes to the same hour', async () => {
    const { page } = await openReader(web.browser);
    const uai = await enterSchool(page, web.url, 'head-lycee');
    const items = await classWindowsOf(page, uai);
    const freeHours = async (window: ClassWindow): Promise<string[]> =>
      (await startsOf(page, uai, window))
        .filter(({ verdict }) => verdict === 'free')
        .map(({ startsAt }) => startsAt.slice(11, 16));
    const minutesOf = (civil: string): number => Number(civil.slice(0, 2)) * 60 + Number(civil.slice(3, 5));
    // two windows of a class on two days that share a free hour: from now on they are a series
    const pairOf = async (): Promise<{ first: ClassWindow; second: ClassWindow; hour: string }> => {
      for (const first of items) {
        const second = items.find(({ classId, date }) => classId === first.classId && date > first.date);
        if (!second) continue;
        const both = new Set(await freeHours(second));
        // ten minutes are eight pixels: a pointer that lands so far off is still right
        const common = (await freeHours(first)).filter((one) => both.has(one) && one > first.startsAt.slice(11, 16));
        const at = common.findIndex(
          (_, i) => i > 1 && minutesOf(common[i + 2] ?? '') - minutesOf(common[i - 2]!) === 20,
        );
        if (at > 0) return { first, second, hour: common[at]! };
      }
      throw new Error(`no class of ${uai} has an hour that is free on two days`);
    };
    const { first, second, hour } = await pairOf();
    await query(web.databaseUrl, 'update plan_window set series_id = $1 where window_id in ($1, $2)', [
      first.id,
      second.id,
    ]);

    // the whole day is in sight: a pointer at the edge would scroll
    await page.setViewportSize({ width: 1440, height: 1800 });
    await page.goto(`${web.url}/app/etablissements/${uai}?vue=calendrier&classe=${first.classId}`);
    await page.getByText('Toute la série').click();
    const blocks = page.locator(`[data-date="${first.date}"] .window`);
    await blocks.first().waitFor();
    const ofTheDay = items.filter(({ classId, date }) => classId === first.classId && date === first.date);
    const block = blocks.nth(ofTheDay.toSorted((a, b) => (a.startsAt < b.startsAt ? -1 : 1)).indexOf(first));
    const box = (await block.boundingBox())!;
    const lineOf = async (time: string): Promise<number> =>
      (await page.locator(`[data-time="${time}:00"]`).first().boundingBox())!.y;
    const pixelsPerMinute = ((await lineOf('16:00')) - (await lineOf('10:00'))) / 360;
    const way = (minutesOf(hour) - minutesOf(first.startsAt.slice(11, 16))) * pixelsPerMinute;
    await page.mouse.move(box.x + box.width / 2, box.y + 6);
    await page.mouse.down();
    for (let step = 1; step <= 8; step++) await page.mouse.move(box.x + box.width / 2, box.y + 6 + (way * step) / 8);
    await page.mouse.up();
    await page.getByText(`Le créneau de ${first.classCode} passe à`).waitFor();
    const after = await readJson<{ items: Window[] }>(
      page,
      `/v1/classes/${first.classId}/windows?from=${first.date}&to=${second.date}`,
    );
    const hourOf = ({ id }: Window): string => after.items.find((one) => one.id === id)!.startsAt.slice(11, 16);
    expect(hourOf(second)).toBe(hourOf(first));
    expect(Math.abs(minutesOf(hourOf(first)) - minutesOf(hour))).toBeLessThanOrEqual(10);
    expect(await page.getByText('sans vous').count()).toBe(0);
  });

  it("sees another head's booking by the live stream, without reading its page again", async () => {
    const [first, second] = [await openReader(web.browser), await openReader(web.browser)];
    const uai = await enterSchool(first.page, web.url, 'head-lycee');
    await enterSchool(second.page, web.url, 'head-lycee');
    const { window, start } = await windowWith(first.page, uai, 'free');
    await second.page.goto(`${web.url}/app/etablissements/${uai}?creneau=${window.id}`);
    const panel = second.page.getByRole('complementary');
    await panel.getByText(timeOf(window.startsAt)).first().waitFor();
    await second.page.evaluate(() => Object.assign(globalThis, { isTheSamePage: true }));
    await first.page.goto(`${web.url}/app/etablissements/${uai}?creneau=${window.id}`);
    await first.page
      .locator('.start-free', { hasText: timeOf(start.startsAt) })
      .first()
      .click();
    await panel.getByText(new RegExp(`^${timeOf(start.startsAt)} –`)).waitFor();
    expect(await second.page.evaluate(() => 'isTheSamePage' in globalThis)).toBe(true);
    // the same page that hears of nothing shows what it knew
    await second.page.route(/\/v1\/plans\/\d+\/changes/, (route) => route.abort());
    await second.page.reload();
    await second.page.getByText('Mise à jour interrompue, reprise en cours').waitFor();
  });

  /** The windows of series that a class has from a date on. */
  const seriesOf = async (page: Page, classId: number, from: string): Promise<{ date: string; hour: string }[]> => {
    const { items } = await readJson<{ items: Window[] }>(
      page,
      `/v1/classes/${classId}/windows?from=${from}&to=${weeksLater(from, 3)}`,
    );
    return items
      .filter(({ seriesId }) => seriesId !== null)
      .map(({ date, startsAt }) => ({ date, hour: startsAt.slice(11, 16) }));
  };

  it('adds a window each week to the end of the campaign but for a date; a full hour is refused with other hours', async () => {
    const { page } = await openReader(web.browser, { width: 390 });
    const uai = await enterSchool(page, web.url, 'head-lycee');
    const { window } = await windowWith(page, uai, 'full');
    await page.goto(`${web.url}/app/etablissements/${uai}?creneau=${window.id}`);
    // a window more than the campaign gives is none: one is given back first
    await page.getByRole('button', { name: 'Rendre ce créneau' }).click();
    await page.getByRole('button', { name: 'Rendre', exact: true }).click();
    await page.getByText('est rendu.').waitFor();
    await page.goto(`${web.url}/app/etablissements/${uai}`);
    await page.getByRole('button', { name: 'Ajouter un créneau' }).click();
    const sheet = page.getByRole('dialog', { name: 'Ajouter un créneau' });
    await sheet.getByRole('combobox', { name: 'Pour' }).fill(window.classCode);
    await page.getByRole('option', { name: window.classCode, exact: true }).click();
    await sheet.getByLabel('Date', { exact: true }).fill(window.date);
    await sheet.getByText('Chaque semaine').click();
    const dates = sheet.getByRole('group', { name: /^Dates à laisser de côté/ }).getByRole('checkbox');
    await dates.first().check();
    expect(await dates.count()).toBe(2);
    await sheet.getByLabel('Motif, si vous le souhaitez').fill('Conseil de classe');
    await sheet.locator('.start-full').first().waitFor();
    expect(await overflowing(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 900 });
    expect(await violationsOf(page, 'light')).toEqual([]);
    await sheet.locator('.start-full').first().click();
    const refusal = page
      .getByRole('alert')
      .filter({ hasText: `Un créneau de ${window.classCode} n'est pas possible à` });
    await refusal.getByText(/La plateforme est pleine à cette heure\. Dates où elle l'est/).waitFor();
    const other = refusal.getByRole('button', { name: /, \d.* plus (tard|tôt)/ }).first();
    const hour = /^\d+\sh\s\d\d/.exec(await other.innerText())![0];
    await other.click();
    await page.getByText(`Un créneau de ${window.classCode} est ajouté le`).waitFor();
    await sheet.waitFor({ state: 'detached' });
    const added = await seriesOf(page, window.classId, window.date);
    expect(added.map(({ date }) => date)).toEqual([window.date, weeksLater(window.date, 2)]);
    expect(timeOf(`${window.date}T${added[0]!.hour}`)).toBe(hour);
    await page.goto(`${web.url}/app/etablissements/${uai}?ajouter=${window.classId}&jour=${window.date}`);
    await sheet.getByText('La campagne ne donne pas plus de créneaux ce jour-là').waitFor();
  });

  /** Puts the same window in its place as the first of a series. */
  const asSeries = async (page: Page, { id, revision, startsAt }: Window, owner: object): Promise<number> => {
    await post(page, '/v1/bookings', { operation: 'release', windowId: id }, revision);
    const series = { operation: 'add', ...owner, startsAt, isSeries: true };
    const { body } = await post<{ changes: { windowId: number }[] }>(page, '/v1/bookings', series);
    return body.changes[0]!.windowId;
  };

  it('moves a series and gives it back but for the dates that are named', async () => {
    const { page } = await openReader(web.browser);
    const uai = await enterSchool(page, web.url, 'head-lycee');
    const { window } = await windowWith(page, uai, 'free');
    const windowId = await asSeries(page, window, { classId: window.classId });
    const before = (await seriesOf(page, window.classId, window.date))[0]!.hour;

    await page.goto(`${web.url}/app/etablissements/${uai}?creneau=${windowId}`);
    const panel = page.getByRole('complementary');
    await panel.getByText('Toute la série').click();
    const stays = panel.getByRole('group', { name: 'Dates qui ne changent pas' }).getByRole('checkbox');
    await stays.nth(1).waitFor();
    expect(await stays.count()).toBe(2);
    await stays.first().focus();
    await page.keyboard.press('Space');
    expect(await overflowing(page)).toEqual([]);
    expect(await violationsOf(page, 'light')).toEqual([]);
    await panel.locator('.start-free').first().click();
    await page.getByText(`Le créneau de ${window.classCode} passe à`).waitFor();
    const moved = await seriesOf(page, window.classId, window.date);
    const hourOn = (weeks: number): string[] =>
      moved.filter(({ date }) => date === weeksLater(window.date, weeks)).map(({ hour }) => hour);
    expect(hourOn(1)).toEqual([before]);
    expect(hourOn(2)).toEqual(hourOn(0));
    expect(hourOn(0)).not.toEqual([before]);

    // what moved is a series of two dates now
    await panel.getByRole('checkbox').nth(1).waitFor({ state: 'detached' });
    await panel.getByRole('button', { name: 'Rendre ce créneau' }).click();
    await panel.getByText(`Ces 2 créneaux de ${window.classCode} n'existeront plus`).waitFor();
    await stays.first().check();
    await panel.getByText(`Le créneau de ${window.classCode} n'existera plus`).waitFor();
    await panel.getByRole('button', { name: 'Rendre', exact: true }).click();
    await page.getByText('est rendu.').waitFor();
    expect((await seriesOf(page, window.classId, window.date)).map(({ date }) => date)).toEqual(
      [1, 2].map((weeks) => weeksLater(window.date, weeks)),
    );
  });

  it('moves windows of relatives and of staff, and gives a series of them back, as those of a class', async () => {
    const { page } = await openReader(web.browser);
    const uai = await enterSchool(page, web.url, 'head-lycee');
    const panel = page.getByRole('complementary');
    const firstOf = async (audience: string): Promise<Window> => {
      for (const window of (await windowsOf(page, uai)).filter((one) => one.audience === audience)) {
        if ((await startsOf(page, uai, window)).some(({ verdict }) => verdict === 'free')) return window;
      }
      throw new Error(`${uai} has no window for ${audience} with another hour`);
    };
    const staff = await firstOf('staff');
    await page.goto(`${web.url}/app/etablissements/${uai}?creneau=${staff.id}`);
    await panel.and(page.getByLabel('Créneau des personnels')).locator('.start-free').first().click();
    await page.getByText('Le créneau des personnels passe à').waitFor();
    expect((await windowsOf(page, uai)).find(({ id }) => id === staff.id)!.startsAt).not.toBe(staff.startsAt);

    const relatives = await firstOf('relatives');
    const id = await asSeries(page, relatives, { uai, audience: 'relatives' });
    const days = `from=${relatives.date}&to=${weeksLater(relatives.date, 2)}`;
    const series = async (): Promise<Window[]> =>
      (await windowsOf(page, uai, days)).filter(
        ({ audience, seriesId }) => audience === 'relatives' && seriesId !== null,
      );
    const [first] = await series();
    await page.goto(`${web.url}/app/etablissements/${uai}?creneau=${id}`);
    await panel.getByText('Toute la série').click();
    const stays = panel.getByRole('group', { name: 'Dates qui ne changent pas' }).getByRole('checkbox');
    await stays.nth(1).check();
    expect(await overflowing(page)).toEqual([]);
    expect(await violationsOf(page, 'light')).toEqual([]);
    await panel.locator('.start-free').first().click();
    await page.getByText('Le créneau des parents passe à').waitFor();
    const moved = await series();
    const hours = moved.map(({ startsAt }) => startsAt.slice(11, 16));
    expect(moved.map(({ date }) => date)).toEqual([0, 1, 2].map((weeks) => weeksLater(relatives.date, weeks)));
    expect(hours[1]).toBe(hours[0]);
    expect(hours[0]).not.toBe(first!.startsAt.slice(11, 16));
    expect(hours[2]).toBe(first!.startsAt.slice(11, 16));

    await panel.getByRole('checkbox').nth(1).waitFor({ state: 'detached' });
    await panel.getByRole('button', { name: 'Rendre ce créneau' }).click();
    await panel.getByText("Ces 2 créneaux des parents n'existeront plus").waitFor();
    await panel.getByRole('button', { name: 'Rendre', exact: true }).click();
    await page.getByText('Le créneau des parents est rendu.').waitFor();
    expect((await series()).map(({ date }) => date)).toEqual([weeksLater(relatives.date, 2)]);
    await page.getByRole('button', { name: 'Annuler' }).last().click();
    await page.getByText("C'est annulé.").waitFor();
    expect(await series()).toHaveLength(3);
  });

  it('adds on another day what was refused of a series that has one date left, on that day alone', async () => {
    const { page } = await openReader(web.browser);
    const uai = await enterSchool(page, web.url, 'head-school');
    const [window] = await classWindowsOf(page, uai);
    const { classId, classCode, startCell } = window!;
    const week = 7 * 288;
    const date = weeksLater(window!.date, 1);
    const panel = page.getByRole('complementary', { name: 'Ajouter un créneau' });
    const windowsAround = async (): Promise<Window[]> =>
      (
        await readJson<{ items: Window[] }>(
          page,
          `/v1/classes/${classId}/windows?from=${window!.date}&to=${weeksLater(date, 2)}`,
        )
      ).items;
    const before = new Set((await windowsAround()).map(({ id }) => id));
    // the whole day, and nothing of those before and after it
    await withoutRoom(web.databaseUrl, startCell + week - 120, startCell + week + 120, async () => {
      await page.goto(`${web.url}/app/etablissements/${uai}?ajouter=${classId}&jour=${date}`);
      await panel.getByText('Chaque semaine').click();
      await panel
        .getByRole('group', { name: /^Dates à laisser de côté/ })
        .getByRole('checkbox')
        .check();
      await panel.locator('.start-full').first().click();
      const refusal = page.getByRole('alert').filter({ hasText: `Un créneau de ${classCode} n'est pas possible à` });
      await refusal
        .getByRole('button', { name: /^(lun|mar|mercre|jeu|vendre)di .+ à \d+\sh/ })
        .first()
        .click();
      await page.getByText(`Un créneau de ${classCode} est ajouté le`).waitFor();
    });
    const added = (await windowsAround()).filter(({ id }) => !before.has(id));
    expect(added).toMatchObject([{ seriesId: null }]);
    expect(added[0]!.date).not.toBe(date);
  });
});
