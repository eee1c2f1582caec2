import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { allOf, answerOf, api, Problem, type Schema } from '../../shared/api';
import { addDays, civilDateOf, mondayOf } from '../../shared/format';
import { type Plan, usePublishedPlans, useCampaigns } from '../../shared/plans';
import { failureOf } from '../../shared/states';

export type Window = Schema<'WindowDto'>;
export type SchoolClass = Schema<'ClassDto'>;
export type Establishment = Schema<'EstablishmentDto'>;
export type WaitingEntry = Schema<'WaitingEntryDto'>;
export type Start = Schema<'AvailableStartDto'>;

const LIST = { limit: 500 };

export function useEstablishment(uai: string) {
  return useQuery({
    queryKey: ['establishment', uai],
    queryFn: () => answerOf(api.GET('/v1/establishments/{uai}', { params: { path: { uai } } })),
    staleTime: 600_000,
  });
}

/** The plan that the school's week shows: the newest in force on its platform whose campaign is not over, else the newest. */
export function usePlanOf(school: Establishment | undefined) {
  const plans = usePublishedPlans();
  const campaigns = useCampaigns();
  const found = planFor(school, plans.data, campaigns.data);
  return {
    isPending: plans.isPending || campaigns.isPending,
    error: failureOf(plans, campaigns),
    ...found,
  };
}

function planFor(school: Establishment | undefined, plans: Plan[] = [], campaigns: Schema<'CampaignDto'>[] = []) {
  if (!school) return { plan: undefined, campaign: undefined };
  const today = civilDateOf(new Date(), school.timeZone);
  const here = plans
    .filter(({ platformId }) => platformId === school.platformId)
    .map((plan) => ({ plan, campaign: campaigns.find(({ id }) => id === plan.campaignId) }))
    .filter(({ campaign }) => campaign !== undefined);
  const open = here.filter(({ campaign }) => campaign!.endsOn >= today);
  return (open.length > 0 ? open : here)[0] ?? { plan: undefined, campaign: undefined };
}

/** The campaign that asks for wishes now: the one whose period is open, else the newest. */
export function useWishCampaign(school: Establishment | undefined) {
  const campaigns = useCampaigns(school?.platformId ?? undefined);
  const now = new Date().toISOString();
  const newest = campaigns.data?.toSorted((a, b) => b.id - a.id) ?? [];
  const open = newest.find(
    ({ wishesOpenAt, wishesCloseAt }) =>
      wishesOpenAt !== null && wishesOpenAt <= now && (wishesCloseAt === null || wishesCloseAt > now),
  );
  return { ...campaigns, campaign: open ?? newest[0], isOpen: open !== undefined };
}

export function useClasses(uai: string) {
  return useQuery({
    queryKey: ['classes', uai],
    queryFn: () =>
      allOf((cursor) =>
        answerOf(
          api.GET('/v1/establishments/{uai}/classes', {
            params: { path: { uai }, query: { ...LIST, ...(cursor && { cursor }) } },
          }),
        ),
      ),
    staleTime: 600_000,
  });
}

export function useWeekWindows(uai: string, monday: string) {
  return useQuery({
    queryKey: ['windows', uai, monday],
    queryFn: () =>
      allOf((cursor) =>
        answerOf(
          api.GET('/v1/establishments/{uai}/windows', {
            params: {
              path: { uai },
              query: { ...LIST, from: monday, to: addDays(monday, 6), ...(cursor && { cursor }) },
            },
          }),
        ),
      ),
    placeholderData: keepPreviousData,
  });
}

/** Load of the platform through the week, as a share of what the plan may use, by civil date and step of five minutes. */
export function useWeekLoad(plan: Plan | undefined, monday: string) {
  return useQuery({
    queryKey: ['load', plan?.id, monday],
    enabled: plan !== undefined,
    queryFn: async () => {
      const query = { from: monday, to: addDays(monday, 6), stepMinutes: 15 as const };
      const curve = await answerOf(api.GET('/v1/plans/{id}/load', { params: { path: { id: plan!.id }, query } }));
      const ratio = (figures: Schema<'LoadFiguresDto'>, step: number): number => {
        const limit = figures.limit?.[step] ?? 0;
        return limit > 0 ? (figures.planned[step] ?? 0) / limit : 0;
      };
      const startsAt = new Date(curve.startsAt).getTime();
      return Array.from({ length: curve.stepCount }, (_, step) => ({
        at: startsAt + step * curve.stepMinutes * 60_000,
        ratio: Math.max(ratio(curve.sessions, step), ratio(curve.logins, step)),
      }));
    },
  });
}

export function useProposal(campaignId: number | undefined, uai: string) {
  return useQuery({
    queryKey: ['proposal', campaignId, uai],
    enabled: campaignId !== undefined,
    queryFn: async () => {
      try {
        return await answerOf(
          api.GET('/v1/campaigns/{id}/establishments/{uai}/proposal', { params: { path: { id: campaignId!, uai } } }),
        );
      } catch (error) {
        if (error instanceof Problem && error.status === 404) return null;
        throw error;
      }
    },
  });
}

