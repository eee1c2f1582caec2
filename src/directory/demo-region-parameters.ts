import type { DemoScale } from '../common/config';
import type { EstablishmentKind } from './directory-rows';
import type { Level } from './level';

/** Establishments of each scale; M is the size of Hauts-de-France, XL that of France. */
export const DEMO_ESTABLISHMENT_COUNT: Record<DemoScale, number> = {
  XS: 60,
  S: 1_000,
  M: 5_885,
  L: 13_000,
  XL: 60_000,
};

export interface DemoDepartment {
  /** The digits at its end choose the calendar and the time zone of the real department of that number, and nothing else. */
  code: string;
  name: string;
  academyCode: string;
  sharePerMille: number;
  /** Where it lies: in the sea, so that nobody takes it for a real place. */
  latitude: number;
  longitude: number;
  radiusKilometres: number;
}

export const DEMO_REGION = { code: 'demo', name: 'Région de démonstration' } as const;
export const DEMO_ACADEMIES = [
  { code: 'demo-valorme', name: 'Académie de Valorme' },
  { code: 'demo-hautebrume', name: 'Académie de Hautebrume' },
  { code: 'demo-lointaines', name: 'Académie des Îles lointaines' },
] as const;
// oxfmt-ignore
export const DEMO_DEPARTMENTS: readonly DemoDepartment[] = [
  { code: 'demo-59', name: 'Lorme-Maritime', academyCode: 'demo-valorme', sharePerMille: 376, latitude: 46.9, longitude: -5.6, radiusKilometres: 46 },
  { code: 'demo-62', name: 'Côtes-de-Brume', academyCode: 'demo-valorme', sharePerMille: 253, latitude: 46.9, longitude: -7.0, radiusKilometres: 44 },
  { code: 'demo-60', name: "Val-d'Astrée", academyCode: 'demo-hautebrume', sharePerMille: 160, latitude: 46.0, longitude: -5.5, radiusKilometres: 42 },
  { code: 'demo-80', name: 'Haute-Sylvane', academyCode: 'demo-hautebrume', sharePerMille: 101, latitude: 46.1, longitude: -6.7, radiusKilometres: 42 },
  { code: 'demo-02', name: 'Rives-de-Mirande', academyCode: 'demo-hautebrume', sharePerMille: 97, latitude: 45.3, longitude: -6.1, radiusKilometres: 44 },
  { code: 'demo-974', name: 'Île-du-Lagon-Clair', academyCode: 'demo-lointaines', sharePerMille: 6, latitude: -20.4, longitude: 57.0, radiusKilometres: 22 },
  { code: 'demo-971', name: 'Île-aux-Alizés', academyCode: 'demo-lointaines', sharePerMille: 4, latitude: 15.9, longitude: -60.4, radiusKilometres: 18 },
  { code: 'demo-987', name: 'Atolls-du-Ponant', academyCode: 'demo-lointaines', sharePerMille: 3, latitude: -18.9, longitude: -151.2, radiusKilometres: 40 },
];

/** UAI numbers that no real department uses, from 990 0001 to 999 9999. */
export const FIRST_UAI_NUMBER = 9_900_001;

/** Number ranges that France keeps for fiction (ARCEP): nobody answers there. */
export const FICTIONAL_TELEPHONE_PREFIXES = ['01 99 00', '02 61 91', '03 53 01', '04 65 71', '05 36 49'] as const;

export interface DemoKind {
  sharePerMille: number;
  privatePerMille: number;
  /** Of the public ones. */
  repPerMille: number;
  repPlusPerMille: number;
  /** Classes of a school, or pupils of an establishment of the second degree: log-normal, cut at both ends. */
  meanSize: number;
  spread: number;
  leastSize: number;
  mostSize: number;
}

/** Shares and sizes of Hauts-de-France in autumn 2024, rounded. */
// oxfmt-ignore
export const DEMO_KINDS: Record<EstablishmentKind, DemoKind> = {
  primaire: { sharePerMille: 384, privatePerMille: 180, repPerMille: 80, repPlusPerMille: 50, meanSize: 6.8, spread: 0.67, leastSize: 1, mostSize: 28 },
  elementaire: { sharePerMille: 236, privatePerMille: 2, repPerMille: 160, repPlusPerMille: 80, meanSize: 5.9, spread: 0.85, leastSize: 1, mostSize: 28 },
  maternelle: { sharePerMille: 209, privatePerMille: 1, repPerMille: 200, repPlusPerMille: 130, meanSize: 3.9, spread: 0.56, leastSize: 1, mostSize: 12 },
  college: { sharePerMille: 111, privatePerMille: 240, repPerMille: 140, repPlusPerMille: 70, meanSize: 472, spread: 0.44, leastSize: 60, mostSize: 1_500 },
  lycee_gt: { sharePerMille: 24, privatePerMille: 390, repPerMille: 0, repPlusPerMille: 0, meanSize: 790, spread: 0.7, leastSize: 60, mostSize: 1_700 },
  lycee_pro: { sharePerMille: 23, privatePerMille: 220, repPerMille: 0, repPlusPerMille: 0, meanSize: 413, spread: 0.6, leastSize: 60, mostSize: 1_300 },
  lycee_polyvalent: { sharePerMille: 12, privatePerMille: 360, repPerMille: 0, repPlusPerMille: 0, meanSize: 930, spread: 0.46, leastSize: 280, mostSize: 2_300 },
  erea: { sharePerMille: 1.4, privatePerMille: 0, repPerMille: 0, repPlusPerMille: 0, meanSize: 110, spread: 0.13, leastSize: 80, mostSize: 140 },
};

