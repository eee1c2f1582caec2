import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { violationsOf } from './accessibility';
import { describeInBrowser, launchBrowser, openReader, overflowing, signIn } from './real-browser';
import { startWebServer } from './web-server';

jest.setTimeout(300_000);

describeInBrowser('the web of an authority', () => {
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

  const openRegion = async (page: Page, account = 'authority-region'): Promise<void> => {
    await signIn(page, server.url, account);
    await page.getByText(/Le pic atteint|The peak reaches/).waitFor();
    await page.getByText(/Le pic du jour|The day's peak/).waitFor();
  };
  const goDown = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true }).click();

  it('says whether it holds, who has answered and what was gained, before any picture', async () => {
    const { page } = await openReader(browser);
    await openRegion(page);
    await page.getByText(/Le pic atteint \d+\s% de la capacité/).waitFor();
    await page.getByText(/établissements sur \d+ ont répondu/).waitFor();
    await page.getByText(/créneaux sont à l'heure souhaitée/).waitFor();
    await page.getByText(/Sans étalement, la pointe atteindrait/).waitFor();
    await page.getByText(/sans plan, il serait à \d+\s%/).waitFor();
  });

  it('finds the department with the highest load, exports it, and goes down to its schools', async () => {
    const { page } = await openReader(browser);
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
    const { page } = await openReader(browser);
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

  it('an inspector sees who of the district has answered, and answers for a school', async () => {
    const { page } = await openReader(browser);
    await signIn(page, server.url, 'inspector');
    await page.getByRole('heading', { name: 'Les écoles de votre circonscription' }).waitFor();
    await page.getByText(/\d+ établissements sur \d+ ont répondu/).waitFor();
    await page.getByRole('combobox', { name: 'Réponse' }).selectOption('none');
    await page.getByRole('region', { name: 'Les établissements' }).getByRole('link').first().click();
    await page.getByRole('button', { name: 'Tout accepter' }).click();
    await page.getByText(/Vous avez accepté la proposition/).waitFor();
  });

  it('answers what if, at once, with the simulated curve', async () => {
    const { page } = await openReader(browser);
    await openRegion(page);
    const cut = page.getByRole('slider', { name: 'Capacité perdue' });
    await cut.focus();
    for (let i = 0; i < 6; i++) await page.keyboard.press('ArrowRight');
    await page.getByText(/Cela ne tient pas : le pic serait à 1\d\d\s%/).waitFor();
    await page.getByRole('button', { name: 'Revenir au plan' }).click();
    await page.getByText(/Bougez un curseur/).waitFor();
  });

  it('shows every chart as a table too, and exports it as a picture', async () => {
    const { page } = await openReader(browser);
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

  it.each(['fr', 'en'] as const)('fits every width without an overflow, in %s', async (language) => {
    const { page } = await openReader(browser, { language });
    await openRegion(page);
    await page.setViewportSize({ width: 360, height: 900 });
    await page.reload();
    await page.getByText(/Le pic du jour|The day's peak/).waitFor();
    await page.locator('.figures').last().waitFor();
    expect(await overflowing(page)).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('has no violation that axe-core knows, in %s', async (theme) => {
    const { page } = await openReader(browser, { theme });
    await openRegion(page);
    await page.locator('.figures').last().waitFor();
    expect(await violationsOf(page, theme)).toEqual([]);
  });
});
