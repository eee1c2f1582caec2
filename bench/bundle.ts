import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { generateKeyPair } from 'jose';
import { CHAIN_START, nextChain, signBytes } from '../src/common/signed-bytes';
import { GZIP_LEVEL } from '../src/gateway/bundle-builder.service';
import { bundleChangesOf, changedCellsOf, deltaBytesOf } from '../src/gateway/delta.rules';
import type { BundleContent } from '../src/kernel/decision/bundle-content';
import { windowsOfOwner, gatePlanOf } from '../src/kernel/decision/gate-plan';
import { packedBundle } from '../src/kernel/decision/packed-bundle';
import { randomInteger, seededRandom, type Random } from '../src/kernel/random';
import { type Benchmark, option } from './benchmark';
import { decideBundle } from './decide-bundle';
import { percentile } from './percentile';
import { lonelyAgent, writePlan } from './plan-on-disk';

/** Of windows that stand at the hour of a lesson; the others are open. */
const LIVE_RATIO = 0.1;
const MOVE_COUNT = 200;
const LEAST_CELL = 90;
const SPAN_CELLS = 120;
const CHECK_LETTERS = 'ABCDEFGHJKLMNPRSTUVWXYZ';
/** Eight days in a row hold six school days, unless the first is a Saturday or a Sunday. */
const MOST_SCHOOL_DAYS = 6;
/** Of classes whose name holds a word of its own beside the level. */
const NAMED_RATIO = 0.3;
const SYLLABLES = [
  'ber',
  'cour',
  'dan',
  'en',
  'fon',
  'gny',
  'han',
  'ies',
  'jon',
  'lan',
  'mar',
  'nes',
  'or',
  'pont',
  'qui',
  'roy',
  'sain',
  'tour',
  'val',
  'wim',
];

/**
 * Size of what gateways fetch at scale L: the whole bundle, the delta of one window that moved with its signature, and the memory of
 * an agent that holds it. Names, numbers and telephones are drawn, since those that count up compress too well.
 */
export const run: Benchmark = async (args) => {
  const random = seededRandom(Number(option(args, 'seed', '1')));
  const now = Math.floor(Date.now() / 1000);
  const firstCell = Math.floor(now / 86_400) * 288;
  const content = withCampaignLengths(withRealEntropy(decideBundle(random, firstCell), random), random);
  const worst = withRealEntropy(decideBundle(random, firstCell, MOST_SCHOOL_DAYS), random);
  const bytes = bytesOf(content);
  const from = performance.now();
  const gzipped = gzipSync(bytes, { level: GZIP_LEVEL });
  const gzipMilliseconds = Math.round(performance.now() - from);
  const deltas = await deltaSizes(content, random);
  const empty = await memoryOf(undefined);
  const holding = await memoryOf(content);
  return {
    establishmentCount: content.establishments.id.length,
    classCount: content.classes.id.length,
    windowCount: content.windows.gap.length,
    bundleBytes: bytes.length,
    bundleGzipBytes: gzipped.length,
    /** Where each window has a length and an activity of its own, drawn, on six school days. */
    windowCountAtWorst: worst.windows.gap.length,
    bundleGzipBytesAtWorst: gzipSync(bytesOf(worst), { level: GZIP_LEVEL }).length,
    gzipMilliseconds,
    deltaBytesP50: percentile(deltas, 50),
    deltaBytesMost: Math.max(...deltas),
    agentMegabytesWithoutPlan: empty,
    agentMegabytes: holding,
  };
};

const bytesOf = (content: BundleContent): Buffer => Buffer.from(JSON.stringify(packedBundle(content)));

