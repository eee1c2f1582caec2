import type { Schema } from '../../shared/api';

export interface LoadShare {
  /** The fuller of the two figures. */
  figure: 'sessions' | 'logins';
  shown: number;
  limit: number;
  /** What is shown against what is declared; null where nothing is declared for it. */
  ratio: number | null;
}

/** How full the platform is by the fuller of its two figures: what errors add to its load is for thresholds, and is no share of anything. */
export function loadShare(minute: Schema<'MeasuredMinuteDto'>): LoadShare {
  const { sessions, loginsPerMinute, sessionLimit, loginLimit } = minute;
  const figure = (loginsPerMinute ?? 0) * sessionLimit > (sessions ?? 0) * loginLimit ? 'logins' : 'sessions';
  const [shown, limit] = figure === 'logins' ? [loginsPerMinute ?? 0, loginLimit] : [sessions ?? 0, sessionLimit];
  return { figure, shown, limit, ratio: limit > 0 ? shown / limit : null };
}
