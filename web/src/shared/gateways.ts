import { useQuery } from '@tanstack/react-query';
import { answerOf, api, type Schema } from './api';

export type Gateway = Schema<'GatewayDto'>;

const LATE_SECONDS = 120;

/** The agents beside the ENT's proxies, as they reported last. */
export function useGateways() {
  return useQuery({
    queryKey: ['gateways'],
    refetchInterval: 10_000,
    queryFn: async () => (await answerOf(api.GET('/v1/gateways', { params: { query: { limit: 200 } } }))).items,
  });
}

/** Those of a platform: what another one's agents do says nothing of it. */
export const agentsOf = (gateways: readonly Gateway[], platformId: number): Gateway[] =>
  gateways.filter((one) => one.platformId === platformId);

/** Without a plan yet, or with one that it may still use as it is. */
const FINE: readonly Gateway['state'][] = ['starting', 'running'];

/** Whether an agent needs a look: behind the newest revision, silent, on an old plan, or it refused what it was sent. */
export const isLate = ({ behindRevisions, silentSeconds, refused, state }: Gateway): boolean =>
  (behindRevisions ?? 0) > 0 || silentSeconds > LATE_SECONDS || refused !== null || !FINE.includes(state);
