import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { openReader, signIn } from './real-browser';
import { describeWeb } from './web-server';

describeWeb('the web of an authority', (web) => {
  const openRegion = async (page: Page, account = 'authority-region'): Promise<void> => {
    await signIn(page, web.url, account);
    await page.getByText(/Le pic atteint|The peak reaches/).waitFor();
    await page.getByText(/Le pic du jour|The day's peak/).waitFor();
  };
  const goDown = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true }).click();

  it('says whether it holds, who has answered and what was gained, before any picture', async () => {
    const { page } = await openReader(web.browser);
    await openRegion(page);
    await page.getByText(/Le pic atteint \d+\s% de la capacité/).waitFor();
    await page.getByText(/Établissements ayant répondu : \d+ sur \d+/).waitFor();
    await page.getByText(/créneaux sont à l'heure souhaitée/).waitFor();
    await page.getByText(/Sans étalement, la pointe atteindrait/).waitFor();
    await page.getByText(/sans plan, il serait à \d+\s%/).waitFor();
  });

  it('finds the department with the highest load, exports it, and goes down to its schools', async () => {
    const { page } = await openReader(web.browser);
    await openRegion(page);
    const academies = page.getByRole('region', { name: 'Les académies' });
    await academies.locator('tbody tr').first().locator('td').nth(1).getByText(/\d/).waitFor();
    await academies.locator('tbody tr').first().getByRole('button').click();
    const departments = page.getByRole('region', { name: 'Les départements' });
    const rows = departments.locator('tbody tr');
    await rows.first().locator('td').nth(1).getByText(/\d/).waitFor();
    const peaks = (await rows.locator('td:nth-of-type(2)').allInnerTexts()).map((text) =>
      Number(text.replace(/\D/g, '')),
    );
    expect(peaks.length).toBeGreaterThan(0);
    expect(peaks).toEqual(peaks.toSorted((a, b) => b - a));
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Tableau en CSV' }).click(),
    ]);
    const lines = readFileSync(await file.path(), 'utf8')
      .trim()
      .split('\r\n');
    expect(lines).toHaveLength(peaks.length + 1);
    expect(lines[0]).toContain('Territoire');
    const name = await rows.first().getByRole('button').innerText();
    await goDown(page, name);
    await page.getByRole('heading', { name, level: 1 }).waitFor();
    await page.getByRole('region', { name: 'Les établissements' }).locator('tbody tr').first().waitFor();
    expect(new URL(page.url()).pathname).toMatch(/^\/app\/region\/.+/);
  });

  it('goes down to a school and its classes, whose week it reads and cannot change', async () => {
    const { page } = await openReader(web.browser);
    await openRegion(page);
    for (const below of ['Les académies', 'Les départements'])
      await page.getByRole('region', { name: below }).locator('tbody tr').first().getByRole('button').click();
    const school = page.getByRole('region', { name: 'Les établissements' }).getByRole('link').first();
    const name = await school.innerText();
    await school.click();
    await page.getByRole('heading', { name, level: 1 }).waitFor();
    await page.getByText("Cette semaine se lit ; seul l'établissement peut la changer.").waitFor();
    await page.locator('.chip').first().click();
    const panel = page.getByRole('complementary');
    await panel.getByText('Pourquoi cette heure').waitFor();
    expect(await panel.getByRole('button', { name: 'Rendre ce créneau' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Tout accepter' }).count()).toBe(0);
  });

  it('maps the territories and the schools of a department by what is asked, and exports the figures', async () => {
    const { page } = await openReader(web.browser);
    await openRegion(page, 'authority-department');
    const map = page.locator('.chart', { has: page.getByRole('heading', { name: /^Les établissements/ }) });
    await map.getByText('Les établissements : charge').waitFor();
    await map.getByText(/Le plus chargé\s: .+, [1-9][\d\s]* sessions à son pic\./).waitFor();
    await page.getByRole('radiogroup', { name: 'Couleur de la carte' }).getByText('réponses').click();
    await map.getByText(/Le moins avancé\s: .+, 0\s%\./).waitFor();
    expect(new URL(page.url()).searchParams.get('carte')).toBe('answers');
    await map.getByRole('button', { name: 'En tableau' }).click();
    expect(await map.locator('tbody tr').count()).toBeGreaterThan(10);
    await page.getByRole('radiogroup', { name: 'Couleur de la carte' }).getByText('adhésion').click();
    await map.getByText("Rien n'est encore connu pour ce jour.").waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Chiffres en CSV' }).click(),
    ]);
    const lines = readFileSync(await file.path(), 'utf8')
      .trim()
      .split('\r\n');
    expect(lines.find((line) => line.startsWith('Créneaux;'))).toMatch(/^Créneaux;\d{4,};$/);
    expect(lines.find((line) => line.startsWith('Pire écart;'))).toMatch(/;\d+;min$/);
  });

  it('an inspector sees who of the district has answered, and answers for a school', async () => {
    const { page } = await openReader(web.browser);
    await signIn(page, web.url, 'inspector');
    await page.getByRole('heading', { name: 'Les écoles de votre circonscription' }).waitFor();
    await page.getByText(/Établissements ayant répondu : \d+ sur \d+/).waitFor();
    await page.getByRole('combobox', { name: 'Réponse' }).selectOption('none');
    await page.getByRole('region', { name: 'Les établissements' }).getByRole('link').first().click();
    await page.getByRole('button', { name: 'Tout accepter' }).click();
    await page.getByText(/Vous avez accepté la proposition/).waitFor();
  });

  it('answers what if, at once, with the simulated curve', async () => {
    const { page } = await openReader(web.browser);
    await openRegion(page);
    const cut = page.getByRole('slider', { name: 'Capacité perdue' });
    await cut.focus();
    for (let i = 0; i < 6; i++) await page.keyboard.press('ArrowRight');
    await page.getByText(/Cela ne tient pas\s: le pic serait à 1\d\d\s%/).waitFor();
    await page.getByRole('button', { name: 'Revenir au plan' }).click();
    await page.getByText(/Bougez un curseur/).waitFor();
  });

  it('prints as a report whose tables fit the paper, without what only a screen is for', async () => {
    const { page } = await openReader(web.browser);
    await openRegion(page);
    await page.locator('.figures').last().waitFor();
    // A4 less the margins that browsers leave
    await page.setViewportSize({ width: 718, height: 1000 });
    await page.emulateMedia({ media: 'print' });
    const rights = await page
      .locator('table, .chart')
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().right));
    expect(rights.length).toBeGreaterThan(4);
    expect(Math.max(...rights)).toBeLessThanOrEqual(718);
    expect(await page.getByRole('button', { name: 'Imprimer le rapport' }).isVisible()).toBe(false);
    expect(await page.getByRole('slider').first().isVisible()).toBe(false);
  });

  it('shows every chart as a table too, and exports it as a picture', async () => {
    const { page } = await openReader(web.browser);
    await openRegion(page);
    await page.getByText(/sans plan, il serait/).waitFor();
    const chart = page.locator('.chart').first();
    for (const format of ['SVG', 'PNG']) {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        chart.getByRole('button', { name: format, exact: true }).click(),
      ]);
      expect(readFileSync(await file.path()).length).toBeGreaterThan(2000);
    }
    await chart.getByRole('button', { name: 'En tableau' }).click();
    await chart.getByRole('columnheader', { name: 'Sans plan' }).waitFor();
    expect(await chart.locator('tbody tr').count()).toBe(192);
  });
});
