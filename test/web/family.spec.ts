import ICAL from 'ical.js';
import type { Page } from 'playwright-core';
import { openReader } from './real-browser';
import { describeWeb } from './web-server';

describeWeb('the public pages in the hands of a family', (web) => {
  /** From the empty page to a class, by the keyboard: a search, the first school, its n-th class. */
  async function choose(page: Page, words: string, n: number): Promise<string> {
    await page.getByRole('searchbox').fill(words);
    await page.keyboard.press('Enter');
    await page.locator('.list a').first().click();
    const link = page.locator('.codes a').nth(n);
    const code = await link.innerText();
    await link.click();
    await page.getByRole('heading', { level: 2, name: code }).first().waitFor();
    return code;
  }

  it('a father finds the window of his daughter, adds her brother, and keeps both as one address without any cookie', async () => {
    const { page, context } = await openReader(web.browser, { width: 390 });
    await page.goto(`${web.url}/creneaux`);
    const daughter = await choose(page, 'collège', 0);
    const card = page.locator('.card', { hasText: daughter });
    expect(await card.locator('.clock').innerText()).toMatch(/^\d+\sh\s\d\d\s–\s\d+\sh\s\d\d$/);
    expect(await card.locator('.delay').innerText()).toMatch(/dans|encore|c’est le moment/);
    expect(await card.locator('.windows tr').count()).toBeGreaterThan(1);

    await page.getByRole('link', { name: 'Ajouter un enfant' }).click();
    const brother = await choose(page, 'école', 1);
    expect(await page.locator('.card').count()).toBe(2);
    await page.reload();
    for (const code of [daughter, brother]) await page.getByRole('heading', { level: 2, name: code }).first().waitFor();
    expect(await context.cookies()).toEqual([]);
    expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);
  });

  it('the window can be taken into a calendar', async () => {
    const { page } = await openReader(web.browser);
    await page.goto(`${web.url}/creneaux`);
    await choose(page, 'collège', 0);
    const path = await page.getByRole('link', { name: 'Ajouter à l’agenda' }).getAttribute('href');
    const text = await (await fetch(web.url + path!)).text();
    const events = new ICAL.Component(ICAL.parse(text) as string[]).getAllSubcomponents('vevent');
    expect(events.length).toBeGreaterThan(0);
  });

  it('is whole without a script', async () => {
    const context = await web.browser.newContext({ javaScriptEnabled: false, locale: 'fr-FR' });
    const page = await context.newPage();
    await page.goto(`${web.url}/creneaux`);
    await choose(page, 'collège', 0);
    expect(await page.locator('.clock').innerText()).toMatch(/\d+\sh\s\d\d/);
    await page.goto(`${web.url}/prevision`);
    expect(await page.locator('.traffic td').count()).toBeGreaterThan(20);
  });

  it('the forecast says in words how full each hour is, and what is announced', async () => {
    const { page } = await openReader(web.browser, { width: 390 });
    await page.goto(`${web.url}/creneaux`);
    await page.getByRole('link', { name: 'Prévision d’affluence' }).click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    const words = await page.locator('.traffic td span').allInnerTexts();
    expect(words.filter((word) => word.trim() !== '').length).toBe(words.length);
    expect(words.length).toBeGreaterThan(20);
  });
});
