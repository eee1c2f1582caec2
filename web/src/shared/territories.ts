import { useQuery } from '@tanstack/react-query';
import { allOf, answerOf, api, type Schema } from './api';

export type Territory = Schema<'TerritoryDto'>;

/** Regions, academies and departments. */
export function useTerritories() {
  return useQuery({
    queryKey: ['territories'],
    staleTime: 600_000,
    queryFn: () =>
      allOf((cursor) =>
        answerOf(api.GET('/v1/territories', { params: { query: { limit: 500, ...(cursor && { cursor }) } } })),
      ),
  });
}
