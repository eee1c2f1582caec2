import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { allOf, answerOf, api, jsonOf, Problem, type Schema } from '../../shared/api';
import type { Territory } from '../../shared/territories';

export type Certificate = Schema<'CertificateDto'>;
export type LoadCurve = Schema<'LoadCurveDto'>;
export type Baselines = Schema<'BaselinesDto'>;
export type Resource = 'sessions' | 'logins';

export function useCertificate(planId: number) {
  return useQuery({
    queryKey: ['certificate', planId],
    queryFn: () => answerOf(api.GET('/v1/plans/{id}/certificate', { params: { path: { id: planId } } })),
  });
}

/** The platform's whole week, five minutes a step: the day's curve and the heat map are cut from it. */
export function useWeekCurve(planId: number | undefined, range: { from: string; to: string }) {
  return useQuery({
    queryKey: ['week-curve', planId, range],
    enabled: planId !== undefined,
    queryFn: () =>
      answerOf(
        api.GET('/v1/plans/{id}/load', { params: { path: { id: planId! }, query: { ...range, stepMinutes: 5 } } }),
      ),
  });
}

/** The same without the plan; null for plans that were stored without these curves. */
export function useBaselines(planId: number, range: { from: string; to: string }) {
  return useQuery({
    queryKey: ['baselines', planId, range],
    queryFn: async () => {
      try {
        return await answerOf(
          api.GET('/v1/plans/{id}/baselines', {
            params: { path: { id: planId }, query: { ...range, stepMinutes: 5 } },
          }),
        );
      } catch (error) {
        if (error instanceof Problem && error.status === 404) return null;
        throw error;
      }
    },
  });
}

/** The planned load of one territory on a day, five minutes a step. */
export function useTerritoryDay(planId: number, territory: string | undefined, date: string) {
  return useQuery({
    queryKey: ['territory-curve', planId, territory, date, 5],
    enabled: territory !== undefined,
    queryFn: () =>
      answerOf(
        api.GET('/v1/plans/{id}/load', {
          params: { path: { id: planId }, query: { territory: territory!, date, stepMinutes: 5 as const } },
        }),
      ),
  });
}

/** Where the schools of a territory lie. */
export function useSchoolPlaces(territory: string | undefined) {
  return useQuery({
    queryKey: ['school-places', territory],
    enabled: territory !== undefined,
    staleTime: 600_000,
    queryFn: () =>
      allOf((cursor) =>
        answerOf(
          api.GET('/v1/establishments', {
            params: { query: { territory: territory!, limit: 500, ...(cursor && { cursor }) } },
          }),
        ),
      ),
  });
}

/** The largest planned load of each school of a territory on a day, for those that the reader may name. */
export function useSchoolLoads(planId: number, territory: string, date: string | undefined) {
  return useQuery({
    queryKey: ['school-loads', planId, territory, date],
    enabled: date !== undefined,
    queryFn: () =>
      allOf((cursor) =>
        answerOf(
          api.GET('/v1/plans/{id}/load/establishments', {
            params: {
              path: { id: planId },
              query: { territory, date: date!, limit: 500, ...(cursor && { cursor }) },
            },
          }),
        ),
      ),
  });
}

/** The planned load of each territory on a day, half an hour a step. */
export function useTerritoryCurves(planId: number, territories: readonly Territory[], date: string) {
  const combine = useCallback(
    (results: { data: LoadCurve | undefined }[]) =>
      new Map(territories.map(({ code }, i) => [code, results[i]?.data] as const)),
    [territories],
  );
  return useQueries({
    queries: territories.map(({ code: territory }) => ({
      queryKey: ['territory-curve', planId, territory, date],
      queryFn: () =>
        answerOf(
          api.GET('/v1/plans/{id}/load', {
            params: { path: { id: planId }, query: { territory, date, stepMinutes: 30 as const } },
          }),
        ),
    })),
    combine,
  });
}

/** Who has answered, by territory; null where the caller may not see it or nothing was asked. */
export function useAnswers(campaignId: number, level: Territory['kind'], territory: string | undefined) {
  return useQuery({
    queryKey: ['answers', campaignId, level, territory],
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: () =>
      answerOf(
        api.GET('/v1/campaigns/{id}/answers/territories', {
          params: { path: { id: campaignId }, query: { level, ...(territory && { territory }) } },
        }),
      ),
  });
}

export function useSchools(campaignId: number, territory: string | undefined) {
  return useQuery({
    queryKey: ['schools', campaignId, territory],
    queryFn: () =>
      jsonOf(
        answerOf(
          api.GET('/v1/campaigns/{id}/answers/establishments', {
            params: { path: { id: campaignId }, query: { limit: 500, ...(territory && { territory }) } },
            headers: { accept: 'application/json' },
          }),
        ),
      ),
  });
}

export function useFairness(planId: number) {
  return useQuery({
    queryKey: ['fairness', planId],
    queryFn: () =>
      jsonOf(
        answerOf(
          api.GET('/v1/plans/{id}/fairness', {
            params: { path: { id: planId } },
            headers: { accept: 'application/json' },
          }),
        ),
      ),
  });
}

/** What was observed of a day by territory, where gateways count; with `schools`, of the schools that the reader may name too. */
export function useObserved(platformId: number, date: string | undefined, schools = 1) {
  return useQuery({
    queryKey: ['observed', platformId, date, schools],
    enabled: date !== undefined,
    retry: false,
    queryFn: () =>
      answerOf(
        api.GET('/v1/platforms/{id}/observed', {
          params: { path: { id: platformId }, query: { date: date!, limit: schools } },
        }),
      ),
  });
}

/** What was measured of the whole platform on a day. */
export function useMeasured(platformId: number, date: string | undefined) {
  return useQuery({
    queryKey: ['measured', platformId, date],
    enabled: date !== undefined,
    queryFn: () =>
      answerOf(
        api.GET('/v1/platforms/{id}/measurements', {
          params: { path: { id: platformId }, query: { date: date! } },
        }),
      ),
  });
}

export function useOtherPlans(plan: Schema<'PlanDto'>) {
  return useQuery({
    queryKey: ['plans', 'of-campaign', plan.campaignId],
    queryFn: async () =>
      (
        await answerOf(api.GET('/v1/plans', { params: { query: { campaign: plan.campaignId, limit: 100 } } }))
      ).items.filter(({ id }) => id !== plan.id),
  });
}

export function useComparison(planId: number, withPlanId: number | undefined) {
  return useQuery({
    queryKey: ['comparison', planId, withPlanId],
    enabled: withPlanId !== undefined,
    queryFn: () =>
      answerOf(
        api.GET('/v1/plans/{id}/comparison', { params: { path: { id: planId }, query: { with: withPlanId! } } }),
      ),
  });
}
