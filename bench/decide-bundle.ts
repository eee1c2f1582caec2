import type { BundleContent } from '../src/kernel/decision/bundle-content';
import type { Visitor } from '../src/kernel/decision/visitor';
import { CELLS_PER_DAY } from '../src/kernel/cell-grid';
import { randomInteger, type Random } from '../src/kernel/random';

/** What the benchmark's bundle looks like; scale L of the documentation: 13,000 schools, 115,000 classes, 775,000 windows a week. */
export const DECIDE_BUNDLE = {
  establishmentCount: 13_000,
  /** First-degree schools, the others have more classes and two windows a day. */
  firstDegreeRatio: 0.81,
  classCount: { firstDegree: [2, 9], secondDegree: [12, 34] },
  windowsPerDay: { firstDegree: 1, secondDegree: 1.5 },
  schoolDays: 5,
  dayCount: 8,
  departments: 40,
  visitorCount: 100_000,
  /** Pupils, relatives, staff, unknown. */
  profileShares: [0.7, 0.18, 0.1, 0.02],
} as const;

/** A ... Z, AA, AB ... */
const letters = (k: number): string =>
  (k < 26 ? '' : letters(Math.floor(k / 26) - 1)) + String.fromCharCode(65 + (k % 26));

const MONDAY_CELL = 5_881_812;
const OPENS = 96;
const CLOSES = 222;

/**
 * A week of a platform of scale L from a seed: one window a day for a class of the first degree, nearly two in the second.
 *
 * @param mondayCell its first cell, midnight
 */
