import type { Browser, Page } from 'playwright-core';
import { installed, RealProxy } from '../../bench/real-proxy';
import { RELATIVE } from '../../src/kernel/decision/visitor';
import { at } from '../agent/gate-content';
import { TestAgent } from '../agent/test-agent';
import { until } from '../until';
import { violationsOf } from './accessibility';
import { describeInBrowser, launchBrowser, openReader, overflowing } from './real-browser';

const MOST_BYTES = 30_000;
const CELLS = 288;
/** A log-in a second for the room, once it serves. */
const LOGINS_PER_CELL = 300;

const proxies = [
  {
    name: 'nginx',
    file: installed('nginx'),
    start: (file: string, port: number) => RealProxy.nginx(file, port),
    language: 'fr',
    width: 1440,
    notice: 'Les parents viennent après 9 h',
    sentence: 'Vous êtes au rang 4 de la file. Votre tour viendra dans 11 min environ.',
  },
  {
    name: 'HAProxy',
    file: installed('haproxy'),
    start: (file: string, port: number) => RealProxy.haproxy(file, port),
    language: 'en',
    width: 390,
    notice: 'Relatives come after 9',
    sentence: 'You are number 4 in the line. Your turn comes in about 11 min.',
  },
] as const;

describeInBrowser('the page of the waiting room', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });
  afterAll(() => browser?.close());

  for (const { name, file, start, language, width, notice, sentence } of proxies) {
    (file ? describe : describe.skip)(`through ${name}`, () => {
      let test: TestAgent;
      let proxy: RealProxy;
      /** Nothing is left before nine. */
      const left = Array.from({ length: CELLS }, (_, cell) => (cell < 9 * 12 ? 0 : LOGINS_PER_CELL));
      beforeEach(async () => {
        const room = { logins: left, sessions: left.map(() => 100_000), stayCells: 12 };
        const rule = {
          id: 1,
          startsAt: at(8),
          endsAt: at(9),
          scope: { departments: [], profiles: [RELATIVE] },
          relativesWaitUntil: at(9),
          isLiveOnly: false,
          walkInPerMille: 1000,
          idleMinutes: null,
          featuresOff: 0,
          words: {
            fr: 'Les parents viennent après 9 h, pour laisser la place aux élèves.',
            en: 'Relatives come after 9, to leave room for pupils.',
          },
        };
        test = await TestAgent.start({ room, rules: [rule] }, { room: 'process', roomPollSeconds: 5 });
        await until(() => test.agent.room!.isOpen);
        proxy = await start(file!, test.agent.port);
        test.nowSeconds = at(8, 50);
      });
      afterEach(async () => {
        await proxy.stop();
        await test.stop();
      });

      const queues = (count: number) =>
        Promise.all(
          Array.from({ length: count }, () =>
            test.get('/forward-auth', { ...test.shown(['77$6e B']), accept: 'application/json' }),
          ),
        );
      const heading = (page: Page) => page.getByRole('heading', { level: 1 }).innerText();

      it(`says place and turn in ${language} at ${width} points, light enough for the weakest network`, async () => {
        await queues(3);
        const shown = async (profile: 'pupil' | 'relative') => {
          const { context, page } = await openReader(browser, { language, width });
          await context.setExtraHTTPHeaders(test.shown(['77$6e A'], profile));
          const answer = (await page.goto(`${proxy.url}/messages`))!;
          expect(answer.status()).toBe(503);
          expect((await answer.body()).length).toBeLessThan(MOST_BYTES);
          expect([await violationsOf(page, 'light'), await overflowing(page)]).toEqual([[], []]);
          return page;
        };
        const pupil = await shown('pupil');
        expect(await heading(pupil)).toBe(sentence);
        // the turn comes before the window: nothing counts down to another instant than the sentence says
        expect(await pupil.getByRole('timer').count()).toBe(0);
        const relative = await shown('relative');
        await relative.getByText(notice).waitFor();
        await relative.getByRole('timer').waitFor();
      });

      it.each([true, false])('comes in by itself when it is called (with scripts: %s)', async (javaScriptEnabled) => {
        const context = await browser.newContext({ javaScriptEnabled, locale: 'fr-FR' });
        const page = await context.newPage();
        await context.setExtraHTTPHeaders(test.shown(['77$6e A']));
        await page.goto(`${proxy.url}/messages?a=1`);
        expect(await heading(page)).toBe('Vous êtes en tête de la file. Votre tour viendra dans 11 min environ.');
        expect(proxy.seen).toEqual([]);
        test.nowSeconds = at(9, 1);
        // a script looks at the clock, a browser without one refreshes after the five seconds that this room tells
        if (javaScriptEnabled)
          await page.evaluate(() =>
            Object.assign(Date, {
              now: (
                (now) => () =>
                  now() + 60_000
              )(Date.now),
            }),
          );
        await page.getByText('the ENT').waitFor();
        expect(page.url()).toBe(`${proxy.url}/messages?a=1`);
        expect(proxy.seen[0]).toMatchObject({ cookie: expect.stringContaining('etale_pass=') as string });
      });
    });
  }
});
