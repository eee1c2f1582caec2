import type { Page, Route } from 'playwright-core';
import { query } from './database-hand';
import { classWindowsOf, enterSchool, startsOf, timeOf, type Window, windowsOf, windowWith } from './head-reader';
import { openReader } from './real-browser';
import { describeWeb } from './web-server';

const focused = (page: Page): Promise<string> =>
  page.evaluate(() => document.activeElement?.closest('[aria-label], [role=alert]')?.textContent ?? '');

/** Lets what is asked reach the service, whose answer never arrives. */
async function loseAnswer(route: Route): Promise<void> {
  await route.fetch();
  await route.abort();
}

/** Loses the first answer to each booking of the page. */
async function loseFirstAnswer(page: Page, path: string): Promise<void> {
  const known = new Set<string>();
  await page.route(path, (route) => {
    const key = route.request().headers()['idempotency-key']!;
    if (known.has(key)) return route.continue();
    known.add(key);
    return loseAnswer(route);
  });
}

const openForWishes = (databaseUrl: string): Promise<unknown> =>
  query(
    databaseUrl,
    `update campaign set wishes_open_at = now() - interval '1 day', wishes_close_at = now() + interval '1 day' where id = 1`,
  );

describeWeb('hands and networks as they are, on the pages of a head', (web) => {
  it('moves a window once where a start is touched twice, to the start that was touched', async () => {
    const { page } = await openReader(web.browser, { width: 390 });
    const uai = await enterSchool(page, web.url);
    const { window } = await windowWith(page, uai, 'free');
    await page.goto(`${web.url}/app/etablissements/${uai}?creneau=${window.id}`);
    const start = page.locator('.start-free').first();
    await start.scrollIntoViewIfNeeded();
    const [hour, box] = [await start.locator('span').innerText(), (await start.boundingBox())!];
    const touch = () => page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await touch();
    await page.getByText(` passe à ${hour}.`).waitFor();
    // by now the list may have been read again, and another start stand there
    await page.waitForTimeout(150);
    await touch();
    await page.waitForTimeout(1000);
    expect(await page.locator('.mantine-Notification-root').allInnerTexts()).toHaveLength(1);
    const after = (await windowsOf(page, uai)).find(({ id }) => id === window.id)!;
    expect(timeOf(after.startsAt)).toBe(hour);
  });

  it('gives a window back once where the button is touched twice, and says nothing else', async () => {
    const { page } = await openReader(web.browser);
    const uai = await enterSchool(page, web.url);
    const { window } = await windowWith(page, uai, 'tight');
    await page.route('**/v1/bookings', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await route.continue();
    });
    await page.goto(`${web.url}/app/etablissements/${uai}?creneau=${window.id}`);
    await page.getByRole('button', { name: 'Rendre ce créneau' }).click();
    await page.getByRole('button', { name: 'Rendre', exact: true }).dblclick({ delay: 50 });
    await page.getByRole('status').filter({ hasText: 'Un instant…' }).waitFor({ state: 'attached' });
    await page.getByText('est rendu.').waitFor();
    await page.waitForTimeout(800);
    expect(await page.locator('.mantine-Notification-root').allInnerTexts()).toHaveLength(1);
    await page.getByRole('button', { name: 'Annuler' }).last().click();
    await page.getByText("C'est annulé.").waitFor();
  });

  it('is told what was done where only the answer was lost, and it is done once', async () => {
    const { page } = await openReader(web.browser, { width: 390 });
    const uai = await enterSchool(page, web.url);
    const { window } = await windowWith(page, uai, 'free');
    await loseFirstAnswer(page, '**/v1/bookings');
    await page.goto(`${web.url}/app/etablissements/${uai}?creneau=${window.id}`);
    await page.getByRole('button', { name: 'Rendre ce créneau' }).click();
    await page.getByRole('button', { name: 'Rendre', exact: true }).click();
    await page.getByText('est rendu.').waitFor();
    const ofDay = async (): Promise<Window[]> =>
      (await classWindowsOf(page, uai)).filter(
        ({ classId, date }) => classId === window.classId && date === window.date,
      );
    const left = (await ofDay()).length;
    await page.goto(`${web.url}/app/etablissements/${uai}?ajouter=${window.classId}&jour=${window.date}`);
    await page.locator('.start-free').first().click();
    await page.getByText('est ajouté le').waitFor();
    expect(await ofDay()).toHaveLength(left + 1);
  });

  it('keeps the focus in the panel while its buttons come and go', async () => {
    const { page } = await openReader(web.browser);
    const uai = await enterSchool(page, web.url, 'head-lycee');
    const { window } = await windowWith(page, uai, 'free');
    await page.goto(`${web.url}/app/etablissements/${uai}?creneau=${window.id}`);
    const panel = page.getByRole('complementary');
    await panel.locator('.start-free').first().focus();
    await page.keyboard.press('Enter');
    await page.getByText(' passe à ').waitFor();
    expect(await focused(page)).toContain("Changer d'heure");
    await panel.locator('.start:enabled').first().waitFor();
    const release = panel.getByRole('button', { name: 'Rendre ce créneau' });
    await release.focus();
    await page.keyboard.press('Enter');
    // a key that repeats gives nothing back
    await page.keyboard.press('Enter');
    await panel.getByRole('button', { name: 'Garder' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await release.waitFor();
    expect(await focused(page)).toContain("Changer d'heure");
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
  });

  it('is led by the focus to what to do instead of what was refused, and back', async () => {
    const { page } = await openReader(web.browser);
    const uai = await enterSchool(page, web.url);
    const { window } = await windowWith(page, uai, 'full');
    await page.goto(`${web.url}/app/etablissements/${uai}?creneau=${window.id}`);
    await page.locator('.start-full').first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Me prévenir si une place se libère' }).waitFor();
    expect(await focused(page)).toContain('La plateforme est pleine à cette heure.');
    await page.getByRole('alert').getByRole('button', { name: 'Fermer' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor({ state: 'detached' });
    expect(await focused(page)).toContain("Changer d'heure");
  });

  it('shows all of a refusal in a window of 1280 points at 400 %', async () => {
    const { page } = await openReader(web.browser, { width: 320 });
    const uai = await enterSchool(page, web.url);
    const { window } = await windowWith(page, uai, 'full');
    await page.goto(`${web.url}/app/etablissements/${uai}?creneau=${window.id}`);
    await page.locator('.start-full').first().click();
    const notice = page.getByRole('alert');
    await notice.getByRole('button', { name: 'Me prévenir si une place se libère' }).waitFor();
    const cut = await notice.evaluate((element) => {
      const { right } = element.getBoundingClientRect();
      return [...element.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > right + 1).length;
    });
    expect(cut).toBe(0);
    await notice.getByRole('button', { name: 'Fermer' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Rendre ce créneau' }).waitFor();
  });

  it('takes a change back on a phone by the keyboard, without leaving the sheet, after ten seconds too', async () => {
    const { page } = await openReader(web.browser, { width: 390 });
    const uai = await enterSchool(page, web.url, 'head-lycee');
    const { window } = await windowWith(page, uai, 'free');
    await page.goto(`${web.url}/app/etablissements/${uai}?creneau=${window.id}`);
    const sheet = page.getByRole('dialog');
    await sheet.locator('.start-free').first().focus();
    await page.keyboard.press('Enter');
    const undo = sheet.getByRole('button', { name: 'Annuler mon dernier changement' });
    await undo.waitFor();
    await page.getByText(' passe à ').waitFor({ state: 'detached' });
    for (let k = 0; k < 250 && !(await undo.evaluate((element) => element === document.activeElement)); k++)
      await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText("C'est annulé.").waitFor();
    const [place] = (await windowsOf(page, uai)).filter(({ id }) => id === window.id);
    expect(place!.startsAt).toBe(window.startsAt);
    expect(await startsOf(page, uai, place!)).not.toEqual([]);
    await undo.waitFor({ state: 'detached' });
  });

  it('keeps the wishes that are being written when they are refused and when the page is come back to', async () => {
    const { page } = await openReader(web.browser, { width: 390 });
    const uai = await enterSchool(page, web.url);
    await openForWishes(web.databaseUrl);
    await page.goto(`${web.url}/app/etablissements/${uai}/souhaits`);
    const hours = page.getByLabel('À partir de');
    await page.getByRole('button', { name: 'Ajouter un souhait' }).click();
    await hours.fill('03:00');
    await page.getByLabel('Demande').selectOption('Créneau fixe');
    await page.getByLabel('Motif').fill('Examen blanc');
    await page.getByRole('button', { name: 'Enregistrer' }).click();
    await page.getByText('Un créneau fixe tombe hors des heures de la campagne.').waitFor();
    const read = () =>
      page.waitForResponse((answer) => answer.request().method() === 'GET' && answer.url().endsWith('/wishes'));
    // what is read again is older than 15 seconds
    await page.waitForTimeout(16_000);
    const again = read();
    await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')));
    await again;
    await page.waitForTimeout(300);
    expect(await hours.inputValue()).toBe('03:00');
    await hours.fill('10:00');
    await page.getByRole('button', { name: 'Enregistrer' }).click();
    await page.getByText('Les souhaits sont enregistrés.').waitFor();
    expect(await hours.inputValue()).toBe('10:00');
  });

  it('writes over no wishes that another page has saved meanwhile, unless it is told to', async () => {
    const reader = await openReader(web.browser, { width: 390 });
    const { page } = reader;
    const uai = await enterSchool(page, web.url);
    await openForWishes(web.databaseUrl);
    await page.goto(`${web.url}/app/etablissements/${uai}/souhaits`);
    const other = await page.context().newPage();
    await other.goto(page.url());
    const addWish = async (to: Page, hour: string): Promise<void> => {
      await to.getByRole('button', { name: 'Ajouter un souhait' }).click();
      await to.getByLabel('À partir de').last().fill(hour);
    };
    await addWish(page, '09:30');
    await addWish(other, '11:30');
    await page.getByRole('button', { name: 'Enregistrer' }).click();
    await page.getByText('Les souhaits sont enregistrés.').waitFor();
    await other.getByRole('button', { name: 'Enregistrer', exact: true }).click();
    const told = other.getByRole('alert').filter({ hasText: "Quelqu'un a changé ces souhaits entre-temps" });
    await told.waitFor();
    expect(await other.getByLabel('À partir de').last().inputValue()).toBe('11:30');
    const stated = (): Promise<string[]> =>
      page.evaluate(async (at) => {
        const { items } = (await (await fetch(at)).json()) as { items: { start: string }[] };
        return items.map(({ start }) => start);
      }, `/v1/campaigns/1/establishments/${uai}/wishes`);
    const before = await stated();
    expect(before).toContain('09:30');
    await told.getByRole('button', { name: 'Enregistrer le mien à la place' }).click();
    await other.getByText('Les souhaits sont enregistrés.').waitFor();
    expect(await stated()).toEqual([...before.filter((start) => start !== '09:30'), '11:30']);
  });

  it('takes wishes that are saved again after the answer was lost for saved, and not for those of somebody else', async () => {
    const { page } = await openReader(web.browser, { width: 390 });
    const uai = await enterSchool(page, web.url, 'head-lycee');
    await openForWishes(web.databaseUrl);
    await page.goto(`${web.url}/app/etablissements/${uai}/souhaits`);
    await page.getByRole('button', { name: 'Ajouter un souhait' }).click();
    await page.route('**/wishes', (route) =>
      route.request().method() === 'PUT' ? loseAnswer(route) : route.continue(),
    );
    const save = page.getByRole('button', { name: 'Enregistrer', exact: true });
    await save.click();
    await page.getByText(/Vérifiez le réseau/).waitFor();
    await page.unroute('**/wishes');
    await save.click();
    await page.getByText('Les souhaits sont enregistrés.').waitFor();
    expect(await page.getByText("Quelqu'un a changé ces souhaits").count()).toBe(0);
  });

  it('shows on a phone the day of what was opened, and stays there when it is given back', async () => {
    const { page } = await openReader(web.browser, { width: 390 });
    const uai = await enterSchool(page, web.url, 'head-lycee');
    const window = (await classWindowsOf(page, uai)).find(({ date }) => new Date(date).getUTCDay() === 4)!;
    await page.goto(`${web.url}/app/etablissements/${uai}?creneau=${window.id}`);
    await page.getByRole('button', { name: 'Rendre ce créneau' }).click();
    await page.getByRole('button', { name: 'Rendre', exact: true }).click();
    await page.getByText('est rendu.').waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('heading', { level: 2, name: /^jeudi /i }).waitFor();
  });

  it('gives the calendar of the school another address where the first was not kept', async () => {
    const { page } = await openReader(web.browser, { width: 390 });
    const uai = await enterSchool(page, web.url);
    const first = await page.evaluate(
      async (at) => ((await (await fetch(at, { method: 'POST' })).json()) as { path: string }).path,
      `/v1/establishments/${uai}/feed`,
    );
    await page.goto(`${web.url}/app/etablissements/${uai}`);
    await page.getByRole('button', { name: 'Imprimer, exporter' }).click();
    await page.getByRole('menuitem', { name: "S'abonner dans un agenda" }).click();
    await page.getByText("Cet établissement a déjà son adresse, qui ne se montre qu'une fois").waitFor();
    await page.getByRole('button', { name: 'Donner une autre adresse' }).click();
    const address = await page.locator('.address').innerText();
    expect((await page.request.get(address)).status()).toBe(200);
    expect((await page.request.get(web.url + first)).status()).toBe(404);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Imprimer, exporter');
  });
});
