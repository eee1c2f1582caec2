import { formatCount, formatMinutes } from '../../shared/format';
import type { Window } from './data';

type Words = (key: string, values?: Record<string, unknown>) => string;

/** How far a window stands from its wish: days and minutes by the clock, each where there are any; empty at the wish or without one. */
export function displacementWords(
  { displacementDays, displacementMinutes }: Pick<Window, 'displacementDays' | 'displacementMinutes'>,
  t: Words,
): string {
  const days = displacementDays ?? 0;
  const minutes = displacementMinutes ?? 0;
  const parts: string[] = [];
  if (days !== 0)
    parts.push(t(days > 0 ? 'panel.daysLater' : 'panel.daysEarlier', { days: formatCount(Math.abs(days)) }));
  if (minutes !== 0) parts.push(t(minutes > 0 ? 'panel.later' : 'panel.earlier', { minutes: formatMinutes(minutes) }));
  return parts.join(', ');
}