export function decideBundle(
  random: Random,
  mondayCell = MONDAY_CELL,
  schoolDays: number = DECIDE_BUNDLE.schoolDays,
): BundleContent {
  const { establishmentCount, dayCount } = DECIDE_BUNDLE;
  const between = ([from, to]: readonly [number, number]) => from + randomInteger(random, to - from + 1);
  const establishments = Array.from({ length: establishmentCount }, (_, e) => e);
  const isFirst = establishments.map(() => random() < DECIDE_BUNDLE.firstDegreeRatio);
  const establishment = establishments.flatMap((e) =>
    Array<number>(
      between(isFirst[e] ? DECIDE_BUNDLE.classCount.firstDegree : DECIDE_BUNDLE.classCount.secondDegree),
    ).fill(e),
  );
  const windows = { count: [] as number[], gap: [] as number[], cellCount: [] as number[], activity: [] as number[] };
  const add = (perDay: number, open: number, close: number) => {
    let before = mondayCell;
    let count = 0;
    for (let day = 0; day < schoolDays; day++) {
      const windowCount = Math.floor(perDay) + (random() < perDay % 1 ? 1 : 0);
      for (let k = 0; k < windowCount; k++) {
        const share = (close - open) / windowCount;
        const start =
          mondayCell +
          day * CELLS_PER_DAY +
          Math.floor(open + k * share) +
          randomInteger(random, Math.floor(share) - 12);
        windows.gap.push(start - before);
        windows.cellCount.push([6, 9, 12][randomInteger(random, 3)]!);
        windows.activity.push(random() < 0.4 ? 1 : 0);
        before = start;
        count++;
      }
    }
    windows.count.push(count);
  };
  const { windowsPerDay } = DECIDE_BUNDLE;
  for (const e of establishment)
    add(isFirst[e] ? windowsPerDay.firstDegree : windowsPerDay.secondDegree, OPENS, CLOSES);
  for (let e = 0; e < establishmentCount; e++) add(1, CLOSES, 258);
  for (let e = 0; e < establishmentCount; e++) windows.count.push(0);
  const second = (day: number) => (mondayCell + day * CELLS_PER_DAY) * 300;
  const ordinal = new Int32Array(establishmentCount);
  return {
    format: 'etale-bundle/1',
    platformId: 1,
    epoch: 1,
    revision: 1,
    issuedAt: second(0),
    staleAfter: second(7),
    expiresAt: second(8),
    whenStale: 'reuse',
    whenExpired: 'advise',
    posture: 'enforced',
    firstCell: mondayCell,
    endCell: mondayCell + dayCount * CELLS_PER_DAY,
    entrySpreadSeconds: 300,
    openPassSeconds: 7200,
    idleMinutes: 20,
    quotas: { walkInPerCell: 10, keptPerCell: 5, urgentPerCell: 2 },
    features: ['news', 'thumbnails', 'video'],
    departments: Array.from({ length: DECIDE_BUNDLE.departments }, (_, d) => String(d + 1).padStart(2, '0')),
    zones: [{ name: 'Europe/Paris', midnights: Array.from({ length: dayCount + 1 }, (_, day) => second(day)) }],
    campaigns: [{ days: [[second(0), second(dayCount)]] }],
    catchUps: Array.from({ length: schoolDays }, (_, day) => ({
      zone: 0,
      startCell: mondayCell + day * CELLS_PER_DAY + 240,
      endCell: mondayCell + day * CELLS_PER_DAY + 264,
    })),
    establishments: {
      id: establishments.map((e) => e + 1),
      uai: establishments.map((e) => `${String(9_900_001 + e).padStart(7, '0')}A`),
      structure: establishments.map((e) => String(40_000 + e * 7)),
      name: establishments.map((e) => `École ${e}`),
      telephone: establishments.map((e) => `03${String(20_000_000 + e * 613).slice(0, 8)}`),
      department: establishments.map(() => randomInteger(random, DECIDE_BUNDLE.departments)),
      zone: establishments.map(() => 0),
      relativesCampaigns: establishments.map(() => 1),
    },
    classes: {
      id: establishment.map((_, c) => c + 1),
      establishment,
      // two classes of one name in a school would share one key of the ENT
      name: establishment.map((e) => `${isFirst[e] ? 'CE' : '6'}${letters(ordinal[e]!++)}`),
      levels: establishment.map(
        (e) => 1 << (isFirst[e] ? 4 + randomInteger(random, 5) : 10 + randomInteger(random, 4)),
      ),
      hasParentAccounts: establishment.map((e) => (isFirst[e] && random() < 0.3 ? 1 : 0)),
      campaigns: establishment.map(() => 1),
    },
    windows,
    exemptions: [],
    rules: [
      {
        id: 1,
        startsAt: second(0),
        endsAt: second(5),
        scope: { departments: [], profiles: [] },
        relativesWaitUntil: null,
        isLiveOnly: false,
        walkInPerMille: 800,
        idleMinutes: 15,
        featuresOff: 4,
      },
    ],
  };
}

/** Visitors of that week, each with classes, school and draw of its own. */
export function decideVisitors(content: BundleContent, random: Random): Visitor[] {
  const classCount = content.classes.id.length;
  return Array.from({ length: DECIDE_BUNDLE.visitorCount }, () => {
    let draw = random();
    const profile = DECIDE_BUNDLE.profileShares.findIndex((share) => (draw -= share) < 0);
    const first = randomInteger(random, classCount);
    const childCount = profile === 1 ? 1 + randomInteger(random, 3) : 1;
    const classes = Array.from({ length: childCount }, (_, k) => (first + k * 11) % classCount);
    const isClassUnknown = random() < 0.03;
    return {
      profile: Math.max(profile, 0),
      classes: profile === 2 || isClassUnknown ? [] : classes,
      establishments: [content.classes.establishment[first]!],
      levels: isClassUnknown ? content.classes.levels[first]! : 0,
      knownBy: random() < 0.05 ? 4 : 1,
      isAdmittedToday: random() < 0.5,
      hasSession: false,
      wantsUrgentPass: random() < 0.01,
      feature: -1,
      draw: Math.floor(random() * 2 ** 32),
    };
  });
}
