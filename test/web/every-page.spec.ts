import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { violationsOf } from './accessibility';
import { enterSchool } from './head-reader';
import { enter, openReader, overflowing, shiftsOf } from './real-browser';
import { A_FORTNIGHT, describeWeb } from './web-server';

const SOURCES = join(__dirname, '../../web/src');
const routes = [...readFileSync(join(SOURCES, 'app/app.tsx'), 'utf8').matchAll(/path: '([^']+)'/g)].map(
  ([, path]) => path!,
);
const [, sectionList] = /SECTIONS = \[([^\]]+)\]/.exec(
  readFileSync(join(SOURCES, 'features/operator/operation-page.tsx'), 'utf8'),
)!;
const sections = [...sectionList!.matchAll(/'(\w+)'/g)].map(([, section]) => section!);

interface Visit {
  /** Its line among the routes of the application; none for a page that the server makes. */
  route?: string;
  /** Who looks; nobody in particular. */
  account?: string;
  /** The address, `:uai` and the like filled in by `Places`. */
  path: string;
  /** What is there once the page is. */
  ready?: string;
  /** Where the page is opened; on a phone else. */
  width?: number;
  /** A page that says everything in both languages. */
  isBilingual?: boolean;
}

const WEEK = '/app/etablissements/:uai';
const VISITS: Visit[] = [
  { path: '/sign-in', ready: 'form button', isBilingual: true },
  { path: '/creneaux', ready: 'input' },
  { path: '/creneaux?q=coll%C3%A8ge', ready: '.list a' },
  { path: '/creneaux?q=nulle-part', ready: 'h1' },
  { path: '/creneaux?etablissement=:uai', ready: '.codes a' },
  { path: '/creneaux?classe=:uai.:code&classe=:uai.:otherCode', ready: '.clock' },
  { path: '/prevision', ready: '.traffic td' },
  { path: '/reponse/:token', ready: 'button' },
  { path: '/v1/establishments/:uai/week?format=html&from=:monday&lang=:language', ready: 'table' },
  { path: '/v1/establishments/:uai/week?format=html&sheet=school&from=:monday&lang=:language', ready: 'table' },
  { route: '/', path: '/', ready: 'h1' },
  { route: '/app', path: '/app', ready: 'h1' },
  { route: '*', path: '/app/nulle-part', ready: 'h1' },
  { route: WEEK, account: 'head-school', path: WEEK, ready: '.chip' },
  { route: WEEK, account: 'head-school', path: `${WEEK}?creneau=:window`, ready: '.starts .start' },
  {
    route: WEEK,
    account: 'head-school',
    path: `${WEEK}?vue=calendrier`,
    ready: '.calendar .window',
    width: 1440,
  },
  { route: WEEK, account: 'head-school', path: `${WEEK}?semaine=2020-01-06`, ready: '.empty' },
  { route: `${WEEK}/souhaits`, account: 'head-school', path: `${WEEK}/souhaits`, ready: 'form' },
  { route: `${WEEK}/classes`, account: 'head-school', path: `${WEEK}/classes`, ready: 'form' },
  { route: `${WEEK}/liens`, account: 'head-school', path: `${WEEK}/liens`, ready: '.empty' },
  {
    route: `${WEEK}/liens`,
    account: 'head-school',
    path: `${WEEK}/liens?ent=https%3A%2F%2Fent.example`,
    ready: '.link-card',
  },
  { route: '/app/ecoles', account: 'inspector', path: '/app/ecoles', ready: 'tbody tr' },
  { route: '/app/region/:territory?', account: 'authority-region', path: '/app/region', ready: '.small-curve' },
  {
    route: '/app/region/:territory?',
    account: 'authority-department',
    path: '/app/region/:department',
    ready: 'tbody a',
  },
  { route: '/app/region/:territory?', account: 'authority-region', path: '/app/region/nulle-part', ready: 'h1' },
  { route: '/app/protection', account: 'authority-region', path: '/app/protection', ready: '.ladder li' },
  ...[...sections, 'campagnes/1', 'campagnes/nouvelle'].map((section) => ({
    route: '/app/exploitation/:section?/:id?',
    account: 'operator',
    path: `/app/exploitation/${section}`,
    ready: '[role=tabpanel] > *',
  })),
];

describeWeb('every page of the web', (web) => {
  const places: Record<string, string> = {};
  beforeAll(async () => {
    const { page, context } = await openReader(web.browser);
    places.uai = await enterSchool(page, web.url, 'head-school');
    const { items } = (await (
      await context.request.get(`${web.url}/v1/establishments/${places.uai}/windows?limit=500&${A_FORTNIGHT}`)
    ).json()) as { items: { id: number; classId: number | null; classCode: string; date: string }[] };
    const ofClasses = items.filter(({ classId }) => classId !== null);
    const codes = [...new Set(ofClasses.map(({ classCode }) => classCode))];
    Object.assign(places, {
      window: ofClasses[0]!.id,
      code: codes[0],
      otherCode: codes[1],
      monday: ofClasses[0]!.date,
    });
    const school = (await (await context.request.get(`${web.url}/v1/establishments/${places.uai}`)).json()) as {
      departmentCode: string;
    };
    places.department = school.departmentCode;
    const made = await page.evaluate(async (uai) => {
      const body = JSON.stringify({ quality: 'deputy', uais: [uai] });
      const answer = await fetch('/v1/campaigns/1/answer-links', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      return (await answer.json()) as { items: { path: string }[] };
    }, places.uai);
    places.token = made.items[0]!.path.split('/').at(-1)!;
    await context.close();
  });

  const visit = async (page: Page, { path, ready = 'h1' }: Visit): Promise<void> => {
    await page.goto(web.url + path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(places[name]!)));
    await page.locator(ready).first().waitFor();
    await page.waitForFunction(() => document.querySelector('.mantine-Loader-root') === null);
  };

  it('is looked at below: each address of the application, and each section of its pages', () => {
    expect(routes.length).toBeGreaterThan(8);
    expect(sections.length).toBeGreaterThan(4);
    expect(routes.filter((route) => !VISITS.some((one) => one.route === route))).toEqual([]);
  });

  const look = async (language: 'fr' | 'en', theme: 'light' | 'dark'): Promise<string[]> => {
    const found: string[] = [];
    // one browser for all accounts, which keeps the code of the application as that of a person does
    const { page, context } = await openReader(web.browser, { language, theme });
    let account: string | undefined;
    for (const one of VISITS) {
      if (one.account !== account) {
        account = one.account;
        await context.clearCookies();
        if (account) await enter(page, web.url, account);
      }
      await page.setViewportSize({ width: one.width ?? 360, height: 900 });
      await visit(page, { ...one, path: one.path.replace(':language', language) });
      const wrong = [
        ...(await shiftsOf(page)),
        ...(await overflowing(page)),
        ...(await violationsOf(page, theme, 'whole')),
      ];
      const lang = await page.locator('html').getAttribute('lang');
      if (lang !== language && !one.isBilingual) wrong.push(`is in ${lang}`);
      found.push(...wrong.map((what) => `${one.path} (${language}): ${what}`));
    }
    return found;
  };

  it('stands still while it is read, fits 360, 768 and 1440 points and has no violation that axe-core knows, in both languages and themes', async () => {
    expect((await Promise.all([look('fr', 'light'), look('en', 'dark')])).flat()).toEqual([]);
  });
});
