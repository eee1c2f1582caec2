import { LEVELS as ALL_LEVELS } from '../../shared/levels';

const LEVELS: readonly string[] = ALL_LEVELS;

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
