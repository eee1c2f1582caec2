import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDay, formatRange } from '../../shared/format';
import { currentLanguage } from '../../shared/i18n';
import { Failure, Loading } from '../../shared/states';
import { type Scope, THIS_DATE, type useBooking } from './booking';
import { dayOf, useAvailability, useExplanation, useLaterDates, type Window } from './data';
import { displacementWords } from './displacement';
import { ScopeFields } from './scope-fields';
import { SidePanel } from './side-panel';
import { Starts } from './starts';
import { UndoLast } from './undo-last';
import { isOfGoneClass, nameOfWindow, whoseWindow } from './whose';

interface PanelProps {
  window: Window;
  isSheet: boolean | undefined;
  booking: ReturnType<typeof useBooking>;
  mayChange: boolean;
  /** The end of the campaign: no series goes further. */
  lastDate: string;
  onClose: () => void;
}

/** One window: why it is there, where else it could be, for this date or the series; giving it back. */
export default function WindowPanel({ window, isSheet, booking, mayChange, lastDate, onClose }: PanelProps) {
  const { t } = useTranslation('head');
  // kept here: the panel becomes a sheet when a tablet is turned
  const [chosen, setScope] = useState(THIS_DATE);
  const label = t('panel.of', { whose: whoseWindow(window, t) });
  return (
    <SidePanel title={nameOfWindow(window, t)} label={label} isSheet={isSheet} onClose={onClose}>
      <PanelContent {...{ window, booking, mayChange, lastDate, chosen, setScope }} />
    </SidePanel>
  );
}

type ContentProps = Omit<PanelProps, 'isSheet' | 'onClose'> & { chosen: Scope; setScope: (scope: Scope) => void };

function PanelContent({ window, booking, mayChange, lastDate, chosen, setScope }: ContentProps) {
  const { t } = useTranslation('head');
  const series = useLaterDates(window, lastDate);
  const laterDates = series.data ?? [];
  // a date that was excepted once is of the series no more
  const scope = { ...chosen, exceptDates: chosen.exceptDates.filter((date) => laterDates.includes(date)) };
  const changedCount = scope.isSeries ? 1 + laterDates.length - scope.exceptDates.length : 1;
  const [isReleasing, setReleasing] = useState(false);
  const explanation = useExplanation(window);
  const isGone = isOfGoneClass(window);
  const mayMove = mayChange && !isGone;
  const starts = useAvailability(mayMove ? dayOf(window) : undefined);
  const zone = window.timeZone;
  const place = (
    <div>
      <Text fw={600}>{formatDay(window.date)}</Text>
      <Text>{formatRange(window.startsAt, window.endsAt, zone)}</Text>
      <Text size="sm">{placeSentence(window, t)}</Text>
    </div>
  );
  // what is asked for comes at once, so that no button moves under the hand
  if (explanation.isPending || (mayMove && starts.isPending) || (series.isLoading && !chosen.isSeries))
    return (
      <Stack gap="sm" mt="xs">
        {place}
        <Loading what={t('panel.reading')} height={80} />
      </Stack>
    );
  return (
    <Stack gap="sm" mt="xs">
      {place}
      <section>
        <Title order={3} size="h6">
          {t('panel.why')}
        </Title>
        <Text size="sm">{explanation.data?.sentence[currentLanguage()] ?? t('panel.noWhy')}</Text>
      </section>
      {mayChange && window.seriesId !== null && (
        <ScopeFields
          scope={scope}
          onChange={setScope}
          laterDates={laterDates}
          seriesLabel={t('panel.series')}
          exceptLabel={t('panel.except')}
        />
      )}
      {mayChange && isGone && <Text size="sm">{t('panel.goneClass')}</Text>}
      {mayMove && (
        <section>
          <Title order={3} size="h6">
            {t('panel.elsewhere')}
          </Title>
          {starts.isLoadingError ? (
            <Failure error={starts.error} onRetry={() => void starts.refetch()} />
          ) : (
            <Starts
              starts={starts.data?.starts ?? []}
              timeZone={zone}
              present={window.startsAt}
              isBusy={booking.isBusy}
              onPick={(start) => void booking.move(window, start.startsAt, scope).catch(() => undefined)}
            />
          )}
        </section>
      )}
      <Group>
        {!mayChange ? null : isReleasing ? (
          <>
            <Text size="sm">{t('panel.releaseSure', { count: changedCount, whose: whoseWindow(window, t) })}</Text>
            <Button
              color="red.9"
              loading={booking.isBusy}
              onClick={() => void booking.release(window, scope).catch(() => undefined)}
            >
              {t('panel.releaseYes')}
            </Button>
            <Button variant="default" onClick={() => setReleasing(false)}>
              {t('panel.releaseNo')}
            </Button>
          </>
        ) : (
          <Button variant="default" onClick={() => setReleasing(true)}>
            {t('panel.release')}
          </Button>
        )}
        <UndoLast booking={booking} />
      </Group>
    </Stack>
  );
}

function placeSentence(window: Window, t: (key: string, values?: Record<string, unknown>) => string): string {
  if (window.displacementMinutes === null) return t('panel.noWish');
  return displacementWords(window, t) || t('panel.atWish');
}
