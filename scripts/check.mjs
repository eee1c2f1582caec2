import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

await prepare({ say: (line) => console.error(line) });

/** Runs a tool of node_modules; resolves to what it said when it failed, to nothing when all is well. */
function tool(path, args, cwd = root) {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(root, path), ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => done(code === 0 ? undefined : output.trim() || `exit code ${code}`));
  });
}

async function contractIsCurrent() {
  const folder = mkdtempSync(join(tmpdir(), 'etale-openapi-'));
  try {
    const failure = await tool('dist/src/openapi.js', [], folder);
    if (failure) return failure;
    const [generated, committed] = [folder, root].map((at) => {
      try {
        return readFileSync(join(at, 'openapi/openapi.json'), 'utf8');
      } catch {
        return undefined;
      }
    });
    return generated === committed
      ? undefined
      : 'openapi/openapi.json is not what the controllers say: npm run openapi';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Addresses of a registry in the lock would send every installation there. */
function lockNamesNoRegistry() {
  const count = readFileSync(join(root, 'package-lock.json'), 'utf8').split('"resolved":').length - 1;
  return Promise.resolve(count === 0 ? undefined : `package-lock.json holds ${count} "resolved" addresses`);
}

const LARGEST_FIRST_LOAD_GZIP_BYTES = 300_000;

/** What a head's first visit loads of the application, compressed. */
async function firstLoadIsSmall() {
  const { firstLoadGzipBytes } = await import('../dist/bench/first-load.js');
  const bytes = firstLoadGzipBytes(join(root, 'dist/web'));
  return bytes <= LARGEST_FIRST_LOAD_GZIP_BYTES
    ? undefined
    : `a first visit loads ${bytes} gzip bytes, more than ${LARGEST_FIRST_LOAD_GZIP_BYTES}`;
}

const AUDIT_PATIENCE_MILLISECONDS = 30_000;

/**
 * Known flaws of what runs in service, as the registry's audit tells them. A registry that does not answer (no network, a mirror without an
 * audit) is told in one line and fails nothing.
 */
function noKnownFlaws() {
  return new Promise((done) => {
    const skip = (why) => {
      console.log(`       the registry's audit did not answer (${why}): dependencies were not checked for known flaws`);
      done(undefined);
    };
    const child = spawn('npm', ['audit', '--omit=dev', '--json'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: AUDIT_PATIENCE_MILLISECONDS,
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => skip(error.code ?? error.message));
    child.on('close', () => {
      let answer;
      try {
        answer = JSON.parse(output);
      } catch {
        return skip('no answer in time');
      }
      if (answer.metadata?.vulnerabilities === undefined) return skip(answer.statusCode ?? 'not available');
      const flaws = Object.values(answer.vulnerabilities ?? {}).map(({ name, severity }) => `${name}: ${severity}`);
      const grave = flaws.filter((flaw) => /: (high|critical)$/.test(flaw));
      if (grave.length === 0 && flaws.length > 0)
        console.log(`       known flaws, none of them grave: ${flaws.join(', ')}`);
      return done(grave.length === 0 ? undefined : `${grave.join('\n')}\nnpm audit says more`);
    });
  });
}

// the longest first, so that nothing waits for it in the end
const steps = [
  ['lint and types', () => tool('node_modules/oxlint/bin/oxlint', ['--deny-warnings'])],
  ['format', () => tool('node_modules/oxfmt/bin/oxfmt', ['--check'])],
  [
    'architecture',
    () =>
      tool('node_modules/dependency-cruiser/bin/dependency-cruise.mjs', [
        'src',
        'migrations',
        'bench',
        'test',
        'web/src',
      ]),
  ],
  ['dead code', () => tool('node_modules/knip/bin/knip.js', ['--no-progress'])],
  ['OpenAPI', contractIsCurrent],
  ['lock file', lockNamesNoRegistry],
  ['size of the web', firstLoadIsSmall],
  ['known flaws', noKnownFlaws],
];

let failedCount = 0;

/** Takes one step after the other until none is left. */
async function lane() {
  for (let next = steps.shift(); next !== undefined; next = steps.shift()) {
    const [name, step] = next;
    const startedAt = Date.now();
    const failure = await step();
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    console.log(`${failure === undefined ? 'ok    ' : 'failed'} ${name} (${seconds} s)`);
    if (failure !== undefined) {
      failedCount++;
      console.log(failure.replace(/^/gm, '       '));
    }
  }
}

// most steps keep one processor busy
await Promise.all([lane(), lane()]);
process.exitCode = failedCount === 0 ? 0 : 1;
