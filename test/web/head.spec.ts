import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { DataSource } from 'typeorm';
import { databaseOptions } from '../../src/common/database';
import { violationsOf } from './accessibility';
import { openReader, overflowing, signIn } from './real-browser';
import { A_FORTNIGHT, describeWeb } from './web-server';

interface Start {
  startsAt: string;
  verdict: string;
}
interface Window {
  headcount: number;
  id: number;
  revision: number | null;
  classId: number;
  classCode: string;
  date: string;
  startsAt: string;
}

describeWeb('the web of a head', (web) => {
  /** Two weeks more of campaign and of limits, as a longer campaign would have been published with them, all of them of school; before anybody asks, for the service remembers what was published. */
  beforeAll(async () => {
    const database = await new DataSource(databaseOptions(web.databaseUrl, 1)).initialize();
    await database.query('update campaign set ends_on = starts_on + 18 where id = 1');
    await database.query(`insert into calendar_exception (territory_id, first_on, last_on, open_half_days, reason)
      select t.id, day, day, 3, 'no holidays' from territory t, campaign c, generate_series(c.starts_on + 7, c.ends_on, interval '1 day') day
       where t.kind = 'department' and c.id = 1 and extract(isodow from day) < 6`);
    await database.query(`insert into ledger_cell (platform_id, cell, session_limit, session_planned, session_ceiling, login_limit, login_planned, login_ceiling)
      select platform_id, cell + 2016 * week, session_limit, 0, session_limit, login_limit, 0, login_limit
        from ledger_cell, generate_series(1, 2) week on conflict do nothing`);
    await database.destroy();
  });

  const openWeek = async (page: Page, account = 'head-college'): Promise<string> => {
    await signIn(page, web.url, account);
    await page.locator('.chip').first().waitFor();
    return new URL(page.url()).pathname.split('/').at(-1)!;
  };
  const readJson = <T>(page: Page, path: string): Promise<T> =>
    page.evaluate(async (at) => (await (await fetch(at)).json()) as T, path);
  /** A window of Tuesday that has a start of some verdict, and that start. */
  const windowWith = async (
    page: Page,
    uai: string,
    verdict: string,
    leastMinutesAway = 5,
  ): Promise<{ window: Window; start: Start }> => {
    // prettier-ignore
    const { items } = await readJson<{ items: Window[] }>(page, `/v1/establishments/${uai}/windows?limit=500&${A_FORTNIGHT}`);
    for (const window of items.filter(({ classId }) => classId !== null)) {
      const { starts } = await readJson<{ starts: Start[] }>(page, `/v1/classes/${window.classId}/availability?date=${window.date}&windowId=${window.id}`); // prettier-ignore
      const start = starts.find((one) => one.verdict === verdict && Math.abs(Date.parse(one.startsAt) - Date.parse(window.startsAt)) >= leastMinutesAway * 60_000); // prettier-ignore
      if (start) return { window, start };
    }
    throw new Error(`no window of ${uai} has a start that is ${verdict}`);
  };
  const timeOf = (startsAt: string): string =>
    `${Number(startsAt.slice(11, 13))}\u00a0h\u00a0${startsAt.slice(14, 16)}`;

  it('accepts the whole proposal in one action', async () => {
    const { page } = await openReader(web.browser);
    await openWeek(page);
    await page.getByRole('button', { name: 'Tout accepter' }).click();
    await page.getByText('La proposition est acceptée.').waitFor();
    await page.getByText('Vous avez accepté la proposition').waitFor();
    await page.locator('.state-accepted').first().waitFor();
  });

  it('moves a window by the keyboard alone, and takes the move back', async () => {
    const { page } = await openReader(web.browser);
    const uai = await openWeek(page, 'head-lycee');
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
    const { page } = await openReader(web.browser);
    const uai = await openWeek(page);
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
    await page.getByText(new RegExp(`${window.classCode} déplacée à`)).waitFor();
  });

  it('waits for a full hour on the list, and sees it among what is to be done', async () => {
    const { page } = await openReader(web.browser);
    const uai = await openWeek(page);
    const { window, start } = await windowWith(page, uai, 'full');
    await page.goto(`${web.url}/app/etablissements/${uai}?creneau=${window.id}`);
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

  it('lets a full hour be taken without being asked, also one that is half an hour better, on a phone', async () => {
    const { page } = await openReader(web.browser, { width: 390 });
    const uai = await openWeek(page);
    const { window, start } = await windowWith(page, uai, 'full', 60);
    await page.goto(`${web.url}/app/etablissements/${uai}?creneau=${window.id}`);
    await page
      .locator('.start-full', { hasText: timeOf(start.startsAt) })
      .first()
      .click();
    const refusal = page.getByRole('alert');
    await refusal.getByRole('checkbox', { name: "La prendre sans me demander dès qu'elle se libère" }).check();
    await refusal.getByRole('checkbox', { name: /Ou toute heure de ce jour plus proche d'au moins 30\smin/ }).check();
    expect(await overflowing(page)).toEqual([]);
    expect(await violationsOf(page, 'light')).toEqual([]);
    await refusal.getByRole('button', { name: 'La prendre pour moi' }).click();
    await page.getByText(/la place sera prise sans vous demander\./).waitFor();
    const { items } = await readJson<{ items: object[] }>(page, `/v1/establishments/${uai}/waiting-list?limit=100`);
    // half an hour better may have been free: then it is taken already
    expect(items.at(-1)).toMatchObject({ windowId: window.id, takesAutomatically: true, improvementMinutes: 30 });
  });

  it('drags a window in the calendar, with possible starts painted while it is dragged', async () => {
    const { page } = await openReader(web.browser);
    const uai = await openWeek(page, 'head-lycee');
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
      .getByText(/déplacée à|ne peut pas passer à/)
      .first()
      .waitFor();
  });

  it('drags a whole series in the calendar: each later date goes to the same hour', async () => {
    const { page } = await openReader(web.browser);
    const uai = await openWeek(page, 'head-lycee');
    const { items } = await readJson<{ items: Window[] }>(
      page,
      `/v1/establishments/${uai}/windows?limit=500&${A_FORTNIGHT}`,
    );
    const freeHours = async (window: Window): Promise<string[]> => {
      const { starts } = await readJson<{ starts: Start[] }>(page, `/v1/classes/${window.classId}/availability?date=${window.date}&windowId=${window.id}`); // prettier-ignore
      return starts.filter(({ verdict }) => verdict === 'free').map(({ startsAt }) => startsAt.slice(11, 16));
    };
    const minutesOf = (civil: string): number => Number(civil.slice(0, 2)) * 60 + Number(civil.slice(3, 5));
    // two windows of a class on two days that share a free hour: from now on they are a series
    const pairOf = async (): Promise<{ first: Window; second: Window; hour: string }> => {
      for (const first of items.filter(({ classId }) => classId !== null)) {
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
    const database = await new DataSource(databaseOptions(web.databaseUrl, 1)).initialize();
    await database.query('update plan_window set series_id = $1 where window_id in ($1, $2)', [first.id, second.id]);
    await database.destroy();

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
    await page.getByText(`${first.classCode} déplacée à`).waitFor();
    const after = await readJson<{ items: Window[] }>(page, `/v1/classes/${first.classId}/windows?from=${first.date}&to=${second.date}`); // prettier-ignore
    const hourOf = ({ id }: Window): string => after.items.find((one) => one.id === id)!.startsAt.slice(11, 16);
    expect(hourOf(second)).toBe(hourOf(first));
    expect(Math.abs(minutesOf(hourOf(first)) - minutesOf(hour))).toBeLessThanOrEqual(10);
    expect(await page.getByText('sans vous').count()).toBe(0);
  });

  it("sees another head's booking by the live stream, without reading its page again", async () => {
    const [first, second] = [await openReader(web.browser), await openReader(web.browser)];
    const uai = await openWeek(first.page, 'head-lycee');
    await openWeek(second.page, 'head-lycee');
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

  it('takes the week away as a spreadsheet, and subscribes to it with a QR code', async () => {
    const { page } = await openReader(web.browser);
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
    const { page } = await openReader(web.browser);
    const uai = await openWeek(page);
    await page.getByRole('link', { name: 'Les classes' }).click();
    const before = await page.getByText(/classes sont connues/).innerText();
    const template = (await (await page.request.get(`${web.url}/v1/imports/templates/roster.csv`)).text()).trim();
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

  it('prints a page for each class, and the whole school on sheets that fit', async () => {
    const { page } = await openReader(web.browser);
    await openWeek(page);
    await page.getByRole('button', { name: 'Imprimer, exporter' }).click();
    const addresses = await page.getByRole('menuitem', { name: /^Imprimer/ }).evaluateAll((items) => items.map((item) => (item as HTMLAnchorElement).href)); // prettier-ignore
    const sheetsOf = async (address: string): Promise<number> => {
      await page.goto(address);
      const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
      return pdf.match(/\/Type\s*\/Page[^s]/g)!.length;
    };
    await page.goto(addresses[0]!);
    const classes = await page.locator('section').count();
    expect(classes).toBeGreaterThan(30);
    expect(await sheetsOf(addresses[0]!)).toBe(classes);
    // a hundred windows a day and more
    expect(await sheetsOf(addresses[1]!)).toBeLessThanOrEqual(2);
    expect(await page.locator('tbody tr').count()).toBeGreaterThanOrEqual(classes);
  });

  it('is told which wishes are asked for, until when', async () => {
    const [{ page }, operator] = [await openReader(web.browser), await openReader(web.browser)];
    await signIn(operator.page, web.url, 'operator');
    await operator.page.evaluate(async () => {
      const wishes = { wishesOpenAt: '2026-01-01T00:00:00Z', wishesCloseAt: '2099-01-08T17:00:00Z' };
      const campaign = { name: 'Janvier', platformId: 1, startsOn: '2027-01-11', endsOn: '2027-01-15', preset: 'remote-week-everybody', ...wishes }; // prettier-ignore
      const made = await fetch('/v1/campaigns', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(campaign) }); // prettier-ignore
      if (!made.ok) throw new Error(await made.text());
    });
    await openWeek(page);
    await page
      .getByText(/Les souhaits pour «\sJanvier\s» sont attendus\s: jusqu'au jeudi 8 janvier à 18\sh\s00/)
      .waitFor();
    await page.getByRole('link', { name: 'Dire mes souhaits' }).click();
    await page.getByText(/Les souhaits pour «\sJanvier\s» sont ouverts/).waitFor();
  });

  it('takes over the wishes of the last campaign; a fixed window beyond the cap waits for the authority, who approves it', async () => {
    const reader = (account: string) => openReader(web.browser).then(async ({ page }) => { await signIn(page, web.url, account); return page; }); // prettier-ignore
    const operator = await reader('operator');
    const campaignId = await operator.evaluate(async () => {
      const wishes = { wishesOpenAt: '2026-01-01T00:00:00Z', wishesCloseAt: '2099-02-08T17:00:00Z' };
      const campaign = { name: 'Février', platformId: 1, startsOn: '2027-02-01', endsOn: '2027-02-05', preset: 'remote-week-everybody', ...wishes }; // prettier-ignore
      const made = await fetch('/v1/campaigns', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(campaign) }); // prettier-ignore
      return ((await made.json()) as { id: number }).id;
    });
    const { page } = await openReader(web.browser);
    // the region's authority answers for the lycées
    const uai = await openWeek(page, 'head-lycee');
    const { window } = await windowWith(page, uai, 'free');
    const database = await new DataSource(databaseOptions(web.databaseUrl, 1)).initialize();
    try {
      await database.query('delete from wish w using class k where k.id = w.class_id and k.establishment_id = (select establishment_id from class where id = $1)', [window.classId]); // prettier-ignore
      await database.query(`insert into wish (campaign_id, class_id, kind, weekday, start_minute, origin) values (1, $1, 'wished', 2, 600, 'head')`, [window.classId]); // prettier-ignore
      await page.goto(`${web.url}/app/etablissements/${uai}/souhaits?classe=${window.classId}`);
      await page.getByText('Aucun souhait', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Reprendre les derniers souhaits' }).click();
      await page.getByText('Souhaits repris : 1').waitFor();
      expect(await page.getByLabel('À partir de').inputValue()).toBe('10:00');
      expect(await overflowing(page)).toEqual([]);
      expect(await violationsOf(page, 'light')).toEqual([]);

      await database.query(`insert into wish (campaign_id, class_id, kind, weekday, start_minute, origin, reason, approval) values
        ($1, $2, 'fixed', 4, 600, 'head', 'Examen blanc', 'pending'), ($1, $2, 'fixed', 5, 600, 'head', 'Sortie', 'pending')`, [campaignId, window.classId]); // prettier-ignore
      const authority = await reader('authority-region');
      const asked = authority.getByRole('region', { name: 'Créneaux fixes qui attendent votre accord' });
      await asked.getByText('Février').waitFor();
      const group = (reason: string) => asked.getByRole('group').filter({ hasText: reason });
      await group('Examen blanc')
        .getByText(/jeudi à 10\sh\s00\s: Examen blanc/i)
        .waitFor();
      expect(await overflowing(authority)).toEqual([]);
      expect(await violationsOf(authority, 'light')).toEqual([]);
      await group('Examen blanc').getByRole('button', { name: 'Approuver' }).click();
      await group('Examen blanc').waitFor({ state: 'detached' });
      expect(await group('Sortie').getByRole('button', { name: 'Refuser' }).isDisabled()).toBe(true);
      await group('Sortie')
        .getByLabel(/^Motif/)
        .fill('Les salles sont prises');
      await group('Sortie').getByRole('button', { name: 'Refuser' }).click();
      await asked.waitFor({ state: 'detached' });
      const decided = await database.query<{ approval: string }[]>(`select approval from wish where campaign_id = $1 and kind = 'fixed' order by weekday`, [campaignId]); // prettier-ignore
      expect(decided).toEqual([{ approval: 'approved' }, { approval: 'refused' }]);
    } finally {
      await database.destroy();
    }
  });

  const weeksLater = (date: string, weeks: number): string =>
    new Date(Date.parse(`${date}T12:00:00Z`) + weeks * 604_800_000).toISOString().slice(0, 10);
  const datesOf = async (
    page: Page,
    classId: number,
    from: string,
  ): Promise<{ date: string; hour: string; seriesId: number | null }[]> => {
    const { items } = await readJson<{ items: (Window & { seriesId: number | null })[] }>(page, `/v1/classes/${classId}/windows?from=${from}&to=${weeksLater(from, 3)}`); // prettier-ignore
    return items.map(({ date, startsAt, seriesId }) => ({ date, hour: startsAt.slice(11, 16), seriesId }));
  };

  it('adds a window each week to the end of the campaign but for a date; a full hour is refused with other hours', async () => {
    const { page } = await openReader(web.browser, { width: 390 });
    const uai = await openWeek(page, 'head-lycee');
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
    const refusal = page.getByRole('alert').filter({ hasText: `${window.classCode} ne peut pas avoir de créneau à` });
    await refusal.getByText(/La plateforme est pleine à cette heure\. Dates où elle l'est/).waitFor();
    const other = refusal.getByRole('button', { name: /, \d.* plus (tard|tôt)/ }).first();
    const hour = /^\d+\sh\s\d\d/.exec(await other.innerText())![0];
    await other.click();
    await page.getByText(`Créneau ajouté : ${window.classCode}`).waitFor();
    await sheet.waitFor({ state: 'detached' });
    const added = (await datesOf(page, window.classId, window.date)).filter(({ seriesId }) => seriesId !== null);
    expect(added.map(({ date }) => date)).toEqual([window.date, weeksLater(window.date, 2)]);
    expect(timeOf(`${window.date}T${added[0]!.hour}`)).toBe(hour);
    await page.goto(`${web.url}/app/etablissements/${uai}?ajouter=${window.classId}&jour=${window.date}`);
    await sheet.getByText('La campagne ne donne pas plus de créneaux ce jour-là').waitFor();
  });

  it('moves a series and gives it back but for the dates that are named', async () => {
    const { page } = await openReader(web.browser);
    const uai = await openWeek(page, 'head-lycee');
    const { window } = await windowWith(page, uai, 'free');
    // the same window, as the first of a series
    const windowId = await page.evaluate(async ({ id, revision, classId, startsAt }) => {
      const book = async (body: object, more: object): Promise<{ changes: { windowId: number }[] }> => {
        const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID(), ...more };
        return (await (await fetch('/v1/bookings', { method: 'POST', headers, body: JSON.stringify(body) })).json()) as { changes: { windowId: number }[] }; // prettier-ignore
      };
      await book({ operation: 'release', windowId: id }, { 'if-match': `"${revision ?? 0}"` });
      return (await book({ operation: 'add', classId, startsAt, isSeries: true }, {})).changes[0]!.windowId;
    }, window);
    const seriesHours = async () => (await datesOf(page, window.classId, window.date)).filter(({ seriesId }) => seriesId !== null); // prettier-ignore
    const before = (await seriesHours())[0]!.hour;

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
    await page.getByText(`${window.classCode} déplacée à`).waitFor();
    const moved = await datesOf(page, window.classId, window.date);
    const hourOn = (weeks: number): string[] => moved.filter(({ date, seriesId }) => date === weeksLater(window.date, weeks) && seriesId !== null).map(({ hour }) => hour); // prettier-ignore
    expect(hourOn(1)).toEqual([before]);
    expect(hourOn(2)).toEqual(hourOn(0));
    expect(hourOn(0)).not.toEqual([before]);

    // what moved is a series of two dates now
    await panel.getByRole('checkbox').nth(1).waitFor({ state: 'detached' });
    await panel.getByRole('button', { name: 'Rendre ce créneau' }).click();
    await panel.getByText("La classe n'aura plus ces 2 créneaux").waitFor();
    await stays.first().check();
    await panel.getByText("La classe n'aura plus ce créneau").waitFor();
    await panel.getByRole('button', { name: 'Rendre', exact: true }).click();
    await page.getByText('est rendu.').waitFor();
    expect((await seriesHours()).map(({ date }) => date)).toEqual(
      [1, 2].map((weeks) => weeksLater(window.date, weeks)),
    );
  });

  it("gives a window of one's own back so that a class that waits takes its place, told beforehand what that costs", async () => {
    const { page } = await openReader(web.browser);
    const uai = await openWeek(page);
    const { items } = await readJson<{ items: Window[] }>(
      page,
      `/v1/establishments/${uai}/windows?limit=500&${A_FORTNIGHT}`,
    );
    const ofClasses = items.filter(({ classId }) => classId !== null);
    // a start that is full, and at which another class of the school stands that is as large
    const pairOf = async (): Promise<{ waits: Window; gives: Window; startsAt: string }> => {
      for (const waits of ofClasses) {
        const { starts } = await readJson<{ starts: Start[] }>(page, `/v1/classes/${waits.classId}/availability?date=${waits.date}&windowId=${waits.id}`); // prettier-ignore
        for (const { startsAt } of starts.filter(({ verdict }) => verdict === 'full')) {
          const gives = ofClasses.find((one) => one.classId !== waits.classId && one.headcount >= waits.headcount && Date.parse(one.startsAt) === Date.parse(startsAt)); // prettier-ignore
          if (gives) return { waits, gives, startsAt };
        }
      }
      throw new Error(`no class of ${uai} wants the full place of another`);
    };
    const { waits, gives, startsAt } = await pairOf();
    await page.goto(`${web.url}/app/etablissements/${uai}?creneau=${waits.id}`);
    await page
      .locator('.start-full', { hasText: timeOf(startsAt) })
      .first()
      .click();
    await page.getByRole('button', { name: 'Me prévenir si une place se libère' }).click();
    await page.getByText(new RegExp(`${waits.classCode} attend une place`)).waitFor();
    await page.getByRole('button', { name: 'Lui rendre une place' }).first().click();
    const dialog = page.getByRole('dialog', { name: `Une place pour ${waits.classCode}` });
    const yes = dialog.getByRole('button', { name: 'Rendre, et prendre la place' });
    const given = dialog.getByRole('radio', { name: `${gives.classCode}, ${timeOf(gives.startsAt)}` });
    await given.waitFor();
    expect(await yes.isDisabled()).toBe(true);
    await given.focus();
    await page.keyboard.press('Space');
    await dialog.getByText(`${gives.classCode} n'aura plus son créneau du`).waitFor();
    expect(await overflowing(page)).toEqual([]);
    expect(await violationsOf(page, 'light')).toEqual([]);
    await yes.click();
    await page.getByText(`Le créneau de ${gives.classCode} est rendu, ${waits.classCode} a pris la place.`).waitFor();
    const after = await readJson<{ items: Window[] }>(
      page,
      `/v1/establishments/${uai}/windows?limit=500&${A_FORTNIGHT}`,
    );
    expect(after.items.find(({ id }) => id === gives.id)).toBeUndefined();
    expect(Date.parse(after.items.find(({ id }) => id === waits.id)!.startsAt)).toBe(Date.parse(startsAt));
    await page.getByText(new RegExp(`${waits.classCode} attend une place`)).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Annuler' }).last().click();
    await page.getByText("C'est annulé.").waitFor();
  });

  it('says of a swap which class would leave which hours for those of which class, on both sides', async () => {
    const [{ page }, operator] = [await openReader(web.browser), await openReader(web.browser)];
    const uai = await openWeek(page);
    const proposed = await page.evaluate(async (own) => {
      type Named = {
        id: number;
        revision: number | null;
        classId: number | null;
        classCode: string;
        date: string;
        startsAt: string;
      };
      const read = async <T>(path: string): Promise<T> => (await (await fetch(path)).json()) as T;
      const post = async <T>(path: string, window: Named, body: object): Promise<{ status: number; body: T }> => {
        const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID(), 'if-match': `"${window.revision ?? 0}"` }; // prettier-ignore
        const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
        return { status: answer.status, body: (await answer.json()) as T };
      };
      const { items } = await read<{ items: Named[] }>(
        `/v1/establishments/${own}/windows?limit=500&to=${new Date(Date.now() + 13 * 86_400_000).toISOString().slice(0, 10)}`,
      );
      for (const window of items.filter(({ classId }) => classId !== null)) {
        const { starts } = await read<{ starts: { startsAt: string; verdict: string }[] }>(`/v1/classes/${window.classId}/availability?date=${window.date}&windowId=${window.id}`); // prettier-ignore
        for (const { startsAt } of starts.filter(({ verdict }) => verdict === 'full').slice(0, 3)) {
          const refused = await post<{ swapPartners?: { windowId: number; revision: number; uai: string; isOwn: boolean }[] }>('/v1/bookings', window, { operation: 'move', windowId: window.id, startsAt }); // prettier-ignore
          const partner = refused.body.swapPartners?.find(({ isOwn }) => !isOwn);
          if (!partner) continue;
          const made = await post('/v1/swaps', window, { windowId: window.id, withWindowId: partner.windowId, withRevision: partner.revision }); // prettier-ignore
          if (made.status !== 201) continue;
          const theirs = await read<{ items: Named[] }>(
            `/v1/establishments/${partner.uai}/windows?limit=500&to=${new Date(Date.now() + 13 * 86_400_000).toISOString().slice(0, 10)}`,
          );
          return { window, partner, theirs: theirs.items.find(({ id }) => id === partner.windowId)! };
        }
      }
      throw new Error(`no class of ${own} has somebody to swap with`);
    }, uai);
    const { window, partner, theirs } = proposed;
    await page.reload();
    const card = (of: Page) => of.getByText(/(propose|proposé) un échange/);
    await card(page)
      .filter({ hasText: `votre créneau de ${window.classCode} passerait du` })
      .filter({ hasText: `où se tient ${theirs.classCode} de` })
      .waitFor();
    await card(page).filter({ hasNotText: partner.uai }).waitFor();
    const said = await card(page).innerText();
    expect(said).toContain(`${timeOf(window.startsAt)} – `);
    expect(said).toContain(`${timeOf(theirs.startsAt)} – `);
    expect(said).toContain(`où se tient ${theirs.classCode} de cet établissement`);
    expect(said).not.toContain(partner.uai);
    expect(await overflowing(page)).toEqual([]);
    await signIn(operator.page, web.url, 'operator');
    await operator.page.goto(`${web.url}/app/etablissements/${partner.uai}`);
    await card(operator.page)
      .filter({ hasText: `votre créneau de ${theirs.classCode} passerait du` })
      .waitFor();
    expect(await card(operator.page).innerText()).toContain(`où se tient ${window.classCode} de cet établissement`);
    await page.getByRole('button', { name: 'Retirer la proposition' }).click();
    await card(page).waitFor({ state: 'detached' });
  });

  it('entrusts the answer to a deputy by a link, which answers with one tap until it is withdrawn', async () => {
    const { page } = await openReader(web.browser);
    await openWeek(page, 'head-school');
    await page.getByRole('button', { name: 'Confier la réponse' }).click();
    const dialog = page.getByRole('dialog', { name: 'Confier la réponse' });
    await dialog.getByText("Aucun lien n'est en cours.").waitFor();
    await dialog.getByRole('button', { name: 'Créer un lien' }).click();
    const address = await dialog.getByLabel('Adresse à envoyer').inputValue();
    await dialog.getByText(/^Lien créé le/).waitFor();
    expect(await overflowing(page)).toEqual([]);
    expect(await violationsOf(page, 'light')).toEqual([]);
    const deputy = await openReader(web.browser);
    await deputy.page.goto(address);
    await deputy.page
      .getByRole('button', { name: /accept/i })
      .first()
      .click();
    await page.keyboard.press('Escape');
    await page.reload();
    await page.getByText('Vous avez accepté la proposition').waitFor();
    await page.getByRole('button', { name: 'Confier la réponse' }).click();
    await dialog.getByRole('button', { name: 'Retirer' }).click();
    await dialog.getByText(/ne pourra plus répondre ; ce qu'il a répondu reste/).waitFor();
    await dialog.getByRole('button', { name: 'Retirer le lien' }).click();
    await dialog.getByText("Aucun lien n'est en cours.").waitFor();
    expect((await deputy.page.goto(address))!.ok()).toBe(false);
  });

  it('prints the links by which families show the gateway their class, a page or eight slips for each', async () => {
    const { page } = await openReader(web.browser);
    const uai = await openWeek(page);
    await page.getByRole('link', { name: 'Les liens' }).click();
    await page.getByText("Quelle est l'adresse de votre ENT ?").waitFor();
    await page.getByRole('combobox', { name: "Adresse de l'ENT" }).fill('https://ent.example/accueil');
    await page.locator('.link-card').first().waitFor();
    const { items } = await readJson<{ items: { code: string; path: string }[] }>(page, `/v1/establishments/${uai}/class-links`); // prettier-ignore
    expect(await page.locator('.link-address').allTextContents()).toEqual(items.map(({ path }) => `https://ent.example${path}`)); // prettier-ignore
    await page.emulateMedia({ media: 'print' });
    const pageCountOf = async () => (await page.pdf({ format: 'A4' })).toString('latin1').split(/\/Type\s*\/Page\b/).length - 1; // prettier-ignore
    expect(await pageCountOf()).toBe(items.length);
    await page.emulateMedia({ media: 'screen' });
    await page.getByText('Coupons à découper').click();
    await page.locator('.link-sheets.slips').waitFor();
    expect(await page.locator('.link-card:visible').count()).toBe(items.length);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.link-card:visible').count()).toBe(8 * items.length);
    expect(await pageCountOf()).toBe(items.length);
  });

  it('keeps showing what it knew when the service does not answer, and says how old it is', async () => {
    const { page, context } = await openReader(web.browser);
    await page.clock.install();
    await openWeek(page);
    await page.route('**/v1/**', (route) => route.abort());
    await page.clock.fastForward(20_000);
    await page.evaluate(() => globalThis.dispatchEvent(new Event('visibilitychange')));
    await page.getByText(/Ce qui est affiché date de \d+\sh\s\d\d/).waitFor();
    expect(await page.locator('.chip').count()).toBeGreaterThan(50);
    await page.unroute('**/v1/**');
    await page.getByRole('button', { name: 'Réessayer' }).click();
    await page.getByText(/Ce qui est affiché date de/).waitFor({ state: 'detached' });
    await context.setOffline(true);
    await page.getByText(/Pas de réseau/).waitFor();
    await context.setOffline(false);
    await page.getByText(/Pas de réseau/).waitFor({ state: 'detached' });
  });

  it('reads a page anew whose code is no more, because the service was brought up to date meanwhile', async () => {
    const { page } = await openReader(web.browser);
    await openWeek(page);
    let refused = 0;
    await page.route('**/assets/wishes-page*.js', (route) => (refused++ === 0 ? route.fulfill({ status: 404 }) : route.continue())); // prettier-ignore
    await page.getByRole('link', { name: 'Les souhaits' }).click();
    await page.getByRole('heading', { level: 1, name: /souhaits/i }).waitFor();
    expect(refused).toBe(2);
  });

  it('reads the times of the school, and is told so in another zone', async () => {
    const { page } = await openReader(web.browser, { timeZone: 'America/Guadeloupe' });
    await openWeek(page);
    await page.getByText(/Les heures sont celles de l'établissement \(Europe\/Paris\)/).waitFor();
  });
});
