import type { Schema } from './api';

/** Levels from the youngest on, as schools list them. */
export const LEVELS = [
  'PS', 'MS', 'GS', 'MAT', 'CP', 'CE1', 'CE2', 'CM1', 'CM2', 'ULIS_ECOLE', '6E', '5E', '4E', '3E', 'ULIS_COLLEGE',
  '2GT', '1GT', 'TGT', 'CAP1', 'CAP2', '2PRO', '1PRO', 'TPRO', 'PRO_OTHER', 'POSTBAC',
] as const satisfies NonNullable<Schema<'StepScopeDto'>['levels']>; // prettier-ignore
