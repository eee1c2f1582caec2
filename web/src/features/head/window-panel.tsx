import { Button, CloseButton, Drawer, Group, Paper, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { moveByArrows } from '../../shared/arrow-keys';
import { formatDay, formatRange, formatTime } from '../../shared/format';
import { currentLanguage } from '../../shared/i18n';
import { Failure, Loading } from '../../shared/states';
import type { useBooking } from './booking';
import { useAvailability, useExplanation, type Start, type Window } from './data';
import { displacementWords } from './displacement';

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
  const { t: common } = useTranslation();
  const name = window.classCode ?? t(`audience.${window.audience}`);
  const content = <PanelContent window={window} booking={booking} mayChange={mayChange} />;
  if (isSheet) {
    return (
      <Drawer
        opened
        onClose={onClose}
        position="bottom"
        size="85%"
        title={name}
        closeButtonProps={{ 'aria-label': common('close') }}
      >
        {content}
      </Drawer>
    );
  }
  return (
    <SidePanel name={name} onClose={onClose}>
      {content}
    </SidePanel>
  );
}

/** Beside the week: takes the focus when it opens, and gives it back to where it was when it is closed, by its button or Escape. */
function SidePanel({ name, onClose, children }: { name: string; onClose: () => void; children: ReactNode }) {
  const { t } = useTranslation('head');
  const { t: common } = useTranslation();
  const element = useRef<HTMLDivElement>(null);
  const opener = useRef(document.activeElement);
  useEffect(() => element.current?.focus(), []);
  const close = (): void => {
    onClose();
    if (opener.current instanceof HTMLElement) opener.current.focus();
  };
  return (
    <Paper
      ref={element}
      component="aside"
      withBorder
      p="md"
      className="week-panel"
      tabIndex={-1}
      aria-label={t('panel.of', { name })}
      onKeyDown={({ key }) => key === 'Escape' && close()}
    >
      <Group justify="space-between" wrap="nowrap">
        <Title order={2} size="h4">
          {name}
        </Title>
        <CloseButton aria-label={common('close')} onClick={close} />
      </Group>
      {children}
    </Paper>
  );
}

function PanelContent({ window, booking, mayChange }: Pick<PanelProps, 'window' | 'booking' | 'mayChange'>) {
  const { t } = useTranslation('head');
  const [isSeries, setSeries] = useState(false);
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
              onPick={(start) => void booking.move(window, start.startsAt, isSeries).catch(() => undefined)}
            />
          )}
        </section>
      )}
      <Group>
        {!mayChange ? null : isReleasing ? (
          <>
            <Text size="sm">{t('panel.releaseSure')}</Text>
            <Button color="red.9" onClick={() => void booking.release(window, isSeries).catch(() => undefined)}>
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

const SHOWN = new Set(['free', 'tight', 'full']);

/** Every possible start of the day, with a word for its verdict: the nearest free ones first in sight, full ones can be asked for too. */
function Starts({
  starts,
  timeZone,
  present,
  isBusy,
  onPick,
}: {
  starts: Start[];
  timeZone: string;
  present: string;
  isBusy: boolean;
  onPick: (start: Start) => void;
}) {
  // prettier-ignore
  const { t } = useTranslation('head');
  const now = new Date(present).getTime();
  const shown = starts.filter(({ verdict, startsAt }) => SHOWN.has(verdict) && new Date(startsAt).getTime() !== now);
  if (shown.length === 0) return <Text size="sm">{t('panel.noStart')}</Text>;
  return (
    <ul className="starts" onKeyDown={moveByArrows}>
      {shown.map((start) => (
        <li key={start.startCell}>
          <button
            type="button"
            className={`start start-${start.verdict}`}
            disabled={isBusy}
            onClick={() => onPick(start)}
          >
            <span>{formatTime(start.startsAt, timeZone)}</span>
            <small>{t(`verdict.${start.verdict}`)}</small>
          </button>
        </li>
      ))}
    </ul>
  );
}

function placeSentence(window: Window, t: (key: string, values?: Record<string, unknown>) => string): string {
  if (window.displacementMinutes === null) return t('panel.noWish');
  return displacementWords(window, t) || t('panel.atWish');
}
