import type { Level } from './level';
import { levelsLabel } from './level.rules';
import { letterOf } from './text.rules';

/** Pupils of one level of an establishment. */
export interface LevelHeadcount {
  level: Level;
  headcount: number;
}
export interface MadeClass {
  code: string;
  levels: Level[];
  headcount: number;
}

/** Pupils of a division of a collège; the stated rule is ceil(level / 25). */
export const COLLEGE_DIVISION_PUPILS = 25;
/** Pupils of a division of a lycée, general or vocational. */
export const LYCEE_DIVISION_PUPILS = 30;
/** Pupils of a section after the baccalauréat (a BTS section holds up to 35). */
const POST_BAC_DIVISION_PUPILS = 35;
/** A class for pupils with special needs has about a dozen. */
const ULIS_PUPILS = 12;
/** What a further level in a class costs, in pupils off the mean, squared: teachers avoid it, small schools cannot. */
const MULTI_LEVEL_COST = 5 ** 2;
/** Pre-elementary pupils together with others, where it can be avoided. */
const CYCLE_MIX_COST = 6 ** 2;

/** Gives each class the letter of its turn among the classes of the same levels: `CP A`, `CP B`, `CE1-CE2 A`. */
function lettered(classes: readonly { levels: Level[]; headcount: number }[]): MadeClass[] {
  const turns = new Map<string, number>();
  return classes.map(({ levels, headcount }) => {
    const label = levelsLabel(levels);
    const turn = turns.get(label) ?? 0;
    turns.set(label, turn + 1);
    return { code: `${label} ${letterOf(turn)}`, levels, headcount };
  });
}

/** As equal as whole pupils can be, the larger first. */
function evenSizes(pupilCount: number, classCount: number): number[] {
  const base = Math.floor(pupilCount / classCount);
  const larger = pupilCount % classCount;
  return Array.from({ length: classCount }, (_, i) => base + (i < larger ? 1 : 0));
}

/** Divisions of the second degree: each level alone, ceil(level / size) divisions as equal as can be. */
export function secondDegreeDivisions(levels: readonly LevelHeadcount[], divisionPupils: number): MadeClass[] {
  return lettered(
    levels.flatMap(({ level, headcount }) =>
      headcount === 0
        ? []
        : evenSizes(headcount, Math.ceil(headcount / divisionPupils)).map((size) => ({
            levels: [level],
            headcount: size,
          })),
    ),
  );
}

/** Neighbouring levels taught together. */
type Block = LevelHeadcount[];

/** Every way to cut the levels into blocks of neighbours: 2^(levels - 1), 32 for a primary school. */
function blockings(levels: readonly LevelHeadcount[]): Block[][] {
  const all: Block[][] = [];
  for (let cuts = 0; cuts < 1 << (levels.length - 1); cuts++) {
    const blocks: Block[] = [[levels[0]!]];
    for (let i = 1; i < levels.length; i++) {
      if (cuts & (1 << (i - 1))) blocks.push([levels[i]!]);
      else blocks[blocks.length - 1]!.push(levels[i]!);
    }
    all.push(blocks);
  }
  return all;
}

const pupilsOf = (levels: readonly LevelHeadcount[]): number =>
  levels.reduce((sum, { headcount }) => sum + headcount, 0);

/** Shares classes out among blocks, the next one always to the block with the fullest classes. */
function shareOut(blocks: readonly Block[], classCount: number): number[] {
  const counts = blocks.map(() => 1);
  const pupils = blocks.map(pupilsOf);
  for (let left = classCount - blocks.length; left > 0; left--) {
    let fullest = 0;
    for (let b = 1; b < blocks.length; b++) {
      if (pupils[b]! * counts[fullest]! > pupils[fullest]! * counts[b]!) fullest = b;
    }
    counts[fullest]!++;
  }
  return counts;
}

/** Cuts the pupils of a block, in the order of age, into classes of equal size; each has the levels of its pupils. */
function cutBlock(block: Block, classCount: number): { levels: Level[]; headcount: number }[] {
  const classes: { levels: Level[]; headcount: number }[] = [];
  let at = 0;
  let left = block[0]!.headcount;
  for (const size of evenSizes(pupilsOf(block), classCount)) {
    const levels: Level[] = [];
    for (let missing = size; missing > 0;) {
      while (left === 0) left = block[++at]!.headcount;
      const taken = Math.min(missing, left);
      if (!levels.includes(block[at]!.level)) levels.push(block[at]!.level);
      missing -= taken;
      left -= taken;
    }
    classes.push({ levels: levels.length > 0 ? levels : [block[at]!.level], headcount: size });
  }
  return classes;
}

