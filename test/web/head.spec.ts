import { readFileSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { databaseOptions } from '../../src/common/database';
import { violationsOf } from './accessibility';
import { enterSchool, openWeek, readJson, windowWith } from './head-reader';
import { enter, openReader, overflowing, signIn } from './real-browser';
import { describeWeb } from './web-server';

describeWeb('the web of a head', (web) => {
  it('accepts the whole proposal in one action', async () => {
    const { page } = await openReader(web.browser);
    await openWeek(page, web.url);
    await page.getByRole('button', { name: 'Tout accepter' }).click();
    await page.getByText('La proposition est acceptée.').waitFor();
    await page.getByText('Vous avez accepté la proposition').waitFor();
    await page.locator('.state-accepted').first().waitFor();
  });

  it('takes the week away as a spreadsheet, and subscribes to it with a QR code', async () => {
    const { page } = await openReader(web.browser);
    await openWeek(page, web.url);
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
    const uai = await openWeek(page, web.url);
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
    await openWeek(page, web.url);
    await page.getByRole('button', { name: 'Imprimer, exporter' }).click();
    const addresses = await page
      .getByRole('menuitem', { name: /^Imprimer/ })
      .evaluateAll((items) => items.map((item) => (item as HTMLAnchorElement).href));
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
    await enter(operator.page, web.url, 'operator');
    await operator.page.evaluate(async () => {
      const wishes = { wishesOpenAt: '2026-01-01T00:00:00Z', wishesCloseAt: '2099-01-08T17:00:00Z' };
      const campaign = {
        name: 'Janvier',
        platformId: 1,
        startsOn: '2027-01-11',
        endsOn: '2027-01-15',
        preset: 'remote-week-everybody',
        ...wishes,
      };
      const made = await fetch('/v1/campaigns', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(campaign),
      });
      if (!made.ok) throw new Error(await made.text());
    });
    await openWeek(page, web.url);
    await page
      .getByText(/Les souhaits pour «\sJanvier\s» sont attendus\s: jusqu'au jeudi 8 janvier à 18\sh\s00/)
      .waitFor();
    await page.getByRole('link', { name: 'Dire mes souhaits' }).click();
    await page.getByText(/Les souhaits pour «\sJanvier\s» sont ouverts/).waitFor();
  });

  it('takes over the wishes of the last campaign; a fixed window beyond the cap waits for the authority, who approves it', async () => {
    const [{ page: operator }, { page: authority }] = [await openReader(web.browser), await openReader(web.browser)];
    await enter(operator, web.url, 'operator');
    const campaignId = await operator.evaluate(async () => {
      const wishes = { wishesOpenAt: '2026-01-01T00:00:00Z', wishesCloseAt: '2099-02-08T17:00:00Z' };
      const campaign = {
        name: 'Février',
        platformId: 1,
        startsOn: '2027-02-01',
        endsOn: '2027-02-05',
        preset: 'remote-week-everybody',
        ...wishes,
      };
      const made = await fetch('/v1/campaigns', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(campaign),
      });
      return ((await made.json()) as { id: number }).id;
    });
    const { page } = await openReader(web.browser);
    // the region's authority answers for the lycées
    const uai = await enterSchool(page, web.url, 'head-lycee');
    const { window } = await windowWith(page, uai, 'free');
    const database = await new DataSource(databaseOptions(web.databaseUrl, 1)).initialize();
    try {
      await database.query(
        'delete from wish w using class k where k.id = w.class_id and k.establishment_id = (select establishment_id from class where id = $1)',
        [window.classId],
      );
      await database.query(
        `insert into wish (campaign_id, class_id, kind, weekday, start_minute, origin) values (1, $1, 'wished', 2, 600, 'head')`,
        [window.classId],
      );
      await page.goto(`${web.url}/app/etablissements/${uai}/souhaits?classe=${window.classId}`);
      await page.getByText('Aucun souhait', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Reprendre les derniers souhaits' }).click();
      await page.getByText('Souhaits repris : 1').waitFor();
      expect(await page.getByLabel('À partir de').inputValue()).toBe('10:00');
      expect(await overflowing(page)).toEqual([]);
      expect(await violationsOf(page, 'light')).toEqual([]);

      await database.query(
        `insert into wish (campaign_id, class_id, kind, weekday, start_minute, origin, reason, approval) values
        ($1, $2, 'fixed', 4, 600, 'head', 'Examen blanc', 'pending'), ($1, $2, 'fixed', 5, 600, 'head', 'Sortie', 'pending')`,
        [campaignId, window.classId],
      );
      await signIn(authority, web.url, 'authority-region');
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
      const decided = await database.query<{ approval: string }[]>(
        `select approval from wish where campaign_id = $1 and kind = 'fixed' order by weekday`,
        [campaignId],
      );
      expect(decided).toEqual([{ approval: 'approved' }, { approval: 'refused' }]);
    } finally {
      await database.destroy();
    }
  });

  it('entrusts the answer to a deputy by a link, which answers with one tap until it is withdrawn', async () => {
    const { page } = await openReader(web.browser);
    await openWeek(page, web.url, 'head-school');
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
    const uai = await openWeek(page, web.url);
    await page.getByRole('link', { name: 'Les liens' }).click();
    await page.getByText("Quelle est l'adresse de votre ENT ?").waitFor();
    await page.getByRole('combobox', { name: "Adresse de l'ENT" }).fill('https://ent.example/accueil');
    await page.locator('.link-card').first().waitFor();
    const { items } = await readJson<{ items: { code: string; path: string }[] }>(
      page,
      `/v1/establishments/${uai}/class-links`,
    );
    expect(await page.locator('.link-address').allTextContents()).toEqual(
      items.map(({ path }) => `https://ent.example${path}`),
    );
    await page.emulateMedia({ media: 'print' });
    const pageCountOf = async () =>
      (await page.pdf({ format: 'A4' })).toString('latin1').split(/\/Type\s*\/Page\b/).length - 1;
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
    await openWeek(page, web.url);
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
    await openWeek(page, web.url);
    let refused = 0;
    await page.route('**/assets/wishes-page*.js', (route) =>
      refused++ === 0 ? route.fulfill({ status: 404 }) : route.continue(),
    );
    await page.getByRole('link', { name: 'Les souhaits' }).click();
    await page.getByRole('heading', { level: 1, name: /souhaits/i }).waitFor();
    expect(refused).toBe(2);
  });

  it('reads the times of the school, and is told so in another zone', async () => {
    const { page } = await openReader(web.browser, { timeZone: 'America/Guadeloupe' });
    await openWeek(page, web.url);
    await page.getByText(/Les heures sont celles de l'établissement \(Europe\/Paris\)/).waitFor();
  });
});
