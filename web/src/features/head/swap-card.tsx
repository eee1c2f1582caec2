import { Button, Group, Paper, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, answerOnce, api, type Schema } from '../../shared/api';
import { formatDay, formatInstant, formatRange, mondayOf } from '../../shared/format';
import { sayDone, sayRefused } from '../../shared/undo';
import { useEstablishment, useWeekWindows } from './data';
import { whoseWindow } from './whose';

interface SwapCardProps {
  uai: string;
  swap: Schema<'SwapDto'>;
  timeZone: string;
  onDone: () => Promise<unknown>;
}

/** A swap that waits for an answer: which class would leave which hours for those of which class, with whom, until when. */
export default function SwapCard({ uai, swap, timeZone, onDone }: SwapCardProps) {
  const { t } = useTranslation('head');
  const path = { id: swap.id };
  const settle = useMutation({
    mutationFn: async (what: 'accept' | 'decline' | 'withdraw'): Promise<unknown> =>
      what === 'accept'
        ? answerOnce((key) =>
            api.POST('/v1/swaps/{id}/accept', { params: { path, header: { 'idempotency-key': key } } }),
          )
        : what === 'decline'
          ? answerOf(api.POST('/v1/swaps/{id}/decline', { params: { path } }))
          : answerOf(api.POST('/v1/swaps/{id}/withdraw', { params: { path } })),
    onSuccess: (_, what) => sayDone(t(`swap.done.${what}`)),
    onError: sayRefused,
    onSettled: onDone,
  });
  const isOurs = swap.uai === uai;
  const otherUai = isOurs ? swap.withUai : swap.uai;
  const [own, other] = isOurs ? [swap.windowId, swap.withWindowId] : [swap.withWindowId, swap.windowId];
  const { before, after } = swap.changes.find(({ windowId }) => windowId === own) ?? {};
  const school = useEstablishment(otherUai);
  const ours = useWhose(uai, own, before);
  const theirs = useWhose(otherUai, other, after);
  const place = (at: Place): string =>
    at ? `${formatDay(at.date)}, ${formatRange(at.startsAt, at.endsAt, timeZone)}` : '';
  const moreCount = swap.changes.length / 2 - 1;
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" gap="xs">
        <Text>
          {t(isOurs ? 'swap.ours' : 'swap.theirs', {
            school: school.data?.name ?? otherUai,
            ours,
            theirs,
            from: place(before),
            to: place(after),
            until: formatInstant(swap.expiresAt, timeZone),
          })}
          {moreCount > 0 && ` ${t('swap.more', { count: moreCount })}`}
        </Text>
        <Group gap="xs">
          {isOurs ? (
            <Button variant="default" loading={settle.isPending} onClick={() => settle.mutate('withdraw')}>
              {t('swap.withdraw')}
            </Button>
          ) : (
            <>
              <Button disabled={settle.isPending} onClick={() => settle.mutate('accept')}>
                {t('swap.accept')}
              </Button>
              <Button variant="default" disabled={settle.isPending} onClick={() => settle.mutate('decline')}>
                {t('swap.decline')}
              </Button>
            </>
          )}
        </Group>
      </Group>
    </Paper>
  );
}

type Place = Schema<'WindowPlaceDto'> | null | undefined;

/** Whose the window is, as its establishment shows it to everybody on the day where it stands. */
function useWhose(uai: string, windowId: number, place: Place): string {
  const { t } = useTranslation('head');
  const windows = useWeekWindows(uai, mondayOf(place?.date ?? '1970-01-01'));
  const window = windows.data?.find(({ id }) => id === windowId);
  return window ? whoseWindow(window, t) : '…';
}
