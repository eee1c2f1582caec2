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

  it('makes a campaign, allocates it, and publishes it when the authority of its schools has approved', async () => {
    const { page } = await openReader(browser);
    await signIn(page, server.url, 'operator');
    await open(page, 'campagnes/nouvelle');
    await page.getByRole('radio', { name: 'Relève du travail' }).check();
    await page.getByRole('button', { name: 'Continuer' }).click();
    await page.getByLabel('Nom').fill('Lycées, relève');
    await page.getByRole('button', { name: 'Continuer' }).click();
    await page.getByRole('checkbox', { name: 'Lycée professionnel' }).check();
    await page.getByRole('checkbox', { name: "Demander l'accord des autorités" }).check();
    await page.getByRole('button', { name: 'Créer la campagne' }).click();
    await page.getByRole('heading', { name: 'Lycées, relève' }).waitFor();
    await page.getByText(/\d+ établissements, [\d\s]+ classes/).waitFor();
    await page.getByRole('button', { name: 'Calculer un plan' }).click();
    const plans = page.getByRole('region', { name: 'Plans de la campagne' });
    await plans.getByText('brouillon').waitFor();
    await plans.getByRole('button', { name: 'Publier…' }).click();
    await plans.getByText(/Publier met [\d\s]+ créneaux en vigueur pour \d+ établissements/).waitFor();
    // the words of the authority are missing: publishing without them takes an act of its own
    await plans.getByRole('checkbox', { name: 'Publier sans ces accords' }).waitFor();
    await page.getByText(/Accord des autorités : 0 établissements l'ont/).waitFor();
    const authority = (await openReader(browser)).page;
    await signIn(authority, server.url, 'authority-region');
    await authority.goto(`${server.url}/app/region`);
    const asked = authority.getByRole('region', { name: 'Campagnes qui attendent votre accord' });
    await asked.getByText('Lycées, relève').waitFor();
    expect(await violationsOf(authority, 'light')).toEqual([]);
    await asked.getByRole('button', { name: 'Donner mon accord' }).click();
    await asked.getByText('Toutes les autorités ont donné leur accord.').waitFor();
    await page.reload();
    await plans.getByRole('button', { name: 'Publier…' }).click();
    await plans.getByLabel('Motif').fill('essai');
    expect(await plans.getByRole('checkbox').count()).toBe(0);
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

  it('agrees on the protection ladder with an authority, climbs the rung that is proposed, and takes it back', async () => {
    const [{ page }, other] = [await openReader(browser), await openReader(browser)];
    await signIn(page, server.url, 'operator');
    await page.goto(`${server.url}/app/protection`);
    await page.getByText(/Rien n'a été mesuré depuis une demi-heure/).waitFor();
    await page.getByRole('button', { name: 'Adopter cette échelle' }).click();
    await page.getByText(/Échelle adoptée ; une autre personne doit l'approuver/).waitFor();

    await signIn(other.page, server.url, 'authority-region');
    await other.page.goto(`${server.url}/app/protection`);
    await other.page.getByRole('button', { name: "Approuver l'échelle" }).click();
    await other.page.getByText(/Échelle approuvée/).waitFor();

    // the ENT says what it sees: four minutes at 86 % of its capacity
    const asked = await page.evaluate(async () => {
      const at = (path: string): string => `/v1/platforms/1/${path}`;
      const now = Date.now();
      const curve = (await (await fetch(`${at('capacity')}?stepMinutes=60`)).json()) as { sessions: { effectiveThousandths: number[] } }; // prettier-ignore
      const sessions = Math.round((curve.sessions.effectiveThousandths[0]! / 1000) * 0.86);
      const items = [3, 2, 1, 0].map((ago) => ({ measuredAt: new Date(now - ago * 60_000).toISOString(), sessions }));
      const body = JSON.stringify({ source: 'ent', items });
      return (await fetch(at('measurements'), { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status; // prettier-ignore
    });
    expect(asked).toBe(202);
    await page.getByText(/la plateforme est à 86\s%/).waitFor();
    const proposal = page.locator('.proposal', { hasText: 'Étale propose' });
    await proposal.getByRole('button', { name: /Mettre en vigueur : Sessions inactives/ }).click();
    const form = page.getByRole('dialog', { name: /Sessions inactives/ });
    expect(await form.getByLabel('Motif').inputValue()).not.toBe('');
    await form.getByText('En vigueur aux passerelles dans la seconde.').waitFor();
    await form.getByRole('button', { name: 'Mettre en vigueur' }).click();
    await page.locator('.ladder .in-force', { hasText: /en vigueur jusqu'à \d+ h \d\d/ }).waitFor();
    await page.getByRole('region', { name: 'Que dire aux écoles et aux familles' }).getByText(/enregistrez votre travail/).waitFor(); // prettier-ignore
    const found = [...(await overflowing(page)), ...(await violationsOf(page, 'light'))];
    expect(found).toEqual([]);

    // everybody who looks sees it, and another person may take it back
    const row = other.page.getByRole('region', { name: 'Mesures' }).getByRole('row', { name: /Sessions inactives/ });
    await row.getByRole('button', { name: /^Lever/ }).click();
    const why = other.page.getByRole('dialog');
    await why.getByLabel('Motif').fill('le calme est revenu');
    await why.getByRole('button', { name: 'Lever' }).click();
    await page.getByText(/Aucune mesure de protection n'est en vigueur/).waitFor();
    await page.getByRole('cell', { name: 'le calme est revenu' }).waitFor();

    // what it was is kept as a page to print
    await page.getByRole('button', { name: 'Faire le bilan' }).click();
    await page.getByRole('region', { name: 'Bilans' }).getByRole('link', { name: 'Page à imprimer' }).click();
    await page
      .getByText(/Sessions inactives fermées/)
      .first()
      .waitFor();
    found.push(...(await overflowing(page)), ...(await violationsOf(page, 'light')));
    expect(found).toEqual([]);
  });

  it.each([
    ['fr', 'light'],
    ['en', 'dark'],
  ] as const)('fits every width and has no violation that axe-core knows, in %s, %s', async (language, theme) => {
    const { page } = await openReader(browser, { language, theme });
    await signIn(page, server.url, 'operator');
    const found: unknown[] = [];
    for (const section of SECTIONS) {
      await page.setViewportSize({ width: 360, height: 900 });
      await open(page, section);
      found.push(...(await overflowing(page)).map((what) => [section, what]));
      found.push(...(await violationsOf(page, theme)).map((violation) => [section, violation]));
    }
    await page.setViewportSize({ width: 360, height: 900 });
    await page.goto(`${server.url}/app/protection`);
    await page.locator('.ladder li').first().waitFor();
    found.push(...(await overflowing(page)), ...(await violationsOf(page, theme)));
    expect(found).toEqual([]);
  });
});
