import type { DemoScale } from '../common/config';
import { randomInteger, seededRandom, type Random } from '../kernel/random';
import { demoClasses, type DemoClass } from './demo-region-classes';
import { demoSites, gaussian, type DemoSite } from './demo-region-map';
import { inventedSchool } from './demo-region-names';
import {
  DEMO_DEPARTMENTS,
  DEMO_ESTABLISHMENT_COUNT,
  DEMO_KINDS,
  ENT_PER_MILLE,
  FICTIONAL_TELEPHONE_PREFIXES,
  FIRST_DEGREE,
  FIRST_DEGREE_LEVELS,
  FIRST_UAI_NUMBER,
  SECOND_DEGREE,
} from './demo-region-parameters';
import { firstDegreeTeachers, secondDegreeTimetable, type DemoTimetable } from './demo-region-timetable';
import type { EstablishmentKind, EstablishmentRow, PriorityEducation } from './directory-rows';
import { FOUR_DAYS_AND_A_HALF, openHalfDaysOf } from './half-days.rules';
import { checkLetterOf } from './uai.rules';

export interface DemoRegionOptions {
  scale: DemoScale;
  seed: number;
}

/** One establishment with everything in it; the wishes of a demonstration campaign are its lessons. */
export interface DemoSchool extends DemoTimetable {
  establishment: EstablishmentRow;
  classes: DemoClass[];
}

/** What is drawn for a place before the sizes of the whole region are brought to their means. */
interface Draft extends DemoSite {
  isPrivate: boolean;
  size: number;
}

/** The size of a school in a village and in a city, as a share of its kind's: grows with the establishments of the commune. */
const townFactor = (establishmentCount: number): number => 0.75 + 0.18 * Math.log(establishmentCount);
/** How far a school lies from the middle of its commune. */
const SCHOOL_KILOMETRES = 0.9;

/**
 * A region that does not exist, sized and mixed like Hauts-de-France: the same scale and seed give the same schools on every
 * machine. Schools are made when they are asked for, in the order of their UAI, so that a region of any scale fits in memory.
 */
export class DemoRegion {
  readonly source: string;
  private readonly drafts: Draft[];

  constructor(readonly options: DemoRegionOptions) {
    this.source = `demo/${options.scale}/${options.seed}`;
    this.drafts = drafts(options);
  }

  get establishmentCount(): number {
    return this.drafts.length;
  }

  /** The school at a position from 0; each one has a random stream of its own. */
  school(index: number): DemoSchool {
    const draft = this.drafts[index]!;
    const random = seededRandom(mixed(this.options.seed, index));
    const priorityEducation = draft.isPrivate ? 'none' : priorityOf(draft, random);
    const classes = demoClasses(draft.kind, draft.size, priorityEducation, random);
    const isFirstDegree = FIRST_DEGREE_LEVELS[draft.kind] !== undefined;
    const timetable = isFirstDegree ? firstDegreeTeachers(classes, random) : secondDegreeTimetable(classes, random);
    const establishment = this.establishment(index, draft, priorityEducation, classes.length, random);
    return { establishment, classes, ...timetable };
  }

  *schools(from = 0, to = this.establishmentCount): Generator<DemoSchool> {
    for (let index = from; index < Math.min(to, this.establishmentCount); index++) yield this.school(index);
  }

  private establishment(
    index: number,
    draft: Draft,
    priorityEducation: PriorityEducation,
    classCount: number,
    random: Random,
  ): EstablishmentRow {
    const { commune, kind, isPrivate } = draft;
    const digits = String(FIRST_UAI_NUMBER + index);
    const reach = (SCHOOL_KILOMETRES * Math.sqrt(commune.establishmentCount)) / 111.2;
    const isFirstDegree = FIRST_DEGREE_LEVELS[kind] !== undefined;
    const hasNarrowLine = !isFirstDegree && random() * 1000 < SECOND_DEGREE.narrowLinePerMille;
    return {
      uai: digits + checkLetterOf(digits),
      name: inventedSchool(kind, isPrivate, random),
      kind,
      sector: isPrivate ? 'private' : 'public',
      priorityEducation,
      departmentCode: DEMO_DEPARTMENTS[commune.departmentIndex]!.code,
      communeCode: commune.code,
      communeName: commune.name,
      latitude: rounded(commune.latitude + reach * gaussian(random)),
      longitude: rounded(commune.longitude + reach * gaussian(random)),
      telephone: telephone(random),
      structureExternalId: random() * 1000 < ENT_PER_MILLE ? String(40_000_000 + index) : null,
      openHalfDays:
        isFirstDegree && random() * 1000 < FIRST_DEGREE.wednesdayPerMille ? FOUR_DAYS_AND_A_HALF : openHalfDaysOf(kind),
      simultaneousWindowLimit: hasNarrowLine
        ? Math.max(4, Math.ceil(classCount * SECOND_DEGREE.narrowLineShare))
        : null,
      source: this.source,
    };
  }
}

function drafts({ scale, seed }: DemoRegionOptions): Draft[] {
  const random = seededRandom(mixed(seed, -1));
  const made = demoSites(DEMO_ESTABLISHMENT_COUNT[scale], seed).map((site): Draft => {
    const { privatePerMille, spread } = DEMO_KINDS[site.kind];
    const isPrivate = random() * 1000 < privatePerMille;
    const size = Math.exp(spread * gaussian(random)) * townFactor(site.commune.establishmentCount);
    return { ...site, isPrivate, size };
  });
  // bring each kind to its mean size, whatever the seed drew, so that a scale has its number of classes
  for (const kind of Object.keys(DEMO_KINDS) as EstablishmentKind[]) {
    const { meanSize, leastSize, mostSize } = DEMO_KINDS[kind];
    const own = made.filter((draft) => draft.kind === kind);
    for (let round = 0; round < 3 && own.length > 0; round++) {
      const factor = (meanSize * own.length) / own.reduce((sum, draft) => sum + draft.size, 0);
      for (const draft of own) draft.size = Math.min(mostSize, Math.max(leastSize, draft.size * factor));
    }
  }
  return made;
}

function priorityOf({ kind, commune }: Draft, random: Random): PriorityEducation {
  const { repPerMille, repPlusPerMille } = DEMO_KINDS[kind];
  // priority education is a matter of towns
  const drawn = random() * (commune.establishmentCount > 5 ? 600 : 2_400);
  return drawn < repPlusPerMille ? 'rep_plus' : drawn < repPlusPerMille + repPerMille ? 'rep' : 'none';
}

function telephone(random: Random): string {
  const prefix = FICTIONAL_TELEPHONE_PREFIXES[randomInteger(random, FICTIONAL_TELEPHONE_PREFIXES.length)]!;
  const number = String(randomInteger(random, 10_000)).padStart(4, '0');
  return `${prefix} ${number.slice(0, 2)} ${number.slice(2)}`;
}

/** Five decimals: about a metre. */
const rounded = (degrees: number): number => Math.round(degrees * 1e5) / 1e5;

/** A seed for each part of a region. */
const mixed = (seed: number, part: number): number =>
  Math.imul(seed ^ Math.imul(part + 2, 0x9e3779b1), 0x85ebca6b) >>> 0;
