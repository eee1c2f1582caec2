import { gzipSync } from 'node:zlib';
import { checkedDecision, rowsOf } from '../src/kernel/decision/check-decide';
import { decide } from '../src/kernel/decision/decide';
import { gatePlanOf } from '../src/kernel/decision/gate-plan';
import { ADMIT, DECISION_KINDS, DECISION_REASONS, emptyDecision, REFUSE, WAIT } from '../src/kernel/decision/visitor';
import { randomInteger, seededRandom } from '../src/kernel/random';
import { type Benchmark, option } from './benchmark';
import { DECIDE_BUNDLE, decideBundle, decideVisitors } from './decide-bundle';

const DECISION_COUNT = 2_000_000;
const ROUND_COUNT = 5;
const CHECKED_COUNT = 20;

/** Decisions a second on one core: distinct seeded visitors at instants over a week, on a bundle of scale L. */
export const run: Benchmark = (args) => {
  const seed = Number(option(args, 'seed', '1'));
  const random = seededRandom(seed);
  const content = decideBundle(random);
  const text = JSON.stringify(content);
  const from = performance.now();
  const plan = gatePlanOf(content);
  const compileMilliseconds = performance.now() - from;
  const visitors = decideVisitors(content, random);
  const week = DECIDE_BUNDLE.schoolDays * 86_400;
  const nows = Float64Array.from({ length: 4096 }, () => content.issuedAt + randomInteger(random, week));
  const quota = { walkInCount: 0, walkInWholeCount: 10, keptCount: 0, urgentCount: 1 };
  const out = emptyDecision();
  const kinds = [0, 0, 0];

  const rounds: number[] = [];
  for (let round = 0; round <= ROUND_COUNT; round++) {
    kinds.fill(0);
    const cpuFrom = process.cpuUsage();
    for (let k = 0; k < DECISION_COUNT; k++) {
      // a quota that is empty four times in five, as on a bad morning
      quota.walkInCount = k % 5 === 0 ? 10 : 0;
      decide(plan, visitors[k % visitors.length]!, quota, nows[k & 4095]!, out);
      kinds[out.kind]!++;
    }
    const { user, system } = process.cpuUsage(cpuFrom);
    // the first round warms up
    if (round > 0) rounds.push(DECISION_COUNT / ((user + system) / 1e6));
  }

  let differenceCount = 0;
  const rows = rowsOf(content);
  for (let k = 0; k < CHECKED_COUNT; k++) {
    const visitor = visitors[randomInteger(random, visitors.length)]!;
    const now = nows[k]!;
    decide(plan, visitor, quota, now, out);
    const expected = checkedDecision(content, rows, visitor, quota, now);
    const isSame =
      expected.kind === DECISION_KINDS[out.enforcedKind] && expected.reason === DECISION_REASONS[out.reason];
    if (!isSame || expected.opensAt !== out.opensAt) differenceCount++;
  }

  rounds.sort((a, b) => a - b);
  return Promise.resolve({
    seed,
    classCount: plan.classCount,
    windowCount: plan.windowEntryAt.length,
    visitorCount: visitors.length,
    decisionCount: DECISION_COUNT * ROUND_COUNT,
    /** Of processor time, the median of the rounds. */
    decisionsPerSecond: Math.round(rounds[rounds.length >> 1]!),
    worstRoundPerSecond: Math.round(rounds[0]!),
    admittedRatio: kinds[ADMIT]! / DECISION_COUNT,
    waitingRatio: kinds[WAIT]! / DECISION_COUNT,
    refusedRatio: kinds[REFUSE]! / DECISION_COUNT,
    checkedCount: CHECKED_COUNT,
    differenceCount,
    bundleBytes: Buffer.byteLength(text),
    bundleGzipBytes: gzipSync(text, { level: 9 }).length,
    compileMilliseconds,
  });
};
