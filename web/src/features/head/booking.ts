import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOnce, api, type Schema } from '../../shared/api';
import { civilDateOf, formatInstant, formatTime } from '../../shared/format';
import { sayDone, sayRefused } from '../../shared/undo';
import { useRefreshWeek, type Window, type WindowOwner } from './data';
import { isPlacing, type Partner, type Refusal, refusalOf, type Subject, swapRefusalOf, type Wanted } from './refusal';
import { whoseWindow } from './whose';

/** For which dates a change is: one, or the later ones of the series too but for those that stay. */
export interface Scope {
  isSeries: boolean;
  exceptDates: string[];
}

export const THIS_DATE: Scope = { isSeries: false, exceptDates: [] };

/** A second touch within this time is the end of a double one, and asks for nothing of its own. */
const DOUBLE_TOUCH_MILLISECONDS = 500;

interface Booked {
  subject: Subject;
  body: Schema<'BookingRequest'>;
  /** What is told once it is done. */
  what: string;
  /** The move that a swap stands for. */
  wanted?: Wanted;
}

/**
 * Moving, adding, releasing and taking back, each told as it is done; a refusal is kept to be shown with its ways out. `onOtherDay` hears
 * where a window stands that is new, or was on another day.
 */
export function useBooking(uai: string, onOtherDay: (date: string) => void) {
  const { t } = useTranslation('head');
  const refresh = useRefreshWeek(uai);
  const [refusal, setRefusal] = useState<Refusal>();
  /** What may be taken back for as long as the page stands. */
  const [last, setLast] = useState<string>();
  /** Until the starts are those of now: another one stands where the chosen one stood, and a double touch would take it. */
  const settle = () =>
    Promise.all([refresh(), new Promise((resolve) => setTimeout(resolve, DOUBLE_TOUCH_MILLISECONDS))]);

  const undo = useMutation({
    mutationFn: (id: string) =>
      answerOnce((key) =>
        api.POST('/v1/bookings/{id}/undo', {
          params: { path: { id }, header: { 'idempotency-key': key } },
        }),
      ),
    onSuccess: () => sayDone(t('done.undone')),
    onError: sayRefused,
    onSettled: (_done, _error, id) => {
      setLast((one) => (one === id ? undefined : one));
      return settle();
    },
  });
  /** Keeps what was refused to be shown with its ways out, and says in a line what has none. */
  const tellRefused = (error: unknown, refused: Refusal | undefined): void =>
    refused ? setRefusal(refused) : sayRefused(error);
  const tellDone = (what: string, { id }: Schema<'BookingDto'>): void => {
    setLast(id);
    sayDone(what, { label: t('undo'), run: () => undo.mutate(id) });
  };

  const book = useMutation({
    mutationFn: ({ subject, body }: Booked) => {
      const revision = subject.window && { 'if-match': `"${subject.window.revision ?? 0}"` };
      return answerOnce((key) =>
        api.POST('/v1/bookings', {
          params: { header: { 'idempotency-key': key, ...revision } },
          body,
        }),
      );
    },
    onSuccess: (booking, { subject, body, what }) => {
      setRefusal(undefined);
      tellDone(what, booking);
      if (isPlacing(body) && !staysOnItsDay(subject, body)) onOtherDay(civilDateOf(body.startsAt, subject.timeZone));
    },
    onError: (error, { subject, body, wanted }) =>
      tellRefused(
        error,
        isPlacing(body) ? refusalOf(error, subject, body) : wanted && swapRefusalOf(error, subject, wanted),
      ),
    onSettled: settle,
  });
  const subjectOf = (window: Window): Subject => ({
    whose: whoseWindow(window, t),
    timeZone: window.timeZone,
    window,
  });
  const place = (subject: Subject, body: Wanted) => {
    const { whose, timeZone } = subject;
    const what = staysOnItsDay(subject, body)
      ? t('done.moved', { whose, time: formatTime(body.startsAt, timeZone) })
      : t(body.operation === 'add' ? 'done.added' : 'done.movedTo', {
          whose,
          at: formatInstant(body.startsAt, timeZone),
        });
    return book.mutateAsync({ subject, body, what });
  };

  return {
    refusal,
    forgetRefusal: () => setRefusal(undefined),
    isBusy: book.isPending || undo.isPending,
    /** Takes the last change back, where there is one. */
    undoLast: last === undefined ? undefined : () => undo.mutate(last),
    tellDone,
    tellRefused,
    move: (window: Window, startsAt: string, scope: Scope) =>
      place(subjectOf(window), { operation: 'move', windowId: window.id, startsAt, ...scopeOf(window, scope) }),
    add: (subject: Subject, owner: WindowOwner, startsAt: string, scope: Scope, reason: string) =>
      place(subject, { operation: 'add', ...owner, startsAt, ...sent(scope), ...(reason && { reason }) }),
    /** Another request for what was refused. */
    instead: ({ whose, timeZone, window }: Refusal, wanted: Wanted) =>
      place({ whose, timeZone, ...(window && { window }) }, wanted),
    /** Instead of the `wanted` move. */
    swap: (window: Window, partner: Partner, wanted: Wanted) =>
      book.mutateAsync({
        subject: subjectOf(window),
        wanted,
        what: t('done.swapped', { whose: whoseWindow(window, t) }),
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
        what: t('done.released', { whose: whoseWindow(window, t) }),
        body: { operation: 'release', windowId: window.id, ...scopeOf(window, scope) },
      }),
  };
}

const staysOnItsDay = ({ window, timeZone }: Subject, { startsAt }: Wanted): boolean =>
  window?.date === civilDateOf(startsAt, timeZone);

/** A window of no series changes alone, whatever was chosen for one before. */
const scopeOf = ({ seriesId }: Window, scope: Scope) => sent(seriesId === null ? THIS_DATE : scope);

/** Only a series has exceptions, and the API refuses any others. */
const sent = ({ isSeries, exceptDates }: Scope) => ({
  isSeries,
  ...(isSeries && exceptDates.length > 0 && { exceptDates }),
});
