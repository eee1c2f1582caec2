import 'temporal-polyfill/global';
import '@fullcalendar/react/skeleton.css';
import '@fullcalendar/react/themes/classic/theme.css';
import '@fullcalendar/react/themes/classic/palette.css';
import FullCalendar from '@fullcalendar/react';
import interaction from '@fullcalendar/react/interaction';
import french from '@fullcalendar/react/locales/fr';
import classic from '@fullcalendar/react/themes/classic';
import timegrid from '@fullcalendar/react/timegrid';
import { SegmentedControl, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { moveByArrows } from '../../shared/arrow-keys';
import { addDays, civilDateOf, civilHourOf } from '../../shared/format';
import { currentLanguage } from '../../shared/i18n';
import { loadStepOf } from '../../shared/load-scale';
import { THIS_DATE, type useBooking } from './booking';
import { dayOf, readAvailability, type Start, type Window } from './data';
import { useLoadAt, type WeekViewProps } from './week-table';
import { isOfGoneClass, nameOfWindow } from './whose';

/** A civil time as the calendar takes it: its zone is UTC, so that a school's hours are shown whatever the reader's zone. */
const civil = (at: string | number, timeZone: string): string => {
  const date = new Date(at);
  return `${civilDateOf(date, timeZone)}T${civilHourOf(date, timeZone)}:00Z`;
};

type Props = WeekViewProps & { booking: ReturnType<typeof useBooking>; mayChange: boolean };

/** The week with hours downwards: behind the windows how full the platform is; while one is dragged, where it may go. */
export default function WeekCalendar({
  windows,
  load,
  monday,
  timeZone,
  selected,
  onSelect,
  booking,
  mayChange,
}: Props) {
  const { t } = useTranslation('head');
  const [painted, setPainted] = useState<{ window: Window; starts: Start[] }>();
  const [isSeries, setSeries] = useState(false);
  const [isLaidOut, setLaidOut] = useState(false);
  const [pending, setPending] = useState<{ id: number; start: string; end: string }>();
  const loadAt = useLoadAt(load);
  const queries = useQueryClient();
  // the calendar measures itself once it stands: it is seen from then on, in its place
  useEffect(() => {
    let frame = requestAnimationFrame(() => (frame = requestAnimationFrame(() => setLaidOut(true))));
    return () => cancelAnimationFrame(frame);
  }, []);

  const startsOf = (window: Window): Promise<{ starts: Start[] }> =>
    queries.fetchQuery({
      queryKey: ['availability', dayOf(window)],
      staleTime: 5000,
      queryFn: () => readAvailability(dayOf(window)),
    });

  const events = windows.map((window) => {
    const moved = pending?.id === window.id ? pending : undefined;
    return {
      id: String(window.id),
      title: nameOfWindow(window, t),
      start: moved?.start ?? civil(window.startsAt, timeZone),
      end: moved?.end ?? civil(window.endsAt, timeZone),
      editable: mayChange && !isOfGoneClass(window),
      className: `window load-edge-${loadStepOf(loadAt(window))}${selected?.id === window.id ? ' is-selected' : ''}${moved ? ' is-pending' : ''}`,
    };
  });
  const background = painted ? paintedRanges(painted.starts, timeZone) : loadRanges(load, timeZone);
  const from = Math.min(8, ...windows.map(({ startsAt }) => Number(civilHourOf(startsAt, timeZone).slice(0, 2))));
  const to = Math.max(18, ...windows.map(({ endsAt }) => Number(civilHourOf(endsAt, timeZone).slice(0, 2)) + 1));
  const windowOf = (id: string): Window | undefined => windows.find((window) => window.id === Number(id));

  const drop = async (window: Window, minutes: number, revert: () => void): Promise<void> => {
    setPainted(undefined);
    if (minutes === 0) return revert();
    const startsAt = new Date(new Date(window.startsAt).getTime() + minutes * 60_000).toISOString();
    const endsAt = new Date(new Date(window.endsAt).getTime() + minutes * 60_000).toISOString();
    // hatched until the server has confirmed
    setPending({ id: window.id, start: civil(startsAt, timeZone), end: civil(endsAt, timeZone) });
    try {
      await booking.move(window, startsAt, { ...THIS_DATE, isSeries });
    } catch {
      revert();
    } finally {
      setPending(undefined);
    }
  };

  return (
    <div
      className="calendar"
      role="region"
      aria-label={t('view.calendar')}
      onKeyDown={moveByArrows}
      style={isLaidOut ? undefined : { visibility: 'hidden' }}
    >
      {mayChange && windows.some(({ seriesId }) => seriesId !== null) && (
        <>
          <SegmentedControl
            size="xs"
            mb={4}
            className="no-print"
            aria-label={t('panel.scope')}
            data={[
              { value: 'date', label: t('panel.thisDate') },
              { value: 'series', label: t('panel.series') },
            ]}
            value={isSeries ? 'series' : 'date'}
            onChange={(value) => setSeries(value === 'series')}
          />
          {isSeries && (
            <Text size="sm" mb={4} className="no-print">
              {t('view.exceptElsewhere')}
            </Text>
          )}
        </>
      )}
      <FullCalendar
        key={monday}
        plugins={[timegrid, interaction, classic]}
        locales={[french]}
        locale={currentLanguage() === 'fr' ? 'fr' : 'en-gb'}
        timeZone="UTC"
        initialView="timeGridWeek"
        initialDate={monday}
        headerToolbar={false}
        allDaySlot={false}
        weekends={windows.some(({ date }) => date > addDays(monday, 4))}
        slotMinTime={`${String(from).padStart(2, '0')}:00:00`}
        slotMaxTime={`${String(Math.min(24, to)).padStart(2, '0')}:00:00`}
        slotDuration="00:30:00"
        snapDuration="00:05:00"
        slotEventOverlap={false}
        height="auto"
        eventDurationEditable={false}
        events={[...events, ...background]}
        eventInteractive
        // the class first: where eight stand side by side there is no room for more
        eventContent={({ event, timeText }) =>
          event.display === 'background' ? null : (
            <div className="event-text" title={`${event.title}, ${timeText}`}>
              <strong>{event.title}</strong> <span>{timeText}</span>
            </div>
          )
        }
        eventClick={({ event }) => {
          const window = windowOf(event.id);
          if (window) onSelect(window);
        }}
        eventDragStart={({ event }) => {
          const window = windowOf(event.id);
          if (window) void startsOf(window).then(({ starts }) => setPainted({ window, starts }));
        }}
        eventDragStop={() => setPainted(undefined)}
        eventDrop={({ event, oldEvent, revert }) => {
          const window = windowOf(event.id);
          const minutes = (event.start!.getTime() - oldEvent.start!.getTime()) / 60_000;
          // a window stays on its day
          if (!window || civilDateOf(event.start!, 'UTC') !== civilDateOf(oldEvent.start!, 'UTC')) return revert();
          void drop(window, minutes, revert);
        }}
      />
      <p aria-live="polite" className="visually-hidden">
        {painted ? t('view.painted', { count: painted.starts.filter(({ verdict }) => verdict === 'free').length }) : ''}
      </p>
    </div>
  );
}

interface Range {
  start: string;
  end: string;
  display: 'background';
  className: string;
}

/** Possible starts as painted stretches, one for each run of the same verdict. */
function paintedRanges(starts: readonly Start[], timeZone: string): Range[] {
  return runsOf(
    starts.filter(({ verdict }) => ['free', 'tight', 'full'].includes(verdict)),
    ({ startCell }) => startCell,
    ({ verdict }) => `paint-${verdict}`,
    ({ startsAt }) => new Date(startsAt).getTime(),
    5,
    timeZone,
  );
}

function loadRanges(load: readonly { at: number; ratio: number }[], timeZone: string): Range[] {
  return runsOf(
    load.filter(({ ratio }) => ratio >= 0.05),
    ({ at }) => at / 900_000,
    ({ ratio }) => `load-${loadStepOf(ratio)} load-behind`,
    ({ at }) => at,
    15,
    timeZone,
  );
}

function runsOf<T>(
  items: readonly T[],
  indexOf: (item: T) => number,
  classOf: (item: T) => string,
  startOf: (item: T) => number,
  minutes: number,
  timeZone: string,
): Range[] {
  const runs: { from: T; to: T; className: string }[] = [];
  for (const item of items) {
    const last = runs.at(-1);
    if (last && last.className === classOf(item) && indexOf(last.to) + 1 === indexOf(item)) last.to = item;
    else runs.push({ from: item, to: item, className: classOf(item) });
  }
  return runs.map(({ from, to, className }) => ({
    start: civil(startOf(from), timeZone),
    end: civil(startOf(to) + minutes * 60_000, timeZone),
    display: 'background' as const,
    className,
  }));
}
