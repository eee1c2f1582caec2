import type { Locator, Page } from 'playwright-core';
import { violationsOf } from './accessibility';
import { enter, openReader, overflowing } from './real-browser';
import { describeWeb } from './web-server';

describeWeb('the form of the protection ladder', (web) => {
  const openLadder = async (): Promise<{ page: Page; form: Locator }> => {
    const { page } = await openReader(web.browser);
    await enter(page, web.url, 'operator');
    await page.goto(`${web.url}/app/protection`);
    await page.getByRole('button', { name: "Changer l'échelle" }).click();
    return { page, form: page.getByRole('dialog', { name: "L'échelle de protection" }) };
  };
  const rungsOf = (page: Page): Promise<string[]> =>
    page.evaluate(async () => {
      const ladder = (await (await fetch('/v1/platforms/1/protection-ladder')).json()) as { rungs: { code: string }[] };
      return ladder.rungs.map(({ code }) => code);
    });

  it('writes a rung, changes, moves and removes others, says in French what is refused, and goes back to the usual ones', async () => {
    const { page, form } = await openLadder();
    const found: string[] = [];

    // by the keyboard alone: a rung of its own, whose code is made of its name
    await form.getByRole('button', { name: 'Ajouter un échelon' }).press('Enter');
    const rung = page.getByRole('dialog', { name: 'Un nouvel échelon' });
    // before it is there the key would close what is behind it
    await rung.locator(':focus').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('button:focus', { hasText: 'Ajouter un échelon' }).press('Enter');
    await rung.getByLabel(/^Nom de la mesure/).fill('Soirée des collégiens');
    await rung.getByLabel(/^Que dire aux écoles/).fill('Les parents se connectent le soir.');
    await rung.getByRole('checkbox', { name: 'Différer les parents' }).press('Space');
    await rung.getByLabel(/^Parents admis de/).fill('22:00');
    await rung.getByLabel(/^à/).fill('17:00');
    await rung.getByText("Profils : tous, rien n'est coché").press('Enter');
    await rung.getByRole('checkbox', { name: 'parents', exact: true }).press('Space');
    await rung.getByText('Profils : parents').waitFor();
    found.push(...(await overflowing(page)), ...(await violationsOf(page, 'light')));
    await rung.getByRole('button', { name: "Garder dans l'échelle" }).press('Enter');
    const evening = form.getByRole('group', { name: /Soirée des collégiens$/ });
    await evening.getByText(/Les parents entrent de 22\sh\s00 à 17\sh\s00.*Ne concerne que\s: parents/).waitFor();
    await page.locator('button:focus', { hasText: 'Modifier' }).waitFor();
    await form.getByRole('button', { name: "Enregistrer l'échelle" }).press('Enter');
    const refusal = form.getByRole('alert');
    await refusal
      .getByText('Soirée des collégiens — Les heures des parents finissent après leur début, le même jour.')
      .waitFor();
    found.push(...(await overflowing(page)), ...(await violationsOf(page, 'light')));

    await evening.getByRole('button', { name: /^Modifier/ }).press('Enter');
    const again = page.getByRole('dialog', { name: 'Modifier un échelon' });
    await again.getByLabel(/^Parents admis de/).fill('17:00');
    await again.getByLabel(/^à/).fill('00:00');
    await again.getByRole('button', { name: "Garder dans l'échelle" }).click();
    await page.locator('button:focus', { hasText: 'Modifier' }).waitFor();
    await evening.getByText(/de 17\sh\s00 à 24\sh\s00/).waitFor();

    // whoever moves a rung again and again keeps the focus, also at the end
    const up = evening.getByRole('button', { name: /^Monter/ });
    const count = await form.getByRole('group', { name: /^\d+\. / }).count();
    for (let place = count - 1; place >= 1; place--) {
      await up.press('Enter');
      await form.getByText(`« Soirée des collégiens » est maintenant l'échelon ${place} sur ${count}.`).waitFor();
    }
    await page.locator('button:focus', { hasText: 'Monter' }).waitFor();
    await up.press('Enter');
    const first = form.getByRole('group', { name: '1. Soirée des collégiens' });
    expect(await first.getByLabel('Proposé à partir de').inputValue()).toBe('80 %');
    await form.getByRole('button', { name: /^Retirer\s: Sessions inactives/ }).press('Enter');
    await form.getByText(/^«\sSessions inactives.*\s» est retiré/).waitFor();
    await form.getByRole('button', { name: "Enregistrer l'échelle" }).click();
    await page.getByText(/Échelle adoptée\s; une autre personne doit l'approuver/).waitFor();
    const [usual, ...others] = await rungsOf(page);
    expect([usual, others.includes('idle')]).toEqual(['soiree-des-collegiens', false]);
    await form.waitFor({ state: 'detached' });

    await page.getByRole('button', { name: "Revenir à l'échelle usuelle" }).click();
    const question = page.getByRole('dialog', { name: "Revenir à l'échelle usuelle" });
    await question.getByText(/L'approbation et la simulation sont annulées/).waitFor();
    found.push(...(await violationsOf(page, 'light')));
    await question.getByRole('button', { name: "Remettre l'échelle usuelle" }).click();
    await question.waitFor({ state: 'detached' });
    expect((await rungsOf(page))[0]).toBe('idle');
    expect(await page.getByRole('button', { name: "Revenir à l'échelle usuelle" }).count()).toBe(0);
    expect(found).toEqual([]);
  });

  it('overwrites nothing that somebody else has saved meanwhile, and keeps what was typed', async () => {
    const { page, form } = await openLadder();
    const { page: other, form: theirs } = await openLadder();
    // this page does not look again by itself: it learns of the other ladder when it saves its own
    const ladder = /\/protection-ladder$/;
    const before = await page.evaluate(async () => (await fetch('/v1/platforms/1/protection-ladder')).text());
    let isSent = false;
    await page.route(ladder, (route) => {
      isSent ||= route.request().method() === 'PUT';
      return isSent ? route.continue() : route.fulfill({ contentType: 'application/json', body: before });
    });
    await theirs.getByRole('button', { name: /^Retirer\s: Parents différés/ }).click();
    await theirs.getByRole('button', { name: "Enregistrer l'échelle" }).click();
    await other.getByText(/Échelle adoptée/).waitFor();

    const mine = form.getByRole('group', { name: /^1\. Sessions inactives/ });
    await mine.getByLabel('Levé en dessous de').fill('80');
    await mine.getByText('Plus bas que le seuil où il est proposé.').waitFor();
    expect(await violationsOf(page, 'light')).toEqual([]);
    // what cannot be is not sent: the field that is wrong has the focus instead
    await form.getByRole('button', { name: "Enregistrer l'échelle" }).click();
    expect(await mine.getByLabel('Levé en dessous de').evaluate((field) => field === document.activeElement)).toBe(
      true,
    );
    await mine.getByLabel('Levé en dessous de').fill('44');
    await form.getByRole('button', { name: "Enregistrer l'échelle" }).click();
    const conflict = form.getByRole('alert');
    await conflict.getByText("Quelqu'un a enregistré une autre échelle entre-temps.").waitFor();
    await conflict.getByText('Retiré : Parents différés.').waitFor();
    expect(await mine.getByLabel('Levé en dessous de').inputValue()).toBe('44 %');
    expect([...(await overflowing(page)), ...(await violationsOf(page, 'light'))]).toEqual([]);
    expect(await rungsOf(other)).not.toContain('relatives');

    await conflict.getByRole('button', { name: "Garder ce que j'ai écrit" }).click();
    await conflict.waitFor({ state: 'detached' });
    await form.getByRole('button', { name: "Enregistrer l'échelle" }).click();
    await page.getByText(/Proposé à partir de 80\s% de la capacité, levé sous 44\s%/).waitFor();
    expect(await rungsOf(other)).toContain('relatives');
  });
});