function costOf(classes: readonly { levels: Level[]; headcount: number }[], meanPupils: number): number {
  let cost = 0;
  for (const { levels, headcount } of classes) {
    cost += (headcount - meanPupils) ** 2 + (levels.length - 1) * MULTI_LEVEL_COST;
    if (levels.length > 1 && levels[0] === 'MAT') cost += CYCLE_MIX_COST;
  }
  return cost;
}

/**
 * The classes of a first-degree school: exactly as many as the official file counts, its pupils shared out by a rule.
 * Pupils with special needs (ULIS, autism units) get one class in twelve where the number of classes allows; the others stand
 * in a line by age that is cut into neighbouring levels and equal classes, so that the sum of squared distances from the mean
 * size, with a price on each further level in a class, is least over all ways to put neighbouring levels together.
 * A school without any class but with pupils counts as one class.
 */
export function firstDegreeClasses(
  levels: readonly LevelHeadcount[],
  specialNeedsPupils: number,
  officialClassCount: number,
): MadeClass[] {
  const ordinary = levels.filter(({ headcount }) => headcount > 0);
  if (ordinary.length === 0 && specialNeedsPupils === 0) return emptyClasses(levels, officialClassCount);
  const classCount = Math.max(1, officialClassCount);
  const roomForUlis = ordinary.length === 0 ? classCount : classCount - 1;
  const ulisCount =
    specialNeedsPupils === 0
      ? 0
      : ordinary.length === 0
        ? classCount
        : Math.min(roomForUlis, Math.max(1, Math.round(specialNeedsPupils / ULIS_PUPILS)));
  // the only class of a school takes everybody
  const line: LevelHeadcount[] =
    specialNeedsPupils > 0 && ulisCount === 0
      ? [...ordinary, { level: 'ULIS_ECOLE', headcount: specialNeedsPupils }]
      : ordinary;
  const classes = line.length === 0 ? [] : shareLevels(line, classCount - ulisCount);
  const ulis = evenSizes(specialNeedsPupils, ulisCount || 1).map(
    (headcount): { levels: Level[]; headcount: number } => ({
      levels: ['ULIS_ECOLE'],
      headcount,
    }),
  );
  return lettered(ulisCount === 0 ? classes : [...classes, ...ulis]);
}

function shareLevels(line: readonly LevelHeadcount[], classCount: number): { levels: Level[]; headcount: number }[] {
  const mean = pupilsOf(line) / classCount;
  let best: { levels: Level[]; headcount: number }[] | undefined;
  let bestCost = Infinity;
  for (const blocks of blockings(line)) {
    if (blocks.length > classCount) continue;
    const counts = shareOut(blocks, classCount);
    const classes = blocks.flatMap((block, b) => cutBlock(block, counts[b]!));
    const cost = costOf(classes, mean);
    if (cost < bestCost) {
      best = classes;
      bestCost = cost;
    }
  }
  return best!;
}

/** Classes that the file counts in a school where it counts no pupil. */
function emptyClasses(levels: readonly LevelHeadcount[], classCount: number): MadeClass[] {
  const first = levels[0]?.level ?? 'MAT';
  return lettered(Array.from({ length: classCount }, () => ({ levels: [first], headcount: 0 })));
}

/** The level of a vocational or post-secondary class from the first six signs of its MEF (`238100`: 2nde of a bac pro). */
export function levelOfMef(mef6: string): Level {
  if (mef6.startsWith('3')) return 'POSTBAC';
  if (mef6.startsWith('2321')) return 'CAP1';
  if (mef6.startsWith('2322')) return 'CAP2';
  if (mef6.startsWith('2381')) return '2PRO';
  if (mef6.startsWith('2382')) return '1PRO';
  if (mef6.startsWith('2383')) return 'TPRO';
  return 'PRO_OTHER';
}

/** The division or divisions of one MEF, under its shortened label and its whole number, which no other shares. */
export function mefDivisions(mef: string, mefLabel: string, headcount: number): MadeClass[] {
  const level = levelOfMef(mef.slice(0, 6));
  const size = level === 'POSTBAC' ? POST_BAC_DIVISION_PUPILS : LYCEE_DIVISION_PUPILS;
  const label = mefLabel.trim().replace(/\s+/g, ' ').slice(0, 24).trim();
  const sizes = headcount === 0 ? [0] : evenSizes(headcount, Math.ceil(headcount / size));
  return sizes.map((pupils, turn) => ({
    code: `${label} ${mef}${sizes.length > 1 ? ` ${letterOf(turn)}` : ''}`.trim(),
    levels: [level],
    headcount: pupils,
  }));
}
