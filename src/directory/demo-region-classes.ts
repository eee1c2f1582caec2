import { randomInteger, type Random } from '../kernel/random';
import { apportion, gaussian } from './demo-region-map';
import {
  FIRST_DEGREE,
  FIRST_DEGREE_LEVELS,
  SECOND_DEGREE,
  SECOND_DEGREE_LEVELS,
  OTHER_ENT_NAMES_PER_MILLE,
} from './demo-region-parameters';
import type { ClassKind, EstablishmentKind, PriorityEducation } from './directory-rows';
import type { Level } from './level';

export interface DemoClass {
  code: string;
  kind: ClassKind;
  levels: Level[];
  headcount: number;
  entClassName: string | null;
  optionSet: string | null;
  /** Positions of the classes that a group draws its pupils from. */
  sources: number[];
}

const division = (code: string, levels: Level[], headcount: number): DemoClass => ({
  code,
  kind: 'division',
  levels,
  headcount,
  entClassName: null,
  optionSet: null,
  sources: [],
});

const happens = (perMille: number, random: Random): boolean => random() * 1000 < perMille;

/**
 * The classes of one establishment of a kind and size (classes in the first degree, pupils in the second), groups behind
 * the classes that they draw from.
 */
export function demoClasses(
  kind: EstablishmentKind,
  size: number,
  priorityEducation: PriorityEducation,
  random: Random,
): DemoClass[] {
  const levels = FIRST_DEGREE_LEVELS[kind];
  const classes = levels
    ? firstDegreeClasses(levels, Math.round(size), priorityEducation, random)
    : secondDegreeClasses(kind, size, random);
  if (happens(OTHER_ENT_NAMES_PER_MILLE, random)) {
    for (const one of classes)
      one.entClassName = levels ? `CLASSE ${one.code}` : one.code.replace(/^([3-6])(?=[A-Z])/, '$1EME');
  }
  return classes;
}

function firstDegreeClasses(
  levels: readonly Level[],
  classCount: number,
  priorityEducation: PriorityEducation,
  random: Random,
): DemoClass[] {
  const isElementary = levels.includes('CP');
  const inclusionCount = isElementary && classCount >= 6 && happens(FIRST_DEGREE.inclusionPerMille, random) ? 1 : 0;
  const names = new Map<string, number>();
  const classes = levelsOfClasses(levels, classCount - inclusionCount, random).map((own) => {
    const isSplit =
      priorityEducation !== 'none' &&
      own.length === 1 &&
      FIRST_DEGREE.splitLevels.includes(own[0]!) &&
      classCount > levels.length;
    const drawn =
      (isSplit ? FIRST_DEGREE.splitHeadcount : FIRST_DEGREE.meanHeadcount) +
      FIRST_DEGREE.headcountSpread * gaussian(random);
    const headcount = Math.min(FIRST_DEGREE.mostHeadcount, Math.max(FIRST_DEGREE.leastHeadcount, Math.round(drawn)));
    const name = own.join('-');
    const nth = names.get(name) ?? 0;
    names.set(name, nth + 1);
    return division(`${name} ${String.fromCharCode(65 + nth)}`, own, headcount);
  });
  if (inclusionCount === 1) classes.push(division('ULIS', ['ULIS_ECOLE'], FIRST_DEGREE.inclusionHeadcount));
  return classes;
}

/** Few classes hold neighbouring levels together; more classes than levels give some levels several. */
function levelsOfClasses(levels: readonly Level[], classCount: number, random: Random): Level[][] {
  if (classCount < levels.length) {
    // a village school of one or two classes often shares the levels with the next village
    const isShared = classCount <= 2 && levels.length > 3 && random() < 0.6;
    const kept = isShared ? Math.min(levels.length, classCount * 2) : levels.length;
    const from = isShared ? randomInteger(random, levels.length - kept + 1) : 0;
    const sizes = apportion(kept, new Array<number>(classCount).fill(1));
    let at = from;
    return sizes.map((size) => levels.slice(at, (at += size)));
  }
  const counts = apportion(
    classCount,
    levels.map(() => 1 + 0.3 * random()),
  );
  return levels.flatMap((own, i) => Array.from({ length: counts[i]! }, () => [own]));
}

function secondDegreeClasses(kind: EstablishmentKind, pupilCount: number, random: Random): DemoClass[] {
  const shares = SECOND_DEGREE_LEVELS[kind]!;
  const pupils = apportion(
    Math.round(pupilCount),
    shares.map(({ sharePerMille }) => sharePerMille * Math.max(0.5, 1 + SECOND_DEGREE.levelSpread * gaussian(random))),
  );
  const classes: DemoClass[] = [];
  const byLevel = shares.map(({ level, divisionSize, prefix }, i) => {
    const count = Math.ceil(pupils[i]! / divisionSize);
    const hasLetters = count <= 26 && /^[3-6]$/.test(prefix);
    return apportion(pupils[i]!, new Array<number>(count).fill(1)).map((headcount, k) => {
      const name = hasLetters ? String.fromCharCode(65 + k) : `-${String(k + 1).padStart(2, '0')}`;
      return classes.push(division(`${prefix}${name}`, [level], headcount)) - 1;
    });
  });
  if (kind === 'college' && happens(SECOND_DEGREE.inclusionPerMille, random))
    classes.push(division('ULIS', ['ULIS_COLLEGE'], SECOND_DEGREE.inclusionHeadcount));
  shares.forEach(({ level }, i) => {
    if (SECOND_DEGREE.groupLevels.includes(level)) addLanguageGroups(classes, byLevel[i]!, random);
  });
  return classes;
}

/** Two neighbouring divisions part into a Spanish and a German group: of one set, so nobody is in both. */
function addLanguageGroups(classes: DemoClass[], divisions: number[], random: Random): void {
  for (let k = 0; k + 1 < divisions.length; k += 2) {
    if (!happens(SECOND_DEGREE.groupedPairsPerMille, random)) continue;
    const sources = [divisions[k]!, divisions[k + 1]!];
    const [first, second] = sources.map((position) => classes[position]!);
    const pupilCount = first!.headcount + second!.headcount;
    const germanCount = Math.max(1, Math.round(pupilCount * (0.25 + 0.2 * random())));
    const optionSet = `LV2 ${first!.code} ${second!.code}`;
    for (const [language, headcount] of [
      ['ESP', pupilCount - germanCount],
      ['ALL', germanCount],
    ] as const) {
      classes.push({
        ...division(`${first!.code}${second!.code} ${language}`, [...first!.levels], headcount),
        kind: 'group',
        optionSet,
        sources,
      });
    }
  }
}
