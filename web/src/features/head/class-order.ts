/** Levels from the youngest on, as schools list them. */
const LEVELS = 'PS MS GS MAT CP CE1 CE2 CM1 CM2 ULIS_ECOLE 6E 5E 4E 3E ULIS_COLLEGE 2GT 1GT TGT CAP1 CAP2 2PRO 1PRO TPRO PRO_OTHER POSTBAC'.split(' '); // prettier-ignore

/** By level, then by code with its numbers as numbers. */
export function byLevel(
  a: { levels: readonly string[]; code: string },
  b: { levels: readonly string[]; code: string },
): number {
  return (
    LEVELS.indexOf(a.levels[0] ?? '') - LEVELS.indexOf(b.levels[0] ?? '') ||
    a.code.localeCompare(b.code, 'fr', { numeric: true })
  );
}
