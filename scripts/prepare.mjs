import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** The folder of package.json, wherever the command was typed. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

const installStamp = join(root, 'node_modules', '.stamp-lock');
const serverStamp = join(root, 'dist', '.stamp-sources');
const webStamp = join(root, 'dist', 'web', '.stamp-sources');
const lockFile = join(root, 'package-lock.json');
const ORPHAN_LOOK_MILLISECONDS = 500;

/** Ends the command with one sentence on older versions of Node, which cannot require() ES modules. */
export function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if ((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 23) return;
  console.error(
    `Étale needs Node.js 20.19 or later (22.12 or later in the 22 line); this is ${process.version}: install a newer one from nodejs.org.`,
  );
  process.exit(1);
}

/** Runs a program to its end; its output goes to stderr, so that the command's own stdout stays clean. */
export function run(file, args, options = {}) {
  return new Promise((done, failed) => {
    const child = spawn(file, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
    child.on('error', failed);
    child.on('close', (code, signal) => done(code ?? (signal ? 1 : 0)));
  });
}

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

function isInstalled() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const wanted = sha256(readFileSync(lockFile));
  if (existsSync(installStamp)) return readFileSync(installStamp, 'utf8') === wanted;
  // installed by hand: as good as ours when it is not older than the lock
  if (statSync(installed).mtimeMs < statSync(lockFile).mtimeMs) return false;
  writeFileSync(installStamp, wanted);
  return true;
}

async function install(say) {
  if (isInstalled()) return;
  say('Installing the libraries (npm ci, about half a minute)...');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const code = npm ? await run(process.execPath, [npm, ...args]) : await run('npm', args);
  if (code !== 0) throw new Error('The libraries could not be installed: see the lines of npm above.');
  writeFileSync(installStamp, sha256(readFileSync(lockFile)));
}

function filesUnder(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.spec\.ts$|\.generated\.d\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => !file.includes('/node_modules/'))
    .sort();
}

/** A digest of everything that a build reads: contents, since a checkout gives new dates to old files. */
function digestOf(settings, folders) {
  const digest = createHash('sha256');
  for (const file of [...settings.map((name) => join(root, name)), ...folders.flatMap(filesUnder)])
    digest.update(`${file}\0`).update(readFileSync(file)).update('\0');
  return digest.digest('hex');
}

const isStamped = (stamp, wanted) => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;

/** The server into dist, which is emptied first but for the web application. */
async function buildServer(say) {
  const settings = ['tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', 'package-lock.json'];
  const wanted = digestOf(settings, ['src', 'migrations', 'bench']);
  if (isStamped(serverStamp, wanted)) return;
  say('Building...');
  const dist = join(root, 'dist');
  const built = existsSync(dist) ? readdirSync(dist).filter((name) => name !== 'web') : [];
  for (const name of built) rmSync(join(dist, name), { recursive: true });
  const code = await run(process.execPath, [join(root, 'node_modules/@nestjs/cli/bin/nest.js'), 'build']);
  if (code !== 0) throw new Error('The sources could not be compiled: see the lines above.');
  writeFileSync(serverStamp, wanted);
}

/** The typed client from the committed contract, then the application into dist/web. */
async function buildWeb(say) {
  const wanted = digestOf(['openapi/openapi.json', 'package-lock.json'], ['web']);
  if (isStamped(webStamp, wanted)) return;
  say('Building the web application...');
  await writeClientTypes();
  const code = await run(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), 'build', join(root, 'web')]);
  if (code !== 0) throw new Error('The web application could not be built: see the lines above.');
  writeFileSync(webStamp, wanted);
}

/** web/src/shared/api.generated.d.ts: what the contract says, for the compiler. */
async function writeClientTypes() {
  const tool = join(root, 'node_modules/openapi-typescript/bin/cli.js');
  const output = join(root, 'web/src/shared/api.generated.d.ts');
  const options = ['openapi/openapi.json', '--output', output, '--default-non-nullable=false'];
  const code = await run(process.execPath, [tool, ...options], { stdio: ['ignore', 'ignore', 2] });
  if (code !== 0) throw new Error('No client could be made from openapi/openapi.json: see the lines above.');
}

async function build(say) {
  // one that fails waits for the other: whoever builds next must not meet it
  const built = await Promise.allSettled([buildServer(say), buildWeb(say)]);
  const failed = built.find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
}

/** True where the process that made the lock has ended, or died before it could say who it was. */
function isAbandoned(lock) {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    if (pid > 0) process.kill(pid, 0);
    return pid === 0 && Date.now() - statSync(lock).mtimeMs > 5000;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** One preparation at a time: two commands typed together must not write dist together. */
async function alone(work) {
  const lock = join(root, '.stamp-preparing');
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAbandoned(lock)) rmSync(lock, { force: true });
    else await sleep(200);
  }
  const release = () => rmSync(lock, { force: true });
  process.once('exit', release);
  try {
    await work();
  } finally {
    release();
    process.off('exit', release);
  }
}

/** Libraries installed and sources compiled, whatever that takes; ends the command with one sentence when it cannot. */
export async function prepare({ say = () => undefined, isBuildWanted = true } = {}) {
  refuseOldNode();
  try {
    await alone(async () => {
      await install(say);
      if (isBuildWanted) await build(say);
    });
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}

/** Runs a compiled program in the foreground: signals go to it, its exit code becomes ours. */
export function foreground(file, args, stdio = 'inherit', nodeOptions = []) {
  const child = spawn(process.execPath, [...nodeOptions, file, ...args], { cwd: root, stdio });
  const forward = (signal) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward);
  // npm that is told to end kills its shell and leaves us behind: then there is nobody to work for
  const parent = process.ppid;
  const orphanWatch = setInterval(() => {
    if (process.env.npm_lifecycle_event && process.ppid !== parent) child.kill('SIGTERM');
  }, ORPHAN_LOOK_MILLISECONDS);
  const ended = new Promise((done) => {
    child.on('close', (code, signal) => {
      clearInterval(orphanWatch);
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(name, forward);
      done(code ?? (signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 1));
    });
  });
  return { child, ended };
}
