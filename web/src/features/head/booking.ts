import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, newIdempotencyKey, Problem, type Schema } from '../../shared/api';
import { formatTime } from '../../shared/format';
import { sayDone, sayRefused } from '../../shared/undo';
import { useRefreshWeek, type Window } from './data';

export interface Alternative {
  startsAt: string;
  verdict: 'free' | 'tight';
  minutesFromWanted: number;
  daysFromWanted: number;
}

export interface Partner {
  windowId: number;
  revision: number;
  uai: string;
  startsAt: string;
  isOwn: boolean;
}

/** A move that was refused: what was wanted, what stands in the way, and what to do instead. */
export interface Refusal {
  window: Window;
  startsAt: string;
  isSeries: boolean;
  /** Why, as the API refused it. */
  error: Problem;
  cells: { at: string }[];
  alternatives: Alternative[];
  partners: Partner[];
}

/** Moving, releasing and taking back, each told as it is done; a refusal is kept to be shown with its ways out. */
export function useBooking(uai: string) {
  const { t } = useTranslation('head');
  const refresh = useRefreshWeek(uai);
  const [refusal, setRefusal] = useState<Refusal>();

  const undo = useMutation({
    mutationFn: (id: string) =>
      answerOf(
        api.POST('/v1/bookings/{id}/undo', {
          params: { path: { id }, header: { 'idempotency-key': newIdempotencyKey() } },
        }),
      ),
    onSuccess: () => sayDone(t('done.undone')),
    onError: sayRefused,
    onSettled: refresh,
  });
  const tellDone = (what: string, booking: Schema<'BookingDto'>): void =>
    sayDone(what, { label: t('undo'), run: () => undo.mutate(booking.id) });

  const book = useMutation({
    mutationFn: ({ window, body }: { window: Window; body: Schema<'BookingRequest'>; what: string }) =>
      answerOf(
        api.POST('/v1/bookings', {
          params: { header: { 'idempotency-key': newIdempotencyKey(), 'if-match': `"${window.revision ?? 0}"` } },
          body,
        }),
      ),
    onSuccess: (booking, { what }) => {
      setRefusal(undefined);
      tellDone(what, booking);
    },
    onError: (error, { window, body }) => {
      const refused = refusalOf(error, window, body);
      if (refused) setRefusal(refused);
      else sayRefused(error);
    },
    onSettled: refresh,
  });

  return {
    refusal,
    forgetRefusal: () => setRefusal(undefined),
    isBusy: book.isPending || undo.isPending,
    move: (window: Window, startsAt: string, isSeries: boolean) =>
      book.mutateAsync({
        window,
        what: t('done.moved', { class: window.classCode ?? '', time: formatTime(startsAt, window.timeZone) }),
        body: { operation: 'move', windowId: window.id, startsAt, isSeries: isSeries && window.seriesId !== null },
      }),
    swap: (window: Window, partner: Partner) =>
      book.mutateAsync({
        window,
        what: t('done.swapped', { class: window.classCode ?? '' }),
        body: {
          operation: 'swap',
          windowId: window.id,
          withWindowId: partner.windowId,
          withRevision: partner.revision,
        },
      }),
    release: (window: Window, isSeries: boolean) =>
      book.mutateAsync({
        window,
        what: t('done.released', { class: window.classCode ?? '' }),
        body: { operation: 'release', windowId: window.id, isSeries: isSeries && window.seriesId !== null },
      }),
  };
}

function refusalOf(error: unknown, window: Window, body: Schema<'BookingRequest'>): Refusal | undefined {
  if (!(error instanceof Problem) || error.status !== 409 || body.startsAt === undefined) return undefined;
  const {
    cells = [],
    alternatives = [],
    swapPartners = [],
  } = error.facts as {
    cells?: Refusal['cells'];
    alternatives?: Alternative[];
    swapPartners?: Partner[];
  };
  return {
    window,
    startsAt: body.startsAt,
    isSeries: body.isSeries ?? false,
    error,
    cells,
    alternatives,
    partners: swapPartners,
  };
}