/** What waits for the head: swaps that others propose, offers of the waiting list, windows that moved without him. */
export function useToDo(uai: string, isAsked: boolean) {
  const path = { uai };
  return useQuery({
    queryKey: ['to-do', uai],
    enabled: isAsked,
    queryFn: async () => {
      // those that ended are many after a while, and would push the others off the page
      const listed = (state: 'waiting' | 'offered') =>
        answerOf(api.GET('/v1/establishments/{uai}/waiting-list', { params: { path, query: { state, limit: 100 } } }));
      const [swaps, offered, waiting, notices] = await Promise.all([
        answerOf(
          api.GET('/v1/establishments/{uai}/swaps', { params: { path, query: { state: 'proposed', limit: 100 } } }),
        ),
        listed('offered'),
        listed('waiting'),
        // all of them: "seen" is said of every one
        allOf(async (after) => {
          const query = { unacknowledged: 'true', ofOthers: 'true', limit: 100, ...(after && { after }) } as const;
          const page = await answerOf(api.GET('/v1/establishments/{uai}/notices', { params: { path, query } }));
          return { items: page.items, nextCursor: page.hasMore ? page.nextAfter : null };
        }),
      ]);
      return {
        swaps: swaps.items,
        waiting: [...offered.items, ...waiting.items],
        notices,
      };
    },
    refetchInterval: 60_000,
  });
}

/** The protection steps at work on a platform. */
export function useStepsInForce(platformId: number) {
  return useQuery({
    queryKey: ['protection', platformId],
    queryFn: async () =>
      (await answerOf(api.GET('/v1/platforms/{id}/protection', { params: { path: { id: platformId } } }))).steps,
    refetchInterval: 60_000,
  });
}

/** Who is to have a window: a class, or an audience of the establishment. */
export type WindowOwner = { classId: number } | { uai: string; audience: OwnAudience };
export type OwnAudience = 'relatives' | 'staff';

const ownerOf = ({ uai, classId, audience }: Window): WindowOwner =>
  classId === null ? { uai, audience: audience as OwnAudience } : { classId };

type AskedDay = WindowOwner & { date: string; windowId?: number };

/** The day of a window, with its own place as free. */
export const dayOf = (window: Window): AskedDay => ({ ...ownerOf(window), date: window.date, windowId: window.id });

/** Every possible start of a window's day, or of a day for a new one. */
export function readAvailability(asked: AskedDay) {
  const { date, windowId } = asked;
  const query = { date, ...(windowId !== undefined && { windowId }) };
  return 'classId' in asked
    ? answerOf(api.GET('/v1/classes/{id}/availability', { params: { path: { id: asked.classId }, query } }))
    : answerOf(
        api.GET('/v1/establishments/{uai}/availability', {
          params: { path: { uai: asked.uai }, query: { ...query, audience: asked.audience } },
        }),
      );
}

export function useAvailability(asked: AskedDay | undefined) {
  return useQuery({
    queryKey: ['availability', asked],
    enabled: asked !== undefined,
    staleTime: 0,
    queryFn: () => readAvailability(asked!),
  });
}

/** The later dates of a window's series, to the end of its campaign; none for a window of no series. */
export function useLaterDates({ uai, classId, seriesId, date }: Window, lastDate: string) {
  return useQuery({
    queryKey: ['windows', uai, 'series', seriesId, date, lastDate],
    enabled: seriesId !== null && date < lastDate,
    queryFn: async () => {
      const windows = await allOf((cursor) => {
        const query = { ...LIST, from: addDays(date, 1), to: lastDate, ...(cursor && { cursor }) };
        return answerOf(
          classId === null
            ? api.GET('/v1/establishments/{uai}/windows', { params: { path: { uai }, query } })
            : api.GET('/v1/classes/{id}/windows', { params: { path: { id: classId }, query } }),
        );
      });
      return [...new Set(windows.filter((one) => one.seriesId === seriesId).map((one) => one.date))];
    },
  });
}

export function useExplanation(window: Window | undefined) {
  return useQuery({
    queryKey: ['explanation', window?.planId, window?.id, window?.revision],
    // the same window's, while it is read again after a move
    placeholderData: keepPreviousData,
    enabled: window !== undefined,
    queryFn: () =>
      answerOf(
        api.GET('/v1/plans/{planId}/windows/{windowId}/explanation', {
          params: { path: { planId: window!.planId, windowId: window!.id } },
        }),
      ),
    retry: false,
  });
}

/** Makes all that changes with a booking be read again; over when it has been. */
export function useRefreshWeek(uai: string): () => Promise<unknown> {
  const queries = useQueryClient();
  return useCallback(
    () =>
      Promise.all(
        [['windows', uai], ['to-do', uai], ['availability'], ['load'], ['proposal']].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      ),
    [queries, uai],
  );
}

/** The Monday to show first: of the campaign's first week, or of this week once it runs. */
export function firstMonday(campaign: { startsOn: string; endsOn: string } | undefined, timeZone: string): string {
  const today = civilDateOf(new Date(), timeZone);
  if (!campaign) return mondayOf(today);
  if (today < campaign.startsOn) return mondayOf(campaign.startsOn);
  return mondayOf(today > campaign.endsOn ? campaign.endsOn : today);
}
