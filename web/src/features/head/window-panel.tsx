import { Button, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDay, formatRange } from '../../shared/format';
import { currentLanguage } from '../../shared/i18n';
import { Failure, Loading } from '../../shared/states';
import { THIS_DATE, type useBooking } from './booking';
import { useAvailability, useExplanation, type Window } from './data';
import { displacementWords } from './displacement';
import { SidePanel } from './side-panel';
import { Starts } from './starts';

interface PanelProps {
  window: Window;
  isSheet: boolean | undefined;
  booking: ReturnType<typeof useBooking>;
  mayChange: boolean;
  onClose: () => void;
}

/** One window: why it is there, where else it could be, for this date or the series; giving it back. */
export function WindowPanel({ window, isSheet, booking, mayChange, onClose }: PanelProps) {
  const { t } = useTranslation('head');
  const name = window.classCode ?? t(`audience.${window.audience}`);
  return (
    <SidePanel title={name} label={t('panel.of', { name })} isSheet={isSheet} onClose={onClose}>
      <PanelContent window={window} booking={booking} mayChange={mayChange} />
    </SidePanel>
  );
}

function PanelContent({ window, booking, mayChange }: Pick<PanelProps, 'window' | 'booking' | 'mayChange'>) {
  const { t } = useTranslation('head');
  const [isSeries, setSeries] = useState(false);
  const scope = { ...THIS_DATE, isSeries };
  const [isReleasing, setReleasing] = useState(false);
  const explanation = useExplanation(window);
  const canMove = mayChange && window.classId !== null;
  const starts = useAvailability(
    canMove ? { classId: window.classId!, date: window.date, windowId: window.id } : undefined,
  );
  const zone = window.timeZone;
  const place = (
    <div>
      <Text fw={600}>{formatDay(window.date)}</Text>
      <Text>{formatRange(window.startsAt, window.endsAt, zone)}</Text>
      <Text size="sm">{placeSentence(window, t)}</Text>
    </div>
  );
  // what is asked for comes at once, so that no button moves under the hand
  if (explanation.isPending || (canMove && starts.isPending))
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
        <SegmentedControl
          aria-label={t('panel.scope')}
          data={[
            { value: 'date', label: t('panel.thisDate') },
            { value: 'series', label: t('panel.series') },
          ]}
          value={isSeries ? 'series' : 'date'}
          onChange={(value) => setSeries(value === 'series')}
        />
      )}
      {canMove && (
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
            <Text size="sm">{t('panel.releaseSure')}</Text>
            <Button color="red.9" onClick={() => void booking.release(window, scope).catch(() => undefined)}>
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
      </Group>
    </Stack>
  );
}

function placeSentence(window: Window, t: (key: string, values?: Record<string, unknown>) => string): string {
  if (window.displacementMinutes === null) return t('panel.noWish');
  return displacementWords(window, t) || t('panel.atWish');
}
