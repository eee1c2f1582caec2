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
import { enter, openReader, overflowing } from './real-browser';
import { describeWeb } from './web-server';

interface Partner {
  windowId: number;
  uai: string;
  establishmentName: string;
  classCode: string;
  isOwn: boolean;
}

describeWeb('places that are given and exchanged on the page of a head', (web) => {
  it('waits for a full hour on the list, and sees it among what is to be done', async () => {
    const { page } = await openReader(web.browser);
    const uai = await enterSchool(page, web.url);
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
    const uai = await enterSchool(page, web.url);
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

  /** A class for which a start is full, and another class of the school that stands there: as large at least, or smaller. */
  const wantedOfAnother = async (
    page: Page,
    uai: string,
    isSmaller = false,
  ): Promise<{ waits: ClassWindow; gives: ClassWindow; startsAt: string }> => {
    const windows = await classWindowsOf(page, uai);
    for (const waits of windows) {
      for (const { startsAt } of (await startsOf(page, uai, waits)).filter(({ verdict }) => verdict === 'full')) {
        const gives = windows.find(
          (one) =>
            one.classId !== waits.classId &&
            one.headcount < waits.headcount === isSmaller &&
            Date.parse(one.startsAt) === Date.parse(startsAt),
        );
        if (gives) return { waits, gives, startsAt };
      }
    }
    throw new Error(`no class of ${uai} wants the full place of another`);
  };
  /** Puts a class on the list for a full start, and opens what would give it the place of another. */
  const openPromotion = async (
    page: Page,
    uai: string,
    { waits, gives, startsAt }: { waits: ClassWindow; gives: ClassWindow; startsAt: string },
  ): Promise<{ card: Locator; dialog: Locator; given: Locator; yes: Locator }> => {
    await page.goto(`${web.url}/app/etablissements/${uai}?creneau=${waits.id}`);
    await page
      .locator('.start-full', { hasText: timeOf(startsAt) })
      .first()
      .click();
    await page.getByRole('button', { name: 'Me prévenir si une place se libère' }).click();
    await page.locator('.week-panel, [role=dialog]').getByRole('button', { name: 'Fermer' }).click();
    const card = page
      .locator('.mantine-Paper-root')
      .filter({ hasText: `Un créneau de ${waits.classCode} attend une place` });
    await card.getByRole('button', { name: 'Lui rendre une place' }).click();
    const dialog = page.getByRole('dialog', { name: `Une place pour un créneau de ${waits.classCode}` });
    const given = dialog.getByRole('radio', { name: `${gives.classCode}, ${timeOf(gives.startsAt)}` });
    await given.waitFor();
    return { card, dialog, given, yes: dialog.getByRole('button', { name: 'Rendre, et prendre la place' }) };
  };

  it("gives a window of one's own back so that a class that waits takes its place, told beforehand what that costs", async () => {
    const { page } = await openReader(web.browser);
    const uai = await enterSchool(page, web.url);
    const wanted = await wantedOfAnother(page, uai);
    const { waits, gives, startsAt } = wanted;
    const { card, dialog, given, yes } = await openPromotion(page, uai, wanted);
    expect(await yes.isDisabled()).toBe(true);
    await given.focus();
    await page.keyboard.press('Space');
    await dialog.getByText(`Le créneau de ${gives.classCode} du`).waitFor();
    expect(await overflowing(page)).toEqual([]);
    expect(await violationsOf(page, 'light')).toEqual([]);
    await yes.click();
    await page
      .getByText(`Le créneau de ${gives.classCode} est rendu, celui de ${waits.classCode} a pris la place.`)
      .waitFor();
    const after = await windowsOf(page, uai);
    expect(after.find(({ id }) => id === gives.id)).toBeUndefined();
    expect(Date.parse(after.find(({ id }) => id === waits.id)!.startsAt)).toBe(Date.parse(startsAt));
    await card.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Annuler' }).last().click();
    await page.getByText("C'est annulé.").waitFor();
  });

  it('offers what to do instead where a place that is given back does not do, on a phone', async () => {
    const { page } = await openReader(web.browser, { width: 390 });
    const uai = await enterSchool(page, web.url);
    const wanted = await wantedOfAnother(page, uai, true);
    const { waits, gives } = wanted;
    const { card, dialog, given, yes } = await openPromotion(page, uai, wanted);
    await given.check();
    // what the smaller class leaves is too little
    const cell = gives.startCell + 1;
    await withoutRoom(web.databaseUrl, cell, cell, async () => {
      const answer = page.waitForResponse(/\/promote$/);
      await yes.click();
      const refused = (await (await answer).json()) as {
        alternatives: { startsAt: string; daysFromWanted: number }[];
        swapPartners: { establishmentName: string; classCode: string }[];
      };
      const alert = dialog.getByRole('alert');
      await alert.getByText('La plateforme est pleine à cette heure.').waitFor();
      await alert.getByText(`Sans rien rendre, le créneau de ${waits.classCode} peut aussi aller là`).waitFor();
      expect(refused.alternatives.length).toBeGreaterThan(0);
      expect(await alert.getByRole('button').count()).toBe(refused.alternatives.length + refused.swapPartners.length);
      for (const { classCode } of refused.swapPartners)
        expect(
          await alert
            .getByRole('button', { name: /change/ })
            .filter({ hasText: classCode })
            .count(),
        ).toBeGreaterThan(0);
      expect(await overflowing(page)).toEqual([]);
      expect(await violationsOf(page, 'light')).toEqual([]);
      await alert.getByRole('button').first().click();
      await page.getByText(`Le créneau de ${waits.classCode} passe`).waitFor();
      await dialog.waitFor({ state: 'detached' });
      const { items } = await readJson<{ items: Window[] }>(
        page,
        `/v1/classes/${waits.classId}/windows?from=${weeksLater(waits.date, -1)}&to=${weeksLater(waits.date, 1)}`,
      );
      expect(Date.parse(items.find(({ id }) => id === waits.id)!.startsAt)).toBe(
        Date.parse(refused.alternatives[0]!.startsAt),
      );
    });
    await card.getByRole('button', { name: 'Ne plus attendre' }).click();
    await card.waitFor({ state: 'detached' });
  });

  /** A move of a class to an hour at which another class of the school comes, refused because the platform is full there, and somebody of another school to swap with. */
  const refusedMove = async (
    page: Page,
    uai: string,
  ): Promise<{ window: ClassWindow; startsAt: string; partner: Partner }> => {
    const windows = await classWindowsOf(page, uai);
    for (const window of windows) {
      const others = windows.filter(({ id }) => id !== window.id);
      const full = (await startsOf(page, uai, window)).filter(({ verdict }) => verdict === 'full');
      const crowded = full.filter(({ startCell }) =>
        others.some((other) => Math.abs(other.startCell - startCell) < Math.min(other.cellCount, window.cellCount)),
      );
      for (const { startsAt } of crowded.slice(0, 3)) {
        const move = { operation: 'move', windowId: window.id, startsAt };
        const { body } = await post<{ swapPartners?: Partner[] }>(page, '/v1/bookings', move, window.revision);
        const partner = body.swapPartners?.find(({ isOwn }) => !isOwn);
        if (partner) return { window, startsAt, partner };
      }
    }
    throw new Error(`no class of ${uai} has somebody to swap with`);
  };

  /** The page after such a move was asked for: its refusal, and the button that proposes a swap. */
  const refusedWithPartner = async (page: Page, uai: string) => {
    const { window, startsAt, partner } = await refusedMove(page, uai);
    await page.goto(`${web.url}/app/etablissements/${uai}?creneau=${window.id}`);
    await page
      .locator('.start-full', { hasText: timeOf(startsAt) })
      .first()
      .click();
    const refusal = page.getByRole('alert');
    const ask = refusal
      .getByRole('button', { name: `Proposer un échange à ${partner.establishmentName} (${partner.classCode})` })
      .first();
    await ask.waitFor();
    return { window, startsAt, partner, refusal, ask };
  };

  it('proposes a swap to a school and class that are named, and says on both sides which class would leave which hours for those of which', async () => {
    const [{ page }, operator] = [await openReader(web.browser), await openReader(web.browser)];
    const uai = await enterSchool(page, web.url);
    const { window, partner, refusal, ask } = await refusedWithPartner(page, uai);
    expect(await refusal.innerText()).not.toContain(partner.uai);
    expect(await overflowing(page)).toEqual([]);
    expect(await violationsOf(page, 'light')).toEqual([]);
    await ask.click();
    await page.getByText("L'échange est proposé").waitFor();
    const theirs = (await windowsOf(page, partner.uai)).find(({ id }) => id === partner.windowId)!;
    const card = (of: Page) => of.getByText(/(propose|proposé) un échange/);
    await card(page)
      .filter({ hasText: `votre créneau de ${window.classCode} passerait du` })
      .filter({ hasText: `où se tient celui de ${theirs.classCode} de cet établissement` })
      .filter({ hasText: partner.establishmentName })
      .waitFor();
    const said = await card(page).innerText();
    expect(said).toContain(`${timeOf(window.startsAt)} – `);
    expect(said).toContain(`${timeOf(theirs.startsAt)} – `);
    expect(said).not.toContain(partner.uai);
    expect(await overflowing(page)).toEqual([]);
    await enter(operator.page, web.url, 'operator');
    await operator.page.goto(`${web.url}/app/etablissements/${partner.uai}`);
    await card(operator.page)
      .filter({ hasText: `votre créneau de ${theirs.classCode} passerait du` })
      .filter({ hasText: `où se tient celui de ${window.classCode} de cet établissement` })
      .waitFor();
    await page.getByRole('button', { name: 'Retirer la proposition' }).click();
    await card(page).waitFor({ state: 'detached' });
  });

  it('says what to do instead where a swap that is asked for is refused in its turn', async () => {
    const { page } = await openReader(web.browser);
    const uai = await enterSchool(page, web.url);
    const { window, startsAt, refusal, ask } = await refusedWithPartner(page, uai);
    const move = { operation: 'move', windowId: window.id, startsAt };
    const { body } = await post<object>(page, '/v1/bookings', move, window.revision);
    // as if the school's line had become too narrow meanwhile
    const json = { ...body, code: 'booking.establishment_full' };
    await page.route('**/v1/swaps', (route) =>
      route.fulfill({ status: 409, contentType: 'application/problem+json', json }),
    );
    await ask.click();
    await refusal.getByText(/La ligne de l'établissement/).waitFor();
    expect(await page.getByText("L'échange est proposé").count()).toBe(0);
    expect(await overflowing(page)).toEqual([]);
    await refusal.getByRole('button', { name: 'Me prévenir si une place se libère' }).waitFor();
    await ask.waitFor();
  });

  it('gives the windows of a class back that a roster has taken away, and cannot do anything else with them', async () => {
    const { page } = await openReader(web.browser);
    const uai = await enterSchool(page, web.url);
    const [window, left] = (await classWindowsOf(page, uai)).filter(
      ({ classId }, _, [first]) => classId === first!.classId,
    );
    if (!window || !left) throw new Error('the first class has one window in a fortnight');
    await query(web.databaseUrl, 'delete from class where id = $1', [window.classId]);
    await page.goto(`${web.url}/app/etablissements/${uai}?semaine=${window.date}&creneau=${window.id}`);
    const row = page.getByRole('row', { name: /^Classe retirée/ });
    await row.getByRole('button', { name: timeOf(window.startsAt), pressed: true }).waitFor();
    const panel = page.getByRole('complementary', { name: "Créneau d'une classe retirée" });
    await panel.getByText("Cette classe n'est plus dans l'annuaire").waitFor();
    expect(await panel.getByText("Changer d'heure").count()).toBe(0);
    expect(await overflowing(page)).toEqual([]);
    expect(await violationsOf(page, 'light')).toEqual([]);
    await panel.getByRole('button', { name: 'Rendre ce créneau' }).click();
    await panel.getByRole('button', { name: 'Rendre', exact: true }).click();
    await page.getByText("Le créneau d'une classe retirée est rendu.").waitFor();
    expect((await windowsOf(page, uai)).map(({ id }) => id)).not.toContain(window.id);
    await page.setViewportSize({ width: 390, height: 800 });
    await page.goto(`${web.url}/app/etablissements/${uai}?semaine=${left.date}`);
    const weekday = new Intl.DateTimeFormat('fr', { weekday: 'long' }).format(Date.parse(left.date));
    await page.getByText(weekday.slice(0, 3), { exact: true }).click();
    await page.getByRole('listitem').filter({ hasText: 'Classe retirée' }).getByText(timeOf(left.startsAt)).waitFor();
    expect(await overflowing(page)).toEqual([]);
  });
});
