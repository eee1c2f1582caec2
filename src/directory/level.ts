/** Levels of French schools, in the order of age; MAT is pre-elementary where the year is not told. */
export const LEVELS = [
  'PS',
  'MS',
  'GS',
  'MAT',
  'CP',
  'CE1',
  'CE2',
  'CM1',
  'CM2',
  'ULIS_ECOLE',
  '6E',
  '5E',
  '4E',
  '3E',
  'ULIS_COLLEGE',
  '2GT',
  '1GT',
  'TGT',
  'CAP1',
  'CAP2',
  '2PRO',
  '1PRO',
  'TPRO',
  'PRO_OTHER',
  'POSTBAC',
] as const;
export type Level = (typeof LEVELS)[number];

export const LEVEL_GROUPS = ['pre_elementary', 'elementary', 'college', 'lycee', 'post_bac'] as const;
/** What the load model and the rules of a campaign distinguish. */
export type LevelGroup = (typeof LEVEL_GROUPS)[number];

const GROUP_OF: Record<Level, LevelGroup> = {
  PS: 'pre_elementary',
  MS: 'pre_elementary',
  GS: 'pre_elementary',
  MAT: 'pre_elementary',
  CP: 'elementary',
  CE1: 'elementary',
  CE2: 'elementary',
  CM1: 'elementary',
  CM2: 'elementary',
  ULIS_ECOLE: 'elementary',
  '6E': 'college',
  '5E': 'college',
  '4E': 'college',
  '3E': 'college',
  ULIS_COLLEGE: 'college',
  '2GT': 'lycee',
  '1GT': 'lycee',
  TGT: 'lycee',
  CAP1: 'lycee',
  CAP2: 'lycee',
  '2PRO': 'lycee',
  '1PRO': 'lycee',
  TPRO: 'lycee',
  PRO_OTHER: 'lycee',
  POSTBAC: 'post_bac',
};

export const isLevel = (text: string): text is Level => (LEVELS as readonly string[]).includes(text);

/** The group of a class: that of its oldest level, so that a GS-CP class counts as elementary. */
export function levelGroupOf(levels: readonly Level[]): LevelGroup {
  let oldest: LevelGroup = 'pre_elementary';
  for (const level of levels) {
    if (LEVEL_GROUPS.indexOf(GROUP_OF[level]) > LEVEL_GROUPS.indexOf(oldest)) oldest = GROUP_OF[level];
  }
  return oldest;
}
