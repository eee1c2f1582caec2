import { Button, Group, Paper, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, answerOnce, api } from '../../shared/api';
import { civilDateOf, formatInstant, formatMinutes, formatTime, mondayOf } from '../../shared/format';
import { sayDone, sayRefused } from '../../shared/undo';
import type { useBooking } from './booking';
import { useClasses, useWeekWindows, type WaitingEntry } from './data';
import { whoseWindow } from './whose';

// opened by the few who need it
const PromoteEntry = lazy(() => import('./promote-entry'));

interface WaitingCardProps {
  uai: string;
  entry: WaitingEntry;
  timeZone: string;
  booking: ReturnType<typeof useBooking>;
  onDone: () => Promise<unknown>;
}

/** A wish that waits for a place, or the place that is kept for it: whose, when, and what can be done. */
export default function WaitingCard({ uai, entry, timeZone, booking, onDone }: WaitingCardProps) {
  const { t } = useTranslation('head');
  const [isGiving, setGiving] = useState(false);
  const take = useMutation({
    mutationFn: () =>
      answerOnce((key) =>
        api.POST('/v1/holds/{id}/confirm', {
          params: { path: { id: entry.holdId! }, header: { 'idempotency-key': key } },
        }),
      ),
    onSuccess: () => sayDone(t('waiting.taken')),
    onError: sayRefused,
    onSettled: onDone,
  });
  const leave = useMutation({
    mutationFn: () => answerOf(api.DELETE('/v1/waiting-list/{id}', { params: { path: { id: entry.id } } })),
    onError: sayRefused,
    onSettled: onDone,
  });
  const isBusy = take.isPending || leave.isPending;
  const classes = useClasses(uai);
  const windows = useWeekWindows(uai, mondayOf(civilDateOf(entry.startsAt, timeZone)));
  const own = windows.data?.find(({ id }) => id === entry.windowId);
  const code = classes.data?.find(({ id }) => id === entry.classId)?.code ?? null;
  // the window that waits may stand in another week: nothing more is known of it then
  const whose = whoseWindow(own ?? { classCode: code, audience: entry.audience ?? 'pupils' }, t);
  const isOffer = entry.state === 'offered' && entry.holdId !== null;
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" gap="xs">
        <Text>
          {isOffer
            ? t('waiting.offer', {
                whose,
                at: formatInstant(entry.offeredStartsAt ?? entry.startsAt, timeZone),
                until: formatTime(entry.offerExpiresAt ?? entry.waitsUntil, timeZone),
              })
            : t('waiting.waits', {
                whose,
                at: formatInstant(entry.startsAt, timeZone),
                position: entry.position ?? 1,
              })}
          {!isOffer &&
            entry.offerEndedAt &&
            ` ${t('waiting.offerEnded', { at: formatInstant(entry.offerEndedAt, timeZone) })}`}
          {!isOffer && entry.takesAutomatically && ` ${t('waiting.takes')}`}
          {!isOffer &&
            entry.improvementMinutes !== null &&
            ` ${t('waiting.improves', { minutes: formatMinutes(entry.improvementMinutes) })}`}
        </Text>
        <Group gap="xs">
          {isOffer && (
            <Button loading={take.isPending} disabled={isBusy} onClick={() => take.mutate()}>
              {t('waiting.take')}
            </Button>
          )}
          {!isOffer && (
            <Button variant="default" onClick={() => setGiving(true)}>
              {t('promote.open')}
            </Button>
          )}
          <Button variant="default" loading={leave.isPending} disabled={isBusy} onClick={() => leave.mutate()}>
            {t(isOffer ? 'waiting.decline' : 'waiting.leave')}
          </Button>
        </Group>
      </Group>
      {isGiving && (
        <Suspense>
          <PromoteEntry
            uai={uai}
            entry={entry}
            whose={whose}
            windows={windows}
            timeZone={timeZone}
            booking={booking}
            onClose={() => setGiving(false)}
          />
        </Suspense>
      )}
    </Paper>
  );
}