/** A week whose columns hold as much news as real ones, and what the ledger leaves of each of its cells. */
function withRealEntropy(content: BundleContent, random: Random): BundleContent {
  const { establishments, classes } = content;
  const count = establishments.id.length;
  const digits = (n: number) => Array.from({ length: n }, () => randomInteger(random, 10)).join('');
  const word = () =>
    Array.from(
      { length: 2 + randomInteger(random, 2) },
      () => SYLLABLES[randomInteger(random, SYLLABLES.length)]!,
    ).join('');
  const kinds = ['École élémentaire publique', 'École primaire privée', 'Collège', 'Lycée général et technologique'];
  const numbers = new Set<string>();
  while (numbers.size < count) numbers.add(digits(7));
  let classId = 0;
  const nameOf = (levels: number): string => {
    const level = ['PS', 'GS', 'CP', 'CE1', 'CE2', 'CM1', 'CM2', '6', '5', '4', '3', '2nde', '1re', 'Tle'][
      (31 - Math.clz32(levels)) % 14
    ]!;
    return `${level} ${String.fromCharCode(65 + randomInteger(random, 8))}${random() < NAMED_RATIO ? ` ${word()}` : ''}`;
  };
  const cellCount = content.endCell - content.firstCell;
  const left = (most: number) => Array.from({ length: cellCount }, () => randomInteger(random, most));
  return {
    ...content,
    expiresAt: content.endCell * 300,
    establishments: {
      ...establishments,
      uai: [...numbers].map((number) => number + CHECK_LETTERS[Number(number) % CHECK_LETTERS.length]!),
      structure: establishments.id.map(() => digits(6)),
      name: establishments.id.map(() => `${kinds[randomInteger(random, kinds.length)]} ${word()} ${word()}`),
      telephone: establishments.id.map(() => `03 ${digits(2)} ${digits(2)} ${digits(2)} ${digits(2)}`),
    },
    classes: {
      ...classes,
      id: classes.id.map(() => (classId += 1 + randomInteger(random, 4))),
      name: classes.levels.map(nameOf),
    },
    room: { logins: left(20_000), sessions: left(200_000), stayCells: 12 },
  };
}

/** The rules of a campaign give windows their length by level, so all of a class have one; a lesson makes one of ten live. */
function withCampaignLengths(content: BundleContent, random: Random): BundleContent {
  const { windows } = content;
  const cellCount: number[] = [];
  for (const count of windows.count) {
    const length = windows.cellCount[cellCount.length] ?? 0;
    for (let k = 0; k < count; k++) cellCount.push(length);
  }
  const activity = windows.activity.map(() => (random() < LIVE_RATIO ? 1 : 0));
  return { ...content, windows: { ...windows, cellCount, activity } };
}

/** Bytes that a gateway gets for one window that moved: the delta, and its signature. */
async function deltaSizes(content: BundleContent, random: Random): Promise<number[]> {
  const plan = gatePlanOf(content);
  const { privateKey } = await generateKeyPair('EdDSA');
  const sizes: number[] = [];
  while (sizes.length < MOVE_COUNT) {
    const c = randomInteger(random, plan.classCount);
    const [window] = windowsOfOwner(plan, c);
    if (!window) continue;
    const [startCell, cellCount, activity] = window;
    const its = { audience: 0, classId: content.classes.id[c]!, establishmentId: 0, cellCount, activity };
    const moved = content.firstCell + LEAST_CELL + randomInteger(random, SPAN_CELLS);
    const rows = [{ before: { ...its, startCell }, after: { ...its, startCell: moved } }] as unknown as Parameters<
      typeof bundleChangesOf
    >[0];
    const room = changedCellsOf(rows, content.firstCell).map((cell): [number, number, number] => [
      cell,
      randomInteger(random, 20_000),
      randomInteger(random, 200_000),
    ]);
    const bytes = Buffer.from(
      deltaBytesOf(1, 1, 123_456, 123_457, content.issuedAt, bundleChangesOf(rows), undefined, room),
    );
    const signature = await signBytes(bytes, {
      kid: 'a-key-of-the-service',
      privateKey,
      typ: 'etale-delta',
      chain: nextChain(CHAIN_START, bytes),
    });
    sizes.push(bytes.length + signature.length);
  }
  return sizes;
}

/** Resident megabytes of an agent of its own process once it answers, as Linux counts them. */
async function memoryOf(content: BundleContent | undefined): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'etale-bench-bundle-'));
  if (content) await writePlan(folder, content);
  const agent = spawn(process.execPath, lonelyAgent(folder), { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    let output = '';
    for await (const chunk of agent.stdout) {
      output += String(chunk);
      if (output.includes('answers on')) break;
    }
    const status = readFileSync(`/proc/${agent.pid}/status`, 'utf8');
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024);
  } finally {
    const closed = once(agent, 'close');
    agent.kill('SIGTERM');
    await closed;
    rmSync(folder, { recursive: true, force: true });
  }
}
