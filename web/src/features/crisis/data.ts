import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answerOf, api, type Schema } from '../../shared/api';
import { addDays } from '../../shared/format';
import { instantOfCivil } from '../../shared/civil-instant';
import { useCampaigns } from '../../shared/plans';
import { sayRefused } from '../../shared/undo';
import type { Decides } from './decides';

export type Platform = Schema<'PlatformDto'>;
export type Rung = Schema<'RungViewDto'>;
export type Ladder = Schema<'LadderDto'>;
export type Step = Schema<'ProtectionStepDto'>;
export type Advice = Schema<'ProtectionProposalDto'>;
export type MeasuredDay = Schema<'MeasuredDayDto'>;
export type CapacityCurve = Schema<'CapacityCurveDto'>;

export type PostMortem = Schema<'PostMortemDto'>;
export type WrittenWords = Schema<'PostMortemWordsDto'>;

/** In a bad morning a screen is as old as this, at most. */
const LOOK_AGAIN_MILLISECONDS = 5_000;
/** The curves of the whole day move a point in five minutes. */
const LOOK_AGAIN_AT_DAY_MILLISECONDS = 30_000;

/** What was measured lately, and what the service proposes because of it. */
export function useAdvice(platformId: number) {
  return useQuery({
    queryKey: ['crisis', 'advice', platformId],
    refetchInterval: LOOK_AGAIN_MILLISECONDS,
    queryFn: () =>
      answerOf(api.GET('/v1/platforms/{id}/protection-proposal', { params: { path: { id: platformId } } })),
  });
}

export function useSteps(platformId: number) {
  return useQuery({
    queryKey: ['crisis', 'steps', platformId],
    refetchInterval: LOOK_AGAIN_MILLISECONDS,
    queryFn: async () =>
      (
        await answerOf(
          api.GET('/v1/platforms/{id}/protection-steps', {
            params: { path: { id: platformId }, query: { limit: 50 } },
          }),
        )
      ).items,
  });
}

export function useLadder(platformId: number) {
  return useQuery({
    queryKey: ['crisis', 'ladder', platformId],
    refetchInterval: LOOK_AGAIN_MILLISECONDS,
    queryFn: () => answerOf(api.GET('/v1/platforms/{id}/protection-ladder', { params: { path: { id: platformId } } })),
  });
}

/** What the gateways do, and the features of the ENT that may be switched off. */
export function useGatewaySettings(platformId: number) {
  return useQuery({
    queryKey: ['crisis', 'gateways', platformId],
    refetchInterval: LOOK_AGAIN_MILLISECONDS,
    queryFn: () => answerOf(api.GET('/v1/platforms/{id}/gateway-settings', { params: { path: { id: platformId } } })),
  });
}

export function useMeasuredDay(platformId: number, date: string) {
  return useQuery({
    queryKey: ['crisis', 'measured', platformId, date],
    refetchInterval: LOOK_AGAIN_AT_DAY_MILLISECONDS,
    queryFn: () =>
      answerOf(api.GET('/v1/platforms/{id}/measurements', { params: { path: { id: platformId }, query: { date } } })),
  });
}

/** What the platform bears on a day, five minutes a point. */
export function useCapacityOf(platform: Platform, date: string) {
  return useQuery({
    queryKey: ['crisis', 'capacity', platform.id, date],
    refetchInterval: LOOK_AGAIN_AT_DAY_MILLISECONDS,
    queryFn: () =>
      answerOf(
        api.GET('/v1/platforms/{id}/capacity', {
          params: {
            path: { id: platform.id },
            query: {
              from: instantOfCivil(`${date}T00:00`, platform.timeZone),
              to: instantOfCivil(`${addDays(date, 1)}T00:00`, platform.timeZone),
              stepMinutes: 5,
            },
          },
        }),
      ),
  });
}

/** What the published plans lay on the platform on a day; null where none covers it. */
export function usePlannedOf(planId: number | undefined, date: string) {
  return useQuery({
    queryKey: ['crisis', 'planned', planId, date],
    refetchInterval: LOOK_AGAIN_AT_DAY_MILLISECONDS,
    enabled: planId !== undefined,
    queryFn: () =>
      answerOf(api.GET('/v1/plans/{id}/load', { params: { path: { id: planId! }, query: { date, stepMinutes: 5 } } })),
  });
}

/** Plans of the platform's campaigns that cover a day, the newest first: what a morning may be replayed with. */
export function usePlansOf(platformId: number, date: string) {
  const campaigns = useCampaigns(platformId);
  const its = (campaigns.data ?? []).filter(({ startsOn, endsOn }) => startsOn <= date && date <= endsOn);
  return useQuery({
    queryKey: ['crisis', 'plans', its.map(({ id }) => id)],
    enabled: its.length > 0,
    queryFn: async () => {
      const pages = await Promise.all(
        its.map(({ id }) => answerOf(api.GET('/v1/plans', { params: { query: { campaign: id, limit: 50 } } }))),
      );
      return pages.flatMap(({ items }) => items).toSorted((a, b) => b.id - a.id);
    },
  });
}

