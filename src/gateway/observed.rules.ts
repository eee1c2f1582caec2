import type { ObservedRow } from './count.store';
import { LEAST_SHOWN } from './gateway-settings.rules';

/** A count that is shown: nothing below five people. */
export const shown = (count: number): number | null => (count > 0 && count < LEAST_SHOWN ? null : count);

/** Expected against counted of a place on a day; null where fewer than five people stand behind a figure. */
export function observedOf(row: Omit<ObservedRow, 'establishmentId' | 'uai' | 'name' | 'department'>) {
  const { expected, admitted, admittedInWindow, attempts } = row;
  const isShown = admitted >= LEAST_SHOWN;
  return {
    expected: shown(expected),
    admitted: shown(admitted),
    deferred: shown(row.deferred),
    refused: shown(row.refused),
    attempts: shown(attempts),
    wouldRefuse: shown(row.wouldRefuse),
    // each visitor is admitted once a day, so those admitted stand for the distinct ones
    adherenceRatio: isShown ? admittedInWindow / admitted : null,
    amplificationRatio: isShown ? attempts / admitted : null,
    gotNothing: shown(Math.max(0, expected - admitted)),
  };
}

/** Sums of the establishments of each department, by code; who got nothing is summed school by school. */
export function byDepartment(rows: readonly ObservedRow[]) {
  const sums = new Map<
    string,
    Omit<ObservedRow, 'establishmentId' | 'uai' | 'name' | 'department'> & { nothing: number }
  >();
  for (const row of rows) {
    const sum = sums.get(row.department) ?? { expected: 0, admitted: 0, admittedInWindow: 0, deferred: 0, refused: 0, attempts: 0, wouldRefuse: 0, nothing: 0 }; // prettier-ignore
    for (const name of [
      'expected',
      'admitted',
      'admittedInWindow',
      'deferred',
      'refused',
      'attempts',
      'wouldRefuse',
    ] as const)
      // prettier-ignore
      sum[name] += row[name];
    sum.nothing += Math.max(0, row.expected - row.admitted);
    sums.set(row.department, sum);
  }
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { nothing, ...sum }]) => ({ code, ...observedOf(sum), gotNothing: shown(nothing) }));
}
