import { useEffect, useState } from 'react';

/** Changes that come together are heard of once. */
const GATHER_MILLISECONDS = 150;

export type LiveState = 'connecting' | 'live' | 'lost';

/**
 * Follows the numbered changes of a plan as server-sent events; `onChange` hears of those of `gatherMilliseconds` once. The browser takes the stream up
 * again by itself after the last change that it heard.
 */
export function usePlanChanges(
  plan: { id: number; revision: number } | undefined,
  onChange: () => unknown,
  gatherMilliseconds = GATHER_MILLISECONDS,
): LiveState {
  const [state, setState] = useState<LiveState>('connecting');
  const [id, revision] = [plan?.id, plan?.revision];
  useEffect(() => {
    if (id === undefined) return undefined;
    const source = new EventSource(`/v1/plans/${id}/changes?after=${revision ?? 0}`);
    let timer: ReturnType<typeof setTimeout> | undefined;
    source.onopen = () => setState('live');
    source.onerror = () => setState('lost');
    source.addEventListener('change', () => {
      // what comes while some are gathered belongs to them: a morning of bookings is no reason to wait for its end
      timer ??= setTimeout(() => {
        timer = undefined;
        onChange();
      }, gatherMilliseconds);
    });
    // the plan that followed is asked for by whoever hears of it; left open, the browser would ask this one again and again
    source.addEventListener('superseded', () => {
      source.close();
      onChange();
    });
    return () => {
      clearTimeout(timer);
      source.close();
    };
    // the first revision only says where to begin
  }, [id, onChange, gatherMilliseconds]);
  return state;
}