/** Communes per thousand establishments; the largest ones hold most establishments of the second degree. */
export const COMMUNES_PER_MILLE = 410;

export const FIRST_DEGREE_LEVELS: Partial<Record<EstablishmentKind, readonly Level[]>> = {
  maternelle: ['PS', 'MS', 'GS'],
  elementaire: ['CP', 'CE1', 'CE2', 'CM1', 'CM2'],
  primaire: ['PS', 'MS', 'GS', 'CP', 'CE1', 'CE2', 'CM1', 'CM2'],
};
export const FIRST_DEGREE = {
  meanHeadcount: 21,
  headcountSpread: 3.2,
  leastHeadcount: 8,
  mostHeadcount: 31,
  /** CP and CE1 in priority education are split in two. */
  splitLevels: ['CP', 'CE1'] as readonly Level[],
  splitHeadcount: 13,
  /** Schools of six classes or more with a class for inclusion. */
  inclusionPerMille: 350,
  inclusionHeadcount: 11,
  wednesdayPerMille: 150,
} as const;

export interface DemoLevelShare {
  level: Level;
  sharePerMille: number;
  /** Most pupils of a division. */
  divisionSize: number;
  /** How divisions of the level are named. */
  prefix: string;
}

const level = (name: Level, sharePerMille: number, divisionSize: number, prefix: string): DemoLevelShare => ({
  level: name,
  sharePerMille,
  divisionSize,
  prefix,
});
const PROFESSIONAL = (sharePerMille: number): DemoLevelShare[] => [
  level('CAP1', sharePerMille * 0.13, 20, '1CAP'),
  level('CAP2', sharePerMille * 0.11, 20, '2CAP'),
  level('2PRO', sharePerMille * 0.27, 26, '2PRO'),
  level('1PRO', sharePerMille * 0.25, 26, '1PRO'),
  level('TPRO', sharePerMille * 0.24, 26, 'TPRO'),
];

/** Pupils of the second degree by level, and the size of divisions. */
// oxfmt-ignore
export const SECOND_DEGREE_LEVELS: Partial<Record<EstablishmentKind, readonly DemoLevelShare[]>> = {
  college: [level('6E', 252, 29, '6'), level('5E', 253, 29, '5'), level('4E', 251, 29, '4'), level('3E', 244, 29, '3')],
  lycee_gt: [level('2GT', 300, 35, '2'), level('1GT', 290, 35, '1'), level('TGT', 290, 35, 'T'), level('POSTBAC', 120, 32, 'BTS')],
  lycee_polyvalent: [
    level('2GT', 195, 35, '2'), level('1GT', 190, 35, '1'), level('TGT', 185, 35, 'T'), ...PROFESSIONAL(310), level('POSTBAC', 120, 32, 'BTS'),
  ],
  lycee_pro: [level('3E', 40, 24, '3PM'), ...PROFESSIONAL(960)],
  erea: [level('6E', 100, 12, '6'), level('5E', 140, 12, '5'), level('4E', 200, 12, '4'), level('3E', 220, 12, '3'), level('CAP1', 180, 12, '1CAP'), level('CAP2', 160, 12, '2CAP')],
};

export const SECOND_DEGREE = {
  /** Pupils of a level vary by this share around its part. */
  levelSpread: 0.06,
  /** Collèges with a class for inclusion. */
  inclusionPerMille: 330,
  inclusionHeadcount: 12,
  /** Teachers who share a division, and live lessons of a teacher on a full day. */
  teachersPerClass: 7,
  lessonsPerTeacherDay: 3.2,
  /** Pairs of neighbouring divisions that part into two language groups, from 5e on. */
  groupedPairsPerMille: 240,
  groupLevels: ['5E', '4E', '3E', '2GT', '1GT', 'TGT'] as readonly Level[],
  /** Establishments whose own line is narrow. */
  narrowLinePerMille: 30,
  narrowLineShare: 0.45,
} as const;

/** First lesson after eight o'clock, in minutes and with its share: everybody wants the same hours. */
export const DAY_OFFSETS = [
  [0, 560],
  [5, 180],
  [10, 130],
  [15, 130],
] as const;
/** Wished hours of live lessons in local minutes before the offset of the establishment, with their shares. */
const MORNING_WISHES = [
  [480, 260],
  [540, 290],
  [600, 260],
  [660, 190],
] as const;
const AFTERNOON_WISHES = [
  [810, 240],
  [840, 240],
  [900, 270],
  [960, 250],
] as const;
/** A live lesson keeps its teacher for up to this long. */
export const LESSON_MINUTES = 60;
/** Monday = 1; Wednesday has a morning only. */
export const LESSON_DAYS = [
  { weekday: 1, halves: [MORNING_WISHES, AFTERNOON_WISHES] },
  { weekday: 2, halves: [MORNING_WISHES, AFTERNOON_WISHES] },
  { weekday: 3, halves: [MORNING_WISHES] },
  { weekday: 4, halves: [MORNING_WISHES, AFTERNOON_WISHES] },
  { weekday: 5, halves: [MORNING_WISHES, AFTERNOON_WISHES] },
] as const;

/** Establishments that the ENT knows by a key. */
export const ENT_PER_MILLE = 970;
/** Establishments whose classes have other names in the ENT. */
export const OTHER_ENT_NAMES_PER_MILLE = 200;
