import { useEffect, useState } from 'react';

export type LiveState = 'connecting' | 'live' | 'lost';

/**
 * Follows the numbered changes of a plan as server-sent events; `onChange` hears of each burst once. The browser takes the stream up
 * again by itself after the last change that it heard.
 */
export function usePlanChanges(plan: { id: number; revision: number } | undefined, onChange: () => void): LiveState {
  const [state, setState] = useState<LiveState>('connecting');
  const [id, revision] = [plan?.id, plan?.revision];
  useEffect(() => {
    if (id === undefined) return undefined;
    const source = new EventSource(`/v1/plans/${id}/changes?after=${revision ?? 0}`);
    let timer: ReturnType<typeof setTimeout> | undefined;
    source.onopen = () => setState('live');
    source.onerror = () => setState('lost');
    source.addEventListener('change', () => {
      clearTimeout(timer);
      timer = setTimeout(onChange, 150);
    });
    return () => {
      clearTimeout(timer);
      source.close();
    };
    // the first revision only says where to begin
  }, [id, onChange]);
  return state;
}