/** What was kept of bad mornings, the newest first. */
export function usePostMortems(platformId: number) {
  return useQuery({
    queryKey: ['crisis', 'post-mortems', platformId],
    queryFn: async () =>
      (
        await answerOf(
          api.GET('/v1/platforms/{id}/post-mortems', { params: { path: { id: platformId }, query: { limit: 50 } } }),
        )
      ).items,
  });
}

/** One of them, as it is now: somebody else may have written meanwhile. */
export function usePostMortem(platformId: number, postMortemId: number, isNeeded: boolean) {
  return useQuery({
    queryKey: ['crisis', 'post-mortem', platformId, postMortemId],
    enabled: isNeeded,
    queryFn: () =>
      answerOf(
        api.GET('/v1/platforms/{id}/post-mortems/{postMortemId}', {
          params: { path: { id: platformId, postMortemId } },
        }),
      ),
  });
}

/** A simulation, as it goes on; undefined where there is none. */
export function useSimulation(id: number | null) {
  return useQuery({
    queryKey: ['crisis', 'simulation', id],
    enabled: id !== null,
    refetchInterval: ({ state: { data } }) => (isUnderWay(data?.state) ? 1_000 : false),
    queryFn: () => answerOf(api.GET('/v1/simulations/{id}', { params: { path: { id: id! } } })),
  });
}

export const isUnderWay = (state: string | undefined): boolean => state === 'queued' || state === 'running';

/** The acts of a bad morning; each refreshes what is seen, and says why it was refused. */
export function useActs(platformId: number) {
  const queries = useQueryClient();
  const path = { id: platformId };
  const act = useMutation({
    mutationFn: ({ what }: { what: () => Promise<unknown>; isSaidThere: boolean }) => what(),
    onError: (error, { isSaidThere }) => {
      if (!isSaidThere) sayRefused(error);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['crisis'] }),
  });
  /** @param isSaidThere whether a form says itself, beside its fields, why it was refused */
  const run = <T>(what: () => Promise<T>, isSaidThere = false): Promise<T> =>
    act.mutateAsync({ what, isSaidThere }) as Promise<T>;
  return {
    isBusy: act.isPending,
    tryStep: (body: Schema<'StepTrialRequestDto'>) =>
      run(() => answerOf(api.POST('/v1/platforms/{id}/protection-steps/simulation', { params: { path }, body }))),
    enforce: (body: Schema<'StepRequestDto'>) =>
      run(() => answerOf(api.POST('/v1/platforms/{id}/protection-steps', { params: { path }, body }))),
    approve: (stepId: number) =>
      run(() =>
        answerOf(
          api.POST('/v1/platforms/{id}/protection-steps/{stepId}/approval', { params: { path: { ...path, stepId } } }),
        ),
      ),
    undo: (stepId: number, reason: string) =>
      run(() =>
        answerOf(
          api.POST('/v1/platforms/{id}/protection-steps/{stepId}/undo', {
            params: { path: { ...path, stepId } },
            body: { reason },
          }),
        ),
      ),
    approveCapacity: ({ kind, about }: Schema<'CapacityNoticeDto'>, reason: string) =>
      run(() =>
        answerOf(
          api.POST('/v1/platforms/{id}/capacity-notice/approval', { params: { path }, body: { kind, about, reason } }),
        ),
      ),
    /** Replaces the ladder that was read, whose `changedAt` tells it. */
    setLadder: (body: Schema<'LadderRequestDto'>, isSaidThere = false) =>
      run(() => answerOf(api.PUT('/v1/platforms/{id}/protection-ladder', { params: { path }, body })), isSaidThere),
    approveLadder: (changedAt: string) =>
      run(() =>
        answerOf(api.POST('/v1/platforms/{id}/protection-ladder/approval', { params: { path }, body: { changedAt } })),
      ),
    lookBack: (body: Schema<'PostMortemRequestDto'>) =>
      run(() => answerOf(api.POST('/v1/platforms/{id}/post-mortems', { params: { path }, body }))),
    writePostMortem: (postMortemId: number, body: WrittenWords) =>
      run(() =>
        answerOf(
          api.PUT('/v1/platforms/{id}/post-mortems/{postMortemId}', {
            params: { path: { ...path, postMortemId } },
            body,
          }),
        ),
      ),
    simulate: (startsAt: string) =>
      run(() =>
        answerOf(api.POST('/v1/platforms/{id}/protection-ladder/simulation', { params: { path }, body: { startsAt } })),
      ),
  };
}

/** What the reader's role allows here. */
export interface May {
  /** Put steps in force and take them back. */
  act: boolean;
  /** Set the ladder. */
  agree: boolean;
  /** Of those who act: for whom. */
  decides: Decides;
  /** Be the second person for what somebody set or proposed. */
  seconds: (first: string | null) => boolean;
}

export type Acts = ReturnType<typeof useActs>;
