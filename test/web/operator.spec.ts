import type { Page } from 'playwright-core';
import { DataSource } from 'typeorm';
import { databaseOptions } from '../../src/common/database';
import { violationsOf } from './accessibility';
import { enter, openReader, overflowing, signIn } from './real-browser';
import { describeWeb } from './web-server';

describeWeb('the web of an operator', (web) => {
  const open = async (page: Page, section: string): Promise<void> => {
    await page.goto(`${web.url}/app/exploitation/${section}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('tabpanel').waitFor();
    await page.getByRole('tabpanel').locator('.mantine-Loader-root').waitFor({ state: 'detached' });
  };

  /** The same as the page's client, where a test only needs that it was done. */
  const post = (page: Page, path: string, body: object): Promise<{ id: number }> =>
    page.evaluate(
      async ([to, what]) => {
        const answer = await fetch(to, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(what),
        });
        if (!answer.ok) throw new Error(await answer.text());
        return (await answer.json()) as { id: number };
      },
      [path, body] as const,
    );

  /** Keeps simulations under way for the page until it is released. */
  const held = async (page: Page, path: RegExp): Promise<() => void> => {
    let isHeld = true;
    await page.route(path, async (route) => {
      const response = await route.fetch();
      const body = (await response.json()) as object;
      await route.fulfill({ response, json: isHeld ? { ...body, state: 'running', variants: null } : body });
    });
    return () => (isHeld = false);
  };

  it('makes a campaign, learns why it cannot hold, allocates it, publishes it when the authority of its schools has approved, and compares drafts', async () => {
    const { page } = await openReader(web.browser);
    await enter(page, web.url, 'operator');
    await open(page, 'campagnes/nouvelle');
    await page.getByRole('radio', { name: 'Relève du travail' }).check();
    await page.getByText(/Établissements concernés\s: 1\s000/).waitFor();
    await page.getByRole('button', { name: 'Continuer' }).click();
    await page.getByLabel('Nom').fill('Lycées, relève');
    await page.getByLabel(/^Du/).fill('2027-01-11');
    await page.getByLabel(/^Au/).fill('2027-01-12');
    await page.getByText('mardi 12 janvier 2027').waitFor();
    await page.getByRole('button', { name: 'Continuer' }).click();
    await page.getByLabel('Où').selectOption({ label: 'Académie de Hautebrume' });
    await page.getByRole('checkbox', { name: 'Lycée professionnel' }).check();
    await page.getByRole('checkbox', { name: "Demander l'accord des autorités" }).check();
    const told = /Établissements concernés\s: (\d+)/;
    await page.getByText(/^Lycée professionnel\s: \d+$/).waitFor();
    const [, schools] = told.exec(await page.getByText(told).innerText())!;
    await page.getByRole('button', { name: 'Créer la campagne' }).click();
    await page.getByRole('heading', { name: 'Lycées, relève' }).waitFor();
    await page.getByText(new RegExp(`, établissements\\s: ${schools}, classes\\s: [\\d\\s]+`)).waitFor();

    const span = { startsAt: '2027-01-11T00:00:00+01:00', endsAt: '2027-01-16T00:00:00+01:00' };
    const cut = await post(page, '/v1/platforms/1/regulations', {
      ...span,
      sessionsPerMille: 4,
      loginsPerMille: 4,
      reason: 'presque rien',
    });
    await page.getByRole('button', { name: 'Calculer un plan' }).click();
    const plans = page.getByRole('region', { name: 'Plans de la campagne' });
    await plans.getByRole('button', { name: 'Pourquoi' }).click({ timeout: 180_000 });
    await plans
      .getByText(/Aucun plan ne peut placer tout le monde.+il faudrait au moins [\d\s,]+% de capacité en plus/)
      .waitFor();
    await plans
      .getByText(/toutes leurs heures sont pleines/)
      .first()
      .waitFor();
    await plans.getByText(/Ou, sans capacité de plus/).waitFor();
    await plans.getByRole('button', { name: 'Jeter' }).click();
    await page.getByText('Aucun plan', { exact: true }).waitFor();
    await page.evaluate((id) => fetch(`/v1/platforms/1/regulations/${id}`, { method: 'DELETE' }), cut.id);

    await page.getByRole('button', { name: 'Calculer un plan' }).click();
    await plans.getByText('brouillon').waitFor();
    await plans.getByRole('button', { name: 'Publier…' }).click();
    await plans.getByText(/^Les [\d\s]+ créneaux entrent en vigueur\. Tous ont une place\./).waitFor();
    await plans.getByText(new RegExp(`leur semaine paraît aussitôt ; établissements\\s: ${schools}`)).waitFor();
    await plans.getByText(/Passerelles\s: aucun agent n'est connu/).waitFor();
    // on a phone nothing of it lies beyond the edge of its card
    const size = page.viewportSize()!;
    await page.setViewportSize({ width: 390, height: 900 });
    const beyond = (form: Element): number =>
      [form, ...form.querySelectorAll('*')].filter(
        (one) => one.getBoundingClientRect().right > form.closest('tr')!.getBoundingClientRect().right,
      ).length;
    await expect(plans.locator('form').evaluate(beyond)).resolves.toBe(0);
    await page.setViewportSize(size);
    // the words of the authority are missing: publishing without them takes an act of its own
    await plans.getByRole('checkbox', { name: 'Publier sans ces accords' }).waitFor();
    await page.getByText(/Accord des autorités, par établissement : 0 avec/).waitFor();
    const authority = (await openReader(web.browser)).page;
    await enter(authority, web.url, 'authority-region');
    await authority.goto(`${web.url}/app/region`);
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

    // a second draft says what it would change, and lies over the first one as a curve
    await page.getByRole('button', { name: 'Calculer un plan' }).click();
    await plans.getByRole('button', { name: 'Publier…' }).click();
    await plans.getByText(/Créneaux qui bougent : [\d\s]+ \([\d\s]+ plus tôt, [\d\s]+ plus tard\)/).waitFor();
    await plans.getByText(/un avis pour chaque créneau qui change/).waitFor();
    const [draft, published] = await plans.locator('tbody th[scope=row]').allInnerTexts();
    await page.goto(`${web.url}/app/region?plan=${published}`);
    await page.getByLabel('Avec').selectOption(draft!);
    await page.getByText(/Sa courbe est tracée sur celle du jour/).waitFor();
    expect(new URL(page.url()).searchParams.get('comparer')).toBe(draft);
    const chart = page.locator('.chart').first();
    await chart.getByRole('button', { name: 'En tableau' }).click();
    await chart.getByRole('columnheader', { name: `Plan ${draft}` }).waitFor();
  });

  it('declares a reduction of the capacity with its reason, and takes it back', async () => {
    const { page } = await openReader(web.browser);
    await enter(page, web.url, 'operator');
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

  it('is told of a proof that does not hold on every section, until one holds again', async () => {
    const { page } = await openReader(web.browser);
    await enter(page, web.url, 'operator');
    const database = await new DataSource(databaseOptions(web.databaseUrl, 1)).initialize();
    // as whoever writes to the database beside the service
    const change = (by: number): Promise<unknown> =>
      database.query(
        `update ledger_cell set login_planned = login_planned + $1, login_ceiling = login_ceiling + $1
          where (platform_id, cell) = (select platform_id, cell from ledger_cell order by platform_id, cell limit 1)`,
        [by],
      );
    try {
      await change(1);
      await page.evaluate(() => fetch('/v1/plans/1/proof').then((answer) => answer.json()));
      await open(page, 'passerelles');
      const notice = page.getByRole('alert').filter({ hasText: 'La preuve du registre ne tient pas' });
      await notice
        .getByText(/diffère des créneaux\s: 1\s; créneaux qui diffèrent de leurs réservations\s: 0/)
        .waitFor();
      expect(await overflowing(page)).toEqual([]);
      expect(await violationsOf(page, 'light')).toEqual([]);
      await notice.getByRole('button', { name: 'Prouver à nouveau' }).click();
      await page.getByText('La preuve ne tient toujours pas.').waitFor();
      await change(-1);
      await notice.getByRole('button', { name: 'Prouver à nouveau' }).click();
      await page.getByText(/La preuve tient/).waitFor();
      await notice.waitFor({ state: 'detached' });
      // of another platform as well, which is named
      const [{ id }] = await database.query<[{ id: number }]>(
        `insert into platform (code, name, time_zone, headroom_per_mille) values ('autre', 'Autre plateforme', 'Europe/Paris', 0) returning id`,
      );
      await database.query(
        `insert into ledger_proof (platform_id, epoch, revision, cell_difference_count, window_difference_count, differences)
         values ($1, 1, 1, 7, 0, '{"cells": [], "windows": []}')`,
        [id],
      );
      await open(page, 'passerelles');
      await notice
        .filter({ hasText: 'Autre plateforme' })
        .getByText(/diffère des créneaux\s: 7/)
        .waitFor();
      await database.query('delete from ledger_proof where platform_id = $1', [id]);
      await database.query('delete from platform where id = $1', [id]);
    } finally {
      await database.destroy();
    }
  });

  it('draws a reduction on the time line, which fills the form', async () => {
    const { page } = await openReader(web.browser);
    await enter(page, web.url, 'operator');
    await open(page, 'capacite');
    await page.getByText('Réduire', { exact: true }).click();
    const layer = (await page.locator('.drawing').boundingBox())!;
    const form = page.locator('form', { hasText: 'Réduire pour un temps' });
    await page.mouse.move(layer.x + layer.width * 0.4, layer.y + 100);
    await page.mouse.down();
    await page.mouse.move(layer.x + layer.width * 0.5, layer.y + 100, { steps: 4 });
    await page.locator('.drawn').waitFor();
    await page.mouse.up();
    const [from, until] = await Promise.all(
      ['À partir de', "Jusqu'à"].map((label) => form.getByLabel(label).inputValue()),
    );
    const days = (Date.parse(`${until!}Z`) - Date.parse(`${from!}Z`)) / 86_400_000;
    // a tenth of the two weeks, a little more for the margins beside the axis
    expect(days).toBeGreaterThan(1.3);
    expect(days).toBeLessThan(1.7);
    expect(from).toMatch(/T\d\d:\d[05]$/);
    await page.locator('.drawing').waitFor({ state: 'detached' });
  });

  it('makes a key that is shown once, and revokes it', async () => {
    const { page } = await openReader(web.browser);
    await enter(page, web.url, 'operator');
    await open(page, 'cles');
    await page.getByLabel('Nom').fill('écrans du hall');
    await page.getByRole('button', { name: 'Faire une clé' }).click();
    const secret = await page.locator('.secret').innerText();
    expect(secret).toMatch(/^etale_/);
    await page.reload();
    const row = page.getByRole('row', { name: /écrans du hall/ });
    await row.waitFor();
    expect(await page.content()).not.toContain(secret);
    // on a phone it is a card whose button is in sight, and to a screen reader still a row of a table
    await page.setViewportSize({ width: 360, height: 800 });
    const { x, width } = (await row.getByRole('button', { name: 'Révoquer' }).boundingBox())!;
    expect(x + width).toBeLessThanOrEqual(360);
    expect(await row.getByRole('cell').count()).toBeGreaterThan(2);
    await row.getByRole('button', { name: 'Révoquer' }).click();
    await row.getByText('révoquée').waitFor();
  });

  it('tries an import without changing anything, and shows the lines that would be refused', async () => {
    const { page } = await openReader(web.browser);
    await enter(page, web.url, 'operator');
    await open(page, 'imports');
    const template = await (await page.request.get(`${web.url}/v1/imports/templates/roster.csv`)).text();
    const lines = template.trim().split('\n');
    const file = {
      name: 'classes.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from([lines[0], `nonsense${lines[1]!.slice(8)}`].join('\n')),
    };
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByRole('button', { name: 'Voir ce qui changerait' }).click();
    await page.getByText(/Lignes lues|Le fichier est refusé/).waitFor();
  });

  it('lets an auditor read everything and change nothing', async () => {
    const { page } = await openReader(web.browser);
    await enter(page, web.url, 'auditor');
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
    const [{ page }, other] = [await openReader(web.browser), await openReader(web.browser)];
    await enter(page, web.url, 'operator');
    await page.goto(`${web.url}/app/protection`);
    await page.getByText(/Rien n'a été mesuré depuis une demi-heure/).waitFor();
    await page.getByRole('button', { name: 'Adopter cette échelle' }).click();
    await page.getByText(/Échelle adoptée\s; une autre personne doit l'approuver/).waitFor();
    expect(await page.getByRole('button', { name: "Approuver l'échelle" }).count()).toBe(0);
    await page.getByRole('button', { name: "Changer l'échelle" }).click();
    const first = page.getByRole('group', { name: /^1\. Sessions inactives/ });
    await first.getByLabel('Proposé à partir de').fill('60');
    await first.getByText('Plus bas que le seuil où il est proposé.').waitFor();
    await first.getByLabel('Levé en dessous de').fill('55');
    await page.getByRole('button', { name: "Enregistrer l'échelle" }).click();
    await page.getByText(/Proposé à partir de 60\s% de la capacité, levé sous 55\s%/).waitFor();

    await enter(other.page, web.url, 'authority-region');
    await other.page.goto(`${web.url}/app/protection`);
    await other.page.getByRole('button', { name: "Approuver l'échelle" }).click();
    await other.page.getByText(/Échelle approuvée/).waitFor();

    // the ENT says what it sees: four minutes at 86 % of its capacity
    const asked = await page.evaluate(async () => {
      const at = (path: string): string => `/v1/platforms/1/${path}`;
      const now = Date.now();
      const curve = (await (await fetch(`${at('capacity')}?stepMinutes=60`)).json()) as {
        sessions: { effectiveThousandths: number[] };
      };
      const sessions = Math.round((curve.sessions.effectiveThousandths[0]! / 1000) * 0.86);
      const items = [3, 2, 1, 0].map((ago) => ({ measuredAt: new Date(now - ago * 60_000).toISOString(), sessions }));
      const body = JSON.stringify({ source: 'ent', items });
      return (
        await fetch(at('measurements'), { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      ).status;
    });
    expect(asked).toBe(202);
    await page.getByText(/la plateforme est à 86\s%/).waitFor();
    const proposal = page.locator('.proposal', { hasText: 'Étale propose' });
    await proposal.getByRole('button', { name: /Mettre en vigueur : Sessions inactives/ }).click();
    const form = page.getByRole('dialog', { name: /Sessions inactives/ });
    expect(await form.getByLabel('Motif').inputValue()).not.toBe('');
    // nothing was simulated today: what it will do is shown before its button
    expect(await form.getByRole('button', { name: 'Mettre en vigueur' }).count()).toBe(0);
    await form.getByRole('button', { name: "Simuler l'effet" }).click();
    await form.getByText('Pic de sessions').waitFor();
    await form.getByText('En vigueur aux passerelles dans la seconde.').waitFor();
    // a clock of the reader's that is ahead makes no step longer than what was agreed
    await page.evaluate(() => {
      const clock = Date.now;
      Date.now = () => clock() + 2_000;
    });
    await form.getByRole('button', { name: 'Mettre en vigueur' }).click();
    await page.locator('.ladder .in-force', { hasText: /en vigueur jusqu'à \d+\sh\s\d\d/ }).waitFor();
    await page.locator('.ladder .in-force').getByText('Concerne tout le monde.').waitFor();
    await page
      .getByRole('region', { name: 'Que dire aux écoles et aux familles' })
      .getByText(/enregistrez votre travail/)
      .waitFor();
    await page.getByText(/^Valable jusqu'à \d+\sh\s\d\d/).waitFor();
    const found = [...(await overflowing(page)), ...(await violationsOf(page, 'light'))];
    expect(found).toEqual([]);

    // a head is told on the week of the school
    const head = await openReader(web.browser);
    await signIn(head.page, web.url, 'head-college');
    const told = head.page.getByRole('status').filter({ hasText: 'Mesure de protection en vigueur' });
    await told.getByText(/enregistrez votre travail/).waitFor();
    await told.getByText(/^Fin automatique\s:/).waitFor();
    await head.context.close();

    // of a step that cuts the capacity the page says what became of its replan, and leads who may publish to the draft
    const steps = /\/protection-steps\?/;
    for (const its of [page, other.page])
      await its.route(steps, async (route) => {
        const response = await route.fetch();
        const body = (await response.json()) as { items: { replans: object[] }[] };
        body.items[0]!.replans = [{ campaignId: 1, state: 'draft', jobId: 1, planId: 2, errorCode: null }];
        await route.fulfill({ response, json: body });
      });
    const draft = page.getByRole('row', { name: /Sessions inactives/ }).getByRole('link', { name: 'Voir et publier' });
    expect(await draft.getAttribute('href')).toBe('/app/exploitation/campagnes/1');
    found.push(...(await overflowing(page)), ...(await violationsOf(page, 'light')));
    await other.page.getByText(/aucun créneau ne bouge avant sa publication/).waitFor();
    expect(await other.page.getByRole('link', { name: 'Voir et publier' }).count()).toBe(0);
    for (const its of [page, other.page]) await its.unroute(steps);

    // everybody who looks sees it, and another person may take it back
    const row = other.page.getByRole('region', { name: 'Mesures' }).getByRole('row', { name: /Sessions inactives/ });
    await row.getByRole('button', { name: /^Lever/ }).click();
    const why = other.page.getByRole('dialog');
    await why.getByLabel('Motif').fill('le calme est revenu');
    await why.getByRole('button', { name: 'Lever' }).click();
    await page.getByText(/Aucune mesure de protection n'est en vigueur/).waitFor();
    await page.getByRole('cell', { name: 'le calme est revenu' }).waitFor();

    // a step that is not on the ladder is simulated before it can be taken, and the second person reads what is expected of it
    await page.getByRole('button', { name: 'Une autre mesure' }).click();
    const own = page.getByRole('dialog', { name: /hors de l'échelle/ });
    await own.getByLabel('Différer les parents').check();
    await own.getByLabel(/^Parents admis de/).fill('17:00');
    await own.getByLabel(/^à/).fill('22:00');
    await own.getByLabel(/^Nom de la mesure/).fill('Parents le soir');
    await own.getByLabel(/^Que dire aux écoles/).fill('Les parents se connectent de 17 h à 22 h.');
    await own.getByLabel(/^Motif/).fill('trop de monde le matin');
    found.push(...(await violationsOf(page, 'light')));
    expect(await own.getByRole('button', { name: 'Prendre cette mesure' }).count()).toBe(0);
    // a cut of the capacity is simulated on the plan as it is, and says so
    await own.getByLabel(/^Capacité gardée/).fill('90');
    await own.getByRole('button', { name: "Simuler l'effet" }).click();
    await own.getByText('La baisse de capacité est simulée avant la replanification qui la suit.').waitFor();
    await own.getByLabel(/^Capacité gardée/).fill('100');
    await own.getByRole('button', { name: "Simuler l'effet" }).click();
    await own.getByText('Pic de sessions').waitFor();
    expect(await own.getByText(/baisse de capacité/).count()).toBe(0);
    await own.getByRole('button', { name: 'Prendre cette mesure' }).click();
    const evening = other.page.getByRole('row', { name: /Parents le soir/ });
    await evening.getByText(/Les parents entrent de 17\sh\s00 à 22\sh\s00/).waitFor();
    await evening.getByText(/Refusés ou différés attendus/).waitFor();
    await evening.getByRole('button', { name: /^Lever/ }).click();
    await other.page.getByRole('dialog').getByLabel('Motif').fill('inutile');
    await other.page.getByRole('dialog').getByRole('button', { name: 'Lever' }).click();
    await page.getByRole('cell', { name: 'inutile' }).waitFor();

    // what it was is kept; what people found and agreed is written beside it
    await page.getByText('Rejouer aussi ce jour autrement').click();
    await page.getByLabel('Avec un échelon de plus').selectOption({ label: 'Parents différés' });
    await page.getByLabel(/^À partir de/).fill('08:30');
    await page.getByRole('button', { name: 'Faire le bilan' }).click();
    await page
      .getByRole('region', { name: 'Bilans' })
      .getByRole('button', { name: /^Compléter le bilan/ })
      .click();
    const words = page.getByRole('dialog', { name: /^Compléter le bilan/ });
    await words.getByLabel('Résumé').fill('La plateforme a tenu.');
    await words.getByLabel('La capacité a été réduite', { exact: true }).selectOption({ label: 'écartée' });
    await words.getByLabel('Commentaire : La capacité a été réduite').fill('Vérifié avec l’hébergeur.');
    await words.getByLabel('Commentaire : Autre cause').fill('Annuaire en panne.');
    await words.getByRole('button', { name: 'Ajouter une amélioration' }).click();
    await words.getByLabel('Quoi').fill('Étaler les 6e');
    await words.getByLabel('Responsable').fill('Académie de Lille');
    await words.getByLabel('Échéance').fill('2027-01-15');
    found.push(...(await violationsOf(page, 'light')));
    await words.getByRole('button', { name: 'Enregistrer' }).click();
    await page.getByText('Le bilan est complété.').waitFor();
    await page.getByRole('cell', { name: 'La plateforme a tenu.' }).waitFor();

    // as a page to print
    await page.getByRole('region', { name: 'Bilans' }).getByRole('link', { name: 'Page à imprimer' }).click();
    await page
      .getByText(/Sessions inactives fermées/)
      .first()
      .waitFor();
    for (const text of [
      'Étaler les 6e',
      'Académie de Lille',
      '15 janvier 2027',
      'Vérifié avec l’hébergeur.',
      'Annuaire en panne.',
    ])
      await page.getByText(text).waitFor();
    found.push(...(await overflowing(page)), ...(await violationsOf(page, 'light')));
    expect(found).toEqual([]);
  });

  it('shows the agents and the waiting room of its own platform, and of a step how long it makes people wait', async () => {
    const { page } = await openReader(web.browser);
    await enter(page, web.url, 'operator');
    const other = await post(page, '/v1/platforms', {
      code: 'autre',
      name: 'Autre plateforme',
      timeZone: 'Europe/Paris',
    });
    for (const [platformId, agent, pupils] of [
      [1, 'mandataire-ici', 40],
      [other.id, 'mandataire-ailleurs', 977],
    ] as const) {
      const { secret } = (await post(page, '/v1/keys', {
        name: agent,
        scopes: ['gateway'],
        platformId,
      })) as unknown as { secret: string };
      const room = { isOpen: true, isAway: false, pupils, unknown: 0, relatives: 12, held: 0, called: 900 };
      const status = { agent, version: '1', state: 'running', sentAt: new Date().toISOString(), room };
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
      const told = await fetch(`${web.url}/v1/gateways/status`, {
        method: 'POST',
        headers,
        body: JSON.stringify(status),
      });
      expect(told.status).toBe(200);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${web.url}/app/protection?platform=1`);
    await page.getByText(/Salle d'attente\s: 40 élèves/).waitFor();
    expect(await page.getByRole('list', { name: 'Passerelles' }).getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringContaining('mandataire-ici'),
    ]);

    // while it is simulated the button of the act is not there yet; who cannot wait takes another one
    const release = await held(page, /\/v1\/simulations\/\d+$/);
    await page.getByRole('button', { name: /^Mettre en vigueur.*Parents différés/ }).click();
    const form = page.getByRole('dialog', { name: /Parents différés/ });
    await form.getByLabel('Motif').fill('trop de monde');
    await form.getByLabel(/^Durée en minutes/).fill('120');
    await form.getByRole('button', { name: "Simuler l'effet" }).click();
    await form.getByText('Simulation en cours…').waitFor();
    expect(await form.getByRole('button', { name: /^(Mettre en vigueur|Proposer)$/ }).count()).toBe(0);
    expect(await form.getByRole('button', { name: "Prendre sans connaître l'effet" }).count()).toBe(1);
    release();
    // where a room is open a step makes people wait, and refuses hardly anybody
    for (const told of ["Au plus en salle d'attente", 'Attente moyenne des admis', 'Partis sans être entrés'])
      await form.getByText(told).waitFor();
    expect(await form.getByText('Refusés ou différés').count()).toBe(0);
    await form.getByRole('button', { name: /^(Mettre en vigueur|Proposer)$/ }).waitFor();
    expect([...(await overflowing(page)), ...(await violationsOf(page, 'light'))]).toEqual([]);
  });
});
