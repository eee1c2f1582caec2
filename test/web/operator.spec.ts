import type { Browser, Page } from 'playwright-core';
import { violationsOf } from './accessibility';
import { describeInBrowser, launchBrowser, openReader, overflowing, signIn } from './real-browser';
import { startWebServer } from './web-server';

jest.setTimeout(300_000);

const SECTIONS = [
  'capacite',
  'campagnes',
  'campagnes/1',
  'campagnes/nouvelle',
  'passerelles',
  'cles',
  'imports',
  'journal',
];

describeInBrowser('the web of an operator', () => {
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

  const open = async (page: Page, section: string): Promise<void> => {
    await page.goto(`${server.url}/app/exploitation/${section}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('tabpanel').waitFor();
    await page.getByRole('tabpanel').getByRole('status').waitFor({ state: 'detached' });
  };

  it('makes a campaign, allocates it, compares its drafts and publishes one', async () => {
    const { page } = await openReader(browser);
    await signIn(page, server.url, 'operator');
    await open(page, 'campagnes/nouvelle');
    await page.getByRole('radio', { name: 'Relève du travail' }).check();
    await page.getByRole('button', { name: 'Continuer' }).click();
    await page.getByLabel('Nom').fill('Lycées, relève');
    await page.getByRole('button', { name: 'Continuer' }).click();
    for (const kind of ['Lycée professionnel', 'EREA']) await page.getByRole('checkbox', { name: kind }).check();
    await page.getByRole('button', { name: 'Créer la campagne' }).click();
    await page.getByRole('heading', { name: 'Lycées, relève' }).waitFor();
    await page.getByText(/\d+ établissements, [\d\s]+ classes/).waitFor();
    await page.getByRole('button', { name: 'Calculer un plan' }).click();
    const plans = page.getByRole('region', { name: 'Plans de la campagne' });
    await plans.getByText('brouillon').waitFor();
    await plans.getByRole('button', { name: 'Publier…' }).click();
    await plans.getByText(/Publier met [\d\s]+ créneaux en vigueur pour \d+ établissements/).waitFor();
    await plans.getByLabel('Motif').fill('essai');
    await plans.getByRole('button', { name: 'Publier le plan' }).click();
    await plans.getByText(/^en vigueur/).waitFor();
  });

  it('declares a reduction of the capacity with its reason, and takes it back', async () => {
    const { page } = await openReader(browser);
    await signIn(page, server.url, 'operator');
    await open(page, 'capacite');
    const form = page.locator('form', { hasText: 'Réduire pour un temps' });
    await form.getByLabel('À partir de').fill('2027-01-12T10:00');
    await form.getByLabel("Jusqu'à").fill('2027-01-12T12:00');
    await form.getByLabel('Motif').fill('maintenance du stockage');
    await form.getByRole('button', { name: 'Ajouter' }).click();
    const row = page.getByRole('row', { name: /maintenance du stockage/ });
    await row.getByText(/réduite à 80\s%/).waitFor();
    await row.getByText('mardi 12 janvier à 10 h 00').waitFor();
    await row.getByRole('button', { name: 'Retirer' }).click();
    await row.waitFor({ state: 'detached' });
  });

  it('makes a key that is shown once, and revokes it', async () => {
    const { page } = await openReader(browser);
    await signIn(page, server.url, 'operator');
    await open(page, 'cles');
    await page.getByLabel('Nom').fill('écrans du hall');
    await page.getByRole('button', { name: 'Faire une clé' }).click();
    const secret = await page.locator('.secret').innerText();
    expect(secret).toMatch(/^etale_/);
    await page.reload();
    const row = page.getByRole('row', { name: /écrans du hall/ });
    await row.waitFor();
    expect(await page.content()).not.toContain(secret);
    await row.getByRole('button', { name: 'Révoquer' }).click();
    await row.getByText('révoquée').waitFor();
  });

  it('tries an import without changing anything, and shows the lines that would be refused', async () => {
    const { page } = await openReader(browser);
    await signIn(page, server.url, 'operator');
    await open(page, 'imports');
    const template = await (await page.request.get(`${server.url}/v1/imports/templates/roster.csv`)).text();
    const lines = template.trim().split('\n');
    const file = { name: 'classes.csv', mimeType: 'text/csv', buffer: Buffer.from([lines[0], `nonsense${lines[1]!.slice(8)}`].join('\n')) }; // prettier-ignore
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByRole('button', { name: 'Essayer sans rien changer' }).click();
    await page.getByText(/lignes refusées|Le fichier est refusé/).waitFor();
  });

  it('lets an auditor read everything and change nothing', async () => {
    const { page } = await openReader(browser);
    await signIn(page, server.url, 'auditor');
    for (const section of ['capacite', 'campagnes/1', 'cles']) {
      await open(page, section);
      expect(await page.getByRole('button', { name: /Ajouter|Calculer un plan|Faire une clé|Révoquer/ }).count()).toBe(
        0,
      );
    }
    await open(page, 'journal');
    await page.getByRole('region', { name: 'Journal' }).waitFor();
  });

  it.each([
    ['fr', 'light'],
    ['en', 'dark'],
  ] as const)('fits every width and has no violation that axe-core knows, in %s, %s', async (language, theme) => {
    const { page } = await openReader(browser, { language, theme });
    await signIn(page, server.url, 'operator');
    const found: unknown[] = [];
    for (const section of SECTIONS) {
      for (const width of [360, 768, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        await open(page, section);
        found.push(...(await overflowing(page)).map((what) => [section, width, what]));
      }
      found.push(...(await violationsOf(page)).map((violation) => [section, violation]));
    }
    expect(found).toEqual([]);
  });
});
