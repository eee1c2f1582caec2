import { Alert, Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOnce, api } from '../../shared/api';
import { useFocusBack } from '../../shared/focus';
import { formatMinutes, formatShortDay, formatTime } from '../../shared/format';
import { sentenceOf } from '../../shared/problem-sentence';
import { sayDone, sayRefused } from '../../shared/undo';
import type { useBooking } from './booking';
import { useRefreshWeek } from './data';
import type { Refusal } from './refusal';
import { WaysOut } from './ways-out';

/** What a start must be nearer to the wanted one to do as well. */
const IMPROVEMENT_MINUTES = 30;

interface RefusalNoticeProps {
  uai: string;
  refusal: Refusal;
  booking: ReturnType<typeof useBooking>;
  onClose: () => void;
}

/** What is full, in one line, and what to do instead: three other hours, somebody to swap with, or being told. */
export default function RefusalNotice({ uai, refusal, booking, onClose }: RefusalNoticeProps) {
  const { t } = useTranslation('head');
  const { t: common } = useTranslation();
  const refresh = useRefreshWeek(uai);
  const { window, whose, timeZone: zone, wanted, fullDates } = refusal;
  const { startsAt } = wanted;
  const [takesAutomatically, setTakes] = useState(false);
  const [isBetterEnough, setBetterEnough] = useState(false);
  const wait = useMutation({
    mutationFn: () =>
      answerOnce((key) =>
        api.POST('/v1/waiting-list', {
          params: { header: { 'idempotency-key': key } },
          body: {
            ...wanted,
            takesAutomatically,
            ...(isBetterEnough && canImprove && { improvementMinutes: IMPROVEMENT_MINUTES }),
          },
        }),
      ),
    onSuccess: ({ position }) => {
      onClose();
      sayDone(t(takesAutomatically ? 'refusal.waitsToTake' : 'refusal.waits', { position: position ?? 1 }));
    },
    onError: sayRefused,
    onSettled: refresh,
  });
  const notice = useRef<HTMLDivElement>(null);
  useFocusBack();
  // who was far down the week must see it, and whoever has no pointer be at its buttons; what it returns is no clean-up: of a newer browser a promise
  useEffect(() => {
    notice.current?.scrollIntoView({ block: 'nearest' });
    notice.current?.focus({ preventScroll: true });
  }, [refusal]);
  const why = sentenceOf(refusal.error);
  // where the wanted hour itself is nearer than that, no start could be better by as much
  const minutesAway = window ? Math.abs(Date.parse(startsAt) - Date.parse(window.startsAt)) / 60_000 : 0;
  // room that comes free gives nobody more windows than the campaign does
  const canWait = refusal.error.code !== 'booking.rule_limit';
  const canImprove = !wanted.isSeries && minutesAway >= IMPROVEMENT_MINUTES;
  return (
    <Alert
      ref={notice}
      role="alert"
      tabIndex={-1}
      color="orange"
      variant="light"
      withCloseButton
      closeButtonLabel={common('close')}
      onClose={onClose}
      title={t(wanted.operation === 'add' ? 'refusal.titleAdd' : 'refusal.title', {
        whose,
        time: formatTime(startsAt, zone),
      })}
    >
      <Stack gap="xs">
        <Text size="sm">
          {why}
          {fullDates.length > 0 && ` ${t('refusal.fullOn', { dates: fullDates.map(formatShortDay).join(', ') })}`}
        </Text>
        <WaysOut uai={uai} refusal={refusal} booking={booking} onEnd={(isDone) => isDone && onClose()} />
        {canWait && (
          <>
            <Stack gap={4} component="fieldset" className="plain-set">
              <Text component="legend" size="sm">
                {t('refusal.orWait')}
              </Text>
              <Checkbox
                label={t('refusal.takes')}
                checked={takesAutomatically}
                onChange={({ currentTarget: { checked } }) => setTakes(checked)}
              />
              {canImprove && (
                <Checkbox
                  label={t('refusal.betterEnough', { minutes: formatMinutes(IMPROVEMENT_MINUTES) })}
                  checked={isBetterEnough}
                  onChange={({ currentTarget: { checked } }) => setBetterEnough(checked)}
                />
              )}
            </Stack>
            <Group>
              <Button variant="default" loading={wait.isPending} onClick={() => wait.mutate()}>
                {t(takesAutomatically ? 'refusal.takeForMe' : 'refusal.tellMe')}
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </Alert>
  );
}
