import { Button, Group, Modal, Radio, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOnce, api } from '../../shared/api';
import { formatDay, formatInstant, formatRange, formatTime } from '../../shared/format';
import { sentenceOf } from '../../shared/problem-sentence';
import { useFocusBack } from '../../shared/focus';
import { Failure, Loading } from '../../shared/states';
import type { useBooking } from './booking';
import { useRefreshWeek, type useWeekWindows, type WaitingEntry, type Window } from './data';
import { refusalOf, type Wanted } from './refusal';
import { WaysOut } from './ways-out';
import { nameOfWindow, whoseWindow } from './whose';

const MILLISECONDS_PER_CELL = 300_000;

interface PromoteEntryProps {
  uai: string;
  entry: WaitingEntry;
  whose: string;
  /** The windows of the week in which it waits. */
  windows: ReturnType<typeof useWeekWindows>;
  timeZone: string;
  booking: ReturnType<typeof useBooking>;
  onClose: () => void;
}

/** Which of the establishment's windows is given back so that what waits takes its place, and what that costs, before it is done. */
export default function PromoteEntry({ uai, entry, whose, windows, timeZone, booking, onClose }: PromoteEntryProps) {
  const { t } = useTranslation('head');
  const { t: common } = useTranslation();
  useFocusBack();
  const refresh = useRefreshWeek(uai);
  const [givenId, setGivenId] = useState<string>();
  const inTheWay = standingThere(entry, windows.data ?? []);
  const given = inTheWay.find(({ id }) => String(id) === givenId);
  const window = windows.data?.find(({ id }) => id === entry.windowId);
  const nameOf = (window: Window): string => nameOfWindow(window, t);
  const promote = useMutation({
    mutationFn: (window: Window) =>
      answerOnce((key) =>
        api.POST('/v1/waiting-list/{id}/promote', {
          params: {
            path: { id: entry.id },
            header: { 'idempotency-key': key, 'if-match': `"${window.revision ?? 0}"` },
          },
          body: { windowId: window.id },
        }),
      ),
    onSuccess: (booked, window) => {
      booking.tellDone(t('promote.done', { whose, given: whoseWindow(window, t) }), booked);
      onClose();
    },
    onSettled: refresh,
  });
  const refusal = refusalOf(promote.error, { whose, timeZone, ...(window && { window }) }, wantedBy(entry));
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('promote.title', { whose })}
      closeButtonProps={{ 'aria-label': common('close') }}
    >
      {windows.isPending ? (
        <Loading what={t('panel.reading')} height={80} />
      ) : windows.isLoadingError ? (
        <Failure error={windows.error} onRetry={() => void windows.refetch()} />
      ) : inTheWay.length === 0 ? (
        <Text>{t('promote.none')}</Text>
      ) : (
        <Stack gap="sm">
          <Radio.Group
            label={t('promote.which', { at: formatInstant(entry.startsAt, timeZone) })}
            value={givenId ?? null}
            onChange={(id) => {
              promote.reset();
              setGivenId(id);
            }}
          >
            <Stack gap={8} mt={8} className="given-windows">
              {inTheWay.map((window) => (
                <Radio
                  key={window.id}
                  value={String(window.id)}
                  label={`${nameOf(window)}, ${formatRange(window.startsAt, window.endsAt, timeZone)}`}
                />
              ))}
            </Stack>
          </Radio.Group>
          {promote.isError && (
            <Stack role="alert" gap="xs">
              <Text size="sm">{sentenceOf(promote.error)}</Text>
              {/* a window that moves is named by its revision, which that of another week does not tell */}
              {refusal && (window || entry.operation === 'add') && (
                <>
                  <Text size="sm">{t('promote.instead', { whose })}</Text>
                  <WaysOut uai={uai} refusal={refusal} booking={booking} onEnd={onClose} />
                </>
              )}
            </Stack>
          )}
          {given && (
            <Text>
              {t(entry.operation === 'add' ? 'promote.sureAdd' : 'promote.sureMove', {
                given: whoseWindow(given, t),
                day: formatDay(given.date),
                hours: formatRange(given.startsAt, given.endsAt, timeZone),
                whose,
                time: formatTime(entry.startsAt, timeZone),
              })}
            </Text>
          )}
          <Group>
            <Button
              color="red.9"
              disabled={!given}
              loading={promote.isPending}
              onClick={() => given && promote.mutate(given)}
            >
              {t('promote.yes')}
            </Button>
            <Button variant="default" onClick={onClose}>
              {t('promote.no')}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

/** What an entry waits for, as a booking asks for it. */
function wantedBy({
  operation,
  windowId,
  classId,
  uai,
  audience,
  startsAt,
  isSeries,
  exceptDates,
  reason,
}: WaitingEntry): Wanted {
  const owner = classId !== null ? { classId } : audience !== null ? { uai, audience } : {};
  return {
    operation,
    ...(operation === 'move' ? { windowId: windowId! } : owner),
    startsAt,
    isSeries,
    ...(exceptDates.length > 0 && { exceptDates }),
    ...(reason !== '' && { reason }),
  };
}

/** Windows whose room lies where the entry wants its own, the nearest first; those of fixed wishes are not given back. */
function standingThere({ windowId, classId, audience, startsAt }: WaitingEntry, windows: readonly Window[]): Window[] {
  const isOwners = (window: Window): boolean =>
    classId === null ? window.audience === audience : window.classId === classId;
  const own = windows.find(({ id }) => id === windowId) ?? windows.find(isOwners);
  const start = Date.parse(startsAt);
  const end = start + (own?.cellCount ?? 0) * MILLISECONDS_PER_CELL;
  const away = (window: Window): number => Math.abs(Date.parse(window.startsAt) - start);
  return windows
    .filter(({ id, origin }) => id !== windowId && origin !== 'fixed')
    .filter((window) => Date.parse(window.startsAt) < end && Date.parse(window.endsAt) > start)
    .toSorted((a, b) => away(a) - away(b));
}
