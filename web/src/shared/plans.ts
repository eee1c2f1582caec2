import { useQuery } from '@tanstack/react-query';
import { answerOf, api, type Schema } from './api';

export type Plan = Schema<'PlanDto'>;
export type Campaign = Schema<'CampaignDto'>;

export function useCampaigns(platformId?: number) {
  return useQuery({
    queryKey: ['campaigns', platformId ?? 'all'],
    queryFn: async () =>
      (
        await answerOf(
          api.GET('/v1/campaigns', { params: { query: { limit: 200, ...(platformId && { platformId }) } } }),
        )
      ).items,
  });
}

/** The plans that are in force, the newest first. */
export function usePublishedPlans() {
  return useQuery({
    queryKey: ['plans', 'published'],
    queryFn: async () => {
      const page = await answerOf(api.GET('/v1/plans', { params: { query: { state: 'published', limit: 200 } } }));
      return page.items.toSorted((a, b) => b.id - a.id);
    },
  });
}

export function usePlatforms() {
  return useQuery({
    queryKey: ['platforms'],
    queryFn: async () => (await answerOf(api.GET('/v1/platforms', { params: { query: { limit: 200 } } }))).items,
  });
}
