import type { Browser } from 'playwright-core';
import { refusalPage } from '../../src/proposal/answer-page.rules';
import { describeInBrowser, launchBrowser, openReader, overflowing } from './real-browser';

describeInBrowser('the page that gives a text back', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it('shows all of it within the window, even without a space, on a phone too', async () => {
    const { page } = await openReader(browser);
    await page.setContent(refusalPage('fr', 'long', `${'x'.repeat(1200)}\nla fin`));
    expect(await overflowing(page)).toEqual([]);
    expect(await page.locator('.written').innerText()).toBe(`${'x'.repeat(1200)}\nla fin`);
  });
});
