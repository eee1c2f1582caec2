import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { DataSource } from 'typeorm';
import { databaseOptions } from '../../src/common/database';
import { StartedServer } from '../start/started-server';
import { databaseFrom } from '../test-database';
import { describeInBrowser, launchBrowser } from './real-browser';

/** How Node runs the service. */
const { nodeOptions } = (
  JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as { config: { nodeOptions: string } }
).config;
const SCALE = 'S';
const TEMPLATE = `template_demonstration_${SCALE.toLowerCase()}`;
/** Names the making of the template among the advisory locks of the tests' server. */
const MAKING = 7_150_001;

const environment = (databaseUrl: string): NodeJS.ProcessEnv => ({
  DATABASE_URL: databaseUrl,
  ETALE_DEMO: 'always',
  ETALE_DEMO_SCALE: SCALE,
  ETALE_SECRET: 'a-secret-of-the-tests-with-32-characters',
  ETALE_POOL_SIZE: '8',
  LOG_LEVEL: 'silent',
  NODE_OPTIONS: nodeOptions,
});

/** Reads windows of two weeks: on a Monday the region's own begin on the eighth day, and seven are what is read without it. */
export const A_FORTNIGHT = `to=${new Date(Date.now() + 13 * 86_400_000).toISOString().slice(0, 10)}`;

const PATIENCE_MILLISECONDS = 300_000;

/** Where the pages are and who reads them; both are there once the tests run. */
export interface Web {
  url: string;
  browser: Browser;
  /** The region's own database, for what only time would bring about. */
  databaseUrl: string;
}

/** Tests of one file on a region of its own, in one browser; what a test has opened is closed after it. */
export function describeWeb(name: string, suite: (web: Web) => void): void {
  jest.setTimeout(PATIENCE_MILLISECONDS);
  describeInBrowser(name, () => {
    const web = {} as Web;
    let server: Awaited<ReturnType<typeof startWebServer>>;
    beforeAll(async () => {
      server = await startWebServer();
      Object.assign(web, { url: server.url, databaseUrl: server.databaseUrl, browser: await launchBrowser() });
    });
    afterEach(async () => {
      for (const context of web.browser.contexts()) await context.close();
    });
    afterAll(async () => {
      await web.browser?.close();
      await server?.close();
    });
    suite(web);
  });
}

/** The compiled server with a demonstration of scale S of its own, as `npm start` serves it to a browser. */
async function startWebServer(): Promise<{ url: string; databaseUrl: string; close: () => Promise<unknown> }> {
  await makeTemplate();
  const databaseUrl = await databaseFrom(TEMPLATE);
  const server = StartedServer.start(environment(databaseUrl));
  await server.planId();
  return { url: await server.url(), databaseUrl, close: () => server.stop() };
}

/** The region is made and planned once for all files that look at it; each gets a copy. */
async function makeTemplate(): Promise<void> {
  const server = await new DataSource(databaseOptions(process.env.TEST_POSTGRES_URL!, 1)).initialize();
  // a connection of its own until the end: the pool closes one that idles while the region is made, and the lock with it
  const admin = server.createQueryRunner();
  try {
    await admin.query('select pg_advisory_lock($1)', [MAKING]);
    const found = (await admin.query('select 1 from pg_database where datname = $1', [TEMPLATE])) as unknown[];
    if (found.length > 0) return;
    const making = await databaseFrom('template_etale');
    const maker = StartedServer.start(environment(making));
    await maker.planId();
    await maker.stop();
    await admin.query(`alter database ${new URL(making).pathname.slice(1)} rename to ${TEMPLATE}`);
  } finally {
    await admin.release();
    await server.destroy();
  }
}
