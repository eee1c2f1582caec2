import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { prepare, root } from './prepare.mjs';

// npm run tour: the pictures of docs/tour.md, from a demonstration of its own in a real Chromium
const PLACES = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const PICTURES = [
  { name: 'front', path: '/' },
  { name: 'head-week', account: 'head-college', ready: '.chip' },
  { name: 'head-calendar', account: 'head-college', search: '?vue=calendrier&niveau=6E', ready: '.calendar .window' },
  { name: 'head-phone', account: 'head-college', width: 390, ready: '.chip' },
  { name: 'region', account: 'authority-region', ready: '.small-curve', isWhole: true },
  { name: 'region-dark', account: 'authority-region', ready: '.small-curve', theme: 'dark' },
  { name: 'capacity', account: 'operator', path: '/app/exploitation/capacite', ready: '.chart svg' },
  { name: 'department', account: 'authority-department', ready: '.small-curve', isWhole: true },
  { name: 'campaign', account: 'operator', path: '/app/exploitation/campagnes/nouvelle', ready: 'form' },
  { name: 'plans', account: 'operator', path: '/app/exploitation/campagnes/1', ready: '.records' },
  { name: 'protection', account: 'operator', path: '/app/protection', ready: '.ladder li', isWhole: true },
  { name: 'families', path: '/creneaux' },
  { name: 'forecast', path: '/prevision' },
];

const executablePath = PLACES.find((path) => path && existsSync(path));
if (!executablePath) {
  console.error('npm run tour needs a Chromium: install one, or name it in CHROMIUM.');
  process.exit(1);
}
await prepare({ say: (line) => console.error(line) });
const data = mkdtempSync(join(tmpdir(), 'etale-tour-'));
const server = spawn(process.execPath, [join(root, 'dist/src/main.js')], {
  env: { ...process.env, PORT: '0', ETALE_DATA_DIR: data, ETALE_DEMO_SCALE: 'S', DATABASE_URL: '' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });
try {
  const url = await new Promise((found, failed) => {
    let said = '';
    server.stdout.on('data', (chunk) => {
      said += String(chunk);
      // the last line of what is said once the demonstration is there
      if (/next time\./.test(said)) found(/listens on (http:\S+)/.exec(said)[1]);
    });
    server.on('close', () => failed(new Error(`the server ended:\n${said}`)));
  });
  const folder = join(root, 'docs/tour');
  mkdirSync(folder, { recursive: true });
  for (const { name, account, path, search = '', ready = 'h1', width = 1440, theme = 'light', isWhole } of PICTURES) {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      locale: 'fr-FR',
      timezoneId: 'Europe/Paris',
      colorScheme: theme,
    });
    const page = await context.newPage();
    if (account) {
      await page.goto(`${url}/sign-in`);
      await page.locator(`form[action$="/${account}"] button`).click();
      await page.waitForURL((at) => at.pathname.startsWith('/app/'));
    }
    if (path || search) await page.goto(path ? url + path : page.url() + search);
    await page.locator(ready).first().waitFor();
    await page.waitForLoadState('networkidle');
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: isWhole === true });
    console.log(`docs/tour/${name}.png`);
    await context.close();
  }
} finally {
  await browser.close();
  server.removeAllListeners('close');
  const ended = new Promise((done) => server.on('close', done));
  server.kill('SIGTERM');
  await ended;
  rmSync(data, { recursive: true, force: true });
}
