import { SegmentedControl, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { civilDateOf, formatDay } from '../../shared/format';
import { loadStepOf } from '../../shared/load-scale';
import { daysOf, useLoadAt, WindowChip, type WeekViewProps } from './week-table';
import { nameOfWindow } from './whose';

interface DayListProps extends WeekViewProps {
  /** The day of what is open beside the list, where anything is. */
  openDay: string | undefined;
}

/** On a phone: one day at a time, its windows in the order of their hours. It shows the day of what was opened last. */
export function DayList({ windows, load, monday, timeZone, selected, onSelect, openDay }: DayListProps) {
  const { t } = useTranslation('head');
  const days = daysOf(windows, monday);
  const today = civilDateOf(new Date(), timeZone);
  const [day, setDay] = useState(days.includes(today) ? today : days[0]!);
  useEffect(() => {
    if (openDay) setDay(openDay);
  }, [openDay]);
  const shownDay = days.includes(day) ? day : days[0]!;
  const loadAt = useLoadAt(load);
  const own = windows.filter(({ date }) => date === shownDay).toSorted((a, b) => a.startCell - b.startCell);
  return (
    <Stack gap="xs">
      <SegmentedControl
        aria-label={t('view.day')}
        fullWidth
        data={days.map((date) => ({ value: date, label: formatDay(date).slice(0, 3) }))}
        value={shownDay}
        onChange={setDay}
      />
      <Text fw={600} component="h2" size="md">
        {formatDay(shownDay)}
      </Text>
      {own.length === 0 && <Text>{t('empty.noWindowDay')}</Text>}
      <ul className="day-list">
        {own.map((window) => (
          <li key={window.id}>
            <Text component="span" fw={600} className="day-list-class">
              {nameOfWindow(window, t)}
            </Text>
            <WindowChip
              window={window}
              step={loadStepOf(loadAt(window))}
              isSelected={selected?.id === window.id}
              onSelect={onSelect}
            />
          </li>
        ))}
      </ul>
    </Stack>
  );
}
