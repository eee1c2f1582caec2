import { Button, Group } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOnce, api } from '../../shared/api';
import { civilDateOf, formatInstant, formatMinutes, formatTime } from '../../shared/format';
import { sayDone } from '../../shared/undo';
import type { useBooking } from './booking';
import { useRefreshWeek, type Window } from './data';
import { type Partner, type Refusal, swapRefusalOf, wantedAt, wantedWithout } from './refusal';

interface WaysOutProps {
  uai: string;
  refusal: Refusal;
  booking: ReturnType<typeof useBooking>;
  /** A way was gone: it led to what was wanted, or to another refusal. */
  onEnd: (isDone: boolean) => void;
}

/** What to do instead of what was refused, a button for each: other starts, a series without its full dates, somebody to swap with. */
export function WaysOut({ uai, refusal, booking, onEnd }: WaysOutProps) {
  const { t } = useTranslation('head');
  const refresh = useRefreshWeek(uai);
  const { window, timeZone: zone, wanted, fullDates, alternatives, partners } = refusal;
  const propose = useMutation({
    mutationFn: ({ window, partner }: { window: Window; partner: Partner }) =>
      answerOnce((key) =>
        api.POST('/v1/swaps', {
          params: { header: { 'idempotency-key': key, 'if-match': `"${window.revision ?? 0}"` } },
          body: { windowId: window.id, withWindowId: partner.windowId, withRevision: partner.revision },
        }),
      ),
    onSuccess: ({ expiresAt }) => sayDone(t('refusal.proposed', { until: formatInstant(expiresAt, zone) })),
    onError: (error) => booking.tellRefused(error, swapRefusalOf(error, refusal, wanted)),
    onSettled: refresh,
  });
  // a second touch would ask for the same of what has moved meanwhile
  const isBusy = booking.isBusy || propose.isPending;
  const go = (way: Promise<unknown>): void =>
    void way.then(
      () => onEnd(true),
      () => onEnd(false),
    );
  // of one's own school the class alone says with whom
  const withWhom = ({ uai: other, establishmentName, classCode }: Partner): string => {
    if (classCode === null) return establishmentName;
    return other === uai ? classCode : `${establishmentName} (${classCode})`;
  };
  return (
    <Group gap="xs" className="ways-out">
      {alternatives.map((one) => (
        <Button
          key={one.startsAt}
          disabled={isBusy}
          onClick={() => go(booking.instead(refusal, wantedAt(wanted, one)))}
        >
          {one.daysFromWanted === 0
            ? t(one.minutesFromWanted > 0 ? 'refusal.later' : 'refusal.earlier', {
                time: formatTime(one.startsAt, zone),
                minutes: formatMinutes(one.minutesFromWanted),
              })
            : formatInstant(one.startsAt, zone)}
        </Button>
      ))}
      {fullDates.length > 0 && !fullDates.includes(civilDateOf(wanted.startsAt, zone)) && (
        <Button disabled={isBusy} onClick={() => go(booking.instead(refusal, wantedWithout(wanted, fullDates)))}>
          {t(fullDates.length === 1 ? 'refusal.withoutDate' : 'refusal.withoutDates')}
        </Button>
      )}
      {window &&
        partners.map((partner) => (
          <Button
            key={partner.windowId}
            variant="default"
            disabled={isBusy}
            onClick={() =>
              go(partner.isOwn ? booking.swap(window, partner, wanted) : propose.mutateAsync({ window, partner }))
            }
          >
            {t(partner.isOwn ? 'refusal.swapOwn' : 'refusal.swap', { with: withWhom(partner) })}
          </Button>
        ))}
    </Group>
  );
}
