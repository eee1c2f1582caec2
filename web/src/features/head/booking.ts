import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, newIdempotencyKey, Problem, type Schema } from '../../shared/api';
import { civilDateOf, formatInstant, formatTime } from '../../shared/format';
import { sayDone, sayRefused } from '../../shared/undo';
import { useRefreshWeek, type Window, type WindowOwner } from './data';

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

/** For which dates a change is: one, or the later ones of the series too but for those that stay. */
export interface Scope {
  isSeries: boolean;
  exceptDates: string[];
}

export const THIS_DATE: Scope = { isSeries: false, exceptDates: [] };

type Wanted = Schema<'BookingRequest'> & { operation: 'move' | 'add'; startsAt: string };

/** What a booking is about, as it is told: the window, or who is to have a new one. */
interface Subject {
  name: string;
  timeZone: string;
  window?: Window;
}

/** A start that was refused: for whom, what was wanted, what stands in the way, and what to do instead. */
export interface Refusal extends Subject {
  wanted: Wanted;
  /** Why, as the API refused it. */
  error: Problem;
  /** Of a series the dates on which the platform is full, the first ones where there are many. */
  fullDates: string[];
  alternatives: Alternative[];
  partners: Partner[];
}

/** Moving, adding, releasing and taking back, each told as it is done; a refusal is kept to be shown with its ways out. */
export function useBooking(uai: string, onAdded: (date: string) => void) {
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
    mutationFn: ({ subject, body }: { subject: Subject; body: Schema<'BookingRequest'>; what: string }) => {
      const revision = subject.window && { 'if-match': `"${subject.window.revision ?? 0}"` };
      return answerOf(
        api.POST('/v1/bookings', {
          params: { header: { 'idempotency-key': newIdempotencyKey(), ...revision } },
          body,
        }),
      );
    },
    onSuccess: (booking, { subject, body, what }) => {
      setRefusal(undefined);
      tellDone(what, booking);
      if (body.operation === 'add') onAdded(civilDateOf(body.startsAt!, subject.timeZone));
    },
    onError: (error, { subject, body }) => {
      const refused = refusalOf(error, subject, body);
      if (refused) setRefusal(refused);
      else sayRefused(error);
    },
    onSettled: refresh,
  });
  const subjectOf = (window: Window): Subject => ({
    name: window.classCode ?? t(`audience.${window.audience}`),
    timeZone: window.timeZone,
    window,
  });
  const place = (subject: Subject, body: Wanted) => {
    const { name, timeZone } = subject;
    const what =
      body.operation === 'add'
        ? t('done.added', { class: name, at: formatInstant(body.startsAt, timeZone) })
        : t('done.moved', { class: name, time: formatTime(body.startsAt, timeZone) });
    return book.mutateAsync({ subject, body, what });
  };

  return {
    refusal,
    forgetRefusal: () => setRefusal(undefined),
    isBusy: book.isPending || undo.isPending,
    tellDone,
    move: (window: Window, startsAt: string, scope: Scope) =>
      place(subjectOf(window), { operation: 'move', windowId: window.id, startsAt, ...scopeOf(window, scope) }),
    add: (subject: Subject, owner: WindowOwner, startsAt: string, scope: Scope, reason: string) =>
      place(subject, { operation: 'add', ...owner, startsAt, ...sent(scope), ...(reason && { reason }) }),
    /** The same as was refused, at another start or but for more dates. */
    instead: ({ name, timeZone, window, wanted }: Refusal, change: Partial<Pick<Wanted, 'startsAt' | 'exceptDates'>>) =>
      place({ name, timeZone, ...(window && { window }) }, { ...wanted, ...change }),
    swap: (window: Window, partner: Partner) =>
      book.mutateAsync({
        subject: subjectOf(window),
        what: t('done.swapped', { class: window.classCode ?? '' }),
        body: {
          operation: 'swap',
          windowId: window.id,
          withWindowId: partner.windowId,
          withRevision: partner.revision,
        },
      }),
    release: (window: Window, scope: Scope) =>
      book.mutateAsync({
        subject: subjectOf(window),
        what: t('done.released', { class: subjectOf(window).name }),
        body: { operation: 'release', windowId: window.id, ...scopeOf(window, scope) },
      }),
  };
}

/** A window of no series changes alone, whatever was chosen for one before. */
const scopeOf = ({ seriesId }: Window, scope: Scope) => sent(seriesId === null ? THIS_DATE : scope);

/** Only a series has exceptions, and the API refuses any others. */
const sent = ({ isSeries, exceptDates }: Scope) => ({
  isSeries,
  ...(isSeries && exceptDates.length > 0 && { exceptDates }),
});

function refusalOf(error: unknown, subject: Subject, body: Schema<'BookingRequest'>): Refusal | undefined {
  if (!(error instanceof Problem) || error.status !== 409 || !isPlacing(body)) return undefined;
  const {
    cells = [],
    alternatives = [],
    swapPartners = [],
  } = error.facts as {
    cells?: { at: string }[];
    alternatives?: Alternative[];
    swapPartners?: Partner[];
  };
  const fullDates = body.isSeries ? [...new Set(cells.map(({ at }) => civilDateOf(at, subject.timeZone)))] : [];
  return { ...subject, wanted: body, error, fullDates, alternatives, partners: swapPartners };
}

const isPlacing = (body: Schema<'BookingRequest'>): body is Wanted =>
  (body.operation === 'move' || body.operation === 'add') && body.startsAt !== undefined;
