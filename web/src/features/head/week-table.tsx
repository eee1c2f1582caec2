import { Table, Text } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { moveByArrows } from '../../shared/arrow-keys';
import { addDays, formatRange, formatShortDay } from '../../shared/format';
import { loadStepOf } from '../../shared/load-scale';
import type { ClassState } from './class-state';
import type { SchoolClass, Window } from './data';
import { displacementWords } from './displacement';
import { isOfGoneClass } from './whose';

export interface WeekViewProps {
  classes: (SchoolClass & { state: ClassState })[];
  windows: Window[];
  load: { at: number; ratio: number }[];
  monday: string;
  timeZone: string;
  selected: Window | undefined;
  onSelect: (window: Window) => void;
}

/** Classes down, days across, a button for each window: the whole school in one look. */
export function WeekTable({ classes, windows, load, monday, selected, onSelect }: WeekViewProps) {
  const { t } = useTranslation('head');
  const days = useMemo(() => daysOf(windows, monday), [windows, monday]);
  const loadAt = useLoadAt(load);
  const establishment = windows.filter(({ classId }) => classId === null);
  const rows = [
    ...classes.map((one) => ({
      key: String(one.id),
      name: one.code,
      state: one.state,
      own: windows.filter(({ classId }) => classId === one.id),
    })),
    ...(['relatives', 'staff'] as const).map((audience) => ({
      key: audience,
      name: t(`audience.${audience}`),
      state: undefined,
      own: establishment.filter((window) => window.audience === audience),
    })),
    { key: 'gone', name: t('view.goneClass'), state: undefined, own: windows.filter(isOfGoneClass) },
  ].filter(({ own, state }) => own.length > 0 || state !== undefined);
  return (
    <div className="scroll-x" role="region" aria-label={t('view.table')} tabIndex={0} onKeyDown={moveByArrows}>
      <Table withRowBorders withTableBorder className="week-table">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('view.class')}</Table.Th>
            {days.map((day) => (
              <Table.Th key={day}>{formatShortDay(day)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ key, name, state, own }) => (
            <Table.Tr key={key}>
              <Table.Th scope="row">
                <span className="class-name">{name}</span>
                {state && (
                  <Text component="span" size="xs" className={`state state-${state}`}>
                    {t(`state.${state}`)}
                  </Text>
                )}
              </Table.Th>
              {days.map((day) => (
                <Table.Td key={day}>
                  <div className="chips">
                    {own
                      .filter(({ date }) => date === day)
                      .map((window) => (
                        <WindowChip
                          key={window.id}
                          window={window}
                          step={loadStepOf(loadAt(window))}
                          isSelected={selected?.id === window.id}
                          onSelect={onSelect}
                        />
                      ))}
                  </div>
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

interface ChipProps {
  window: Window;
  step: number;
  isSelected: boolean;
  onSelect: (window: Window) => void;
}

/** One window as a button: its hours, the load under it as a strip, how far from the wish. */
export function WindowChip({ window, step, isSelected, onSelect }: ChipProps) {
  const { t } = useTranslation('head');
  const moved = displacementWords(window, t);
  return (
    <button type="button" className="chip" aria-pressed={isSelected} onClick={() => onSelect(window)}>
      <span className={`load-strip load-${step}`} aria-hidden="true" />
      <span>
        {formatRange(window.startsAt, window.endsAt, window.timeZone)}
        {moved !== '' && <small>{moved}</small>}
      </span>
    </button>
  );
}

/** The days of the week that have windows, Monday to Friday always. */
export function daysOf(windows: readonly Window[], monday: string): string[] {
  const dates = new Set(windows.map(({ date }) => date));
  return [0, 1, 2, 3, 4, 5, 6].map((day) => addDays(monday, day)).filter((date, day) => day < 5 || dates.has(date));
}

/** The largest load under a window. */
export function useLoadAt(load: readonly { at: number; ratio: number }[]): (window: Window) => number {
  return useMemo(() => {
    const first = load[0]?.at ?? 0;
    const step = (load[1]?.at ?? 0) - first || 1;
    return (window: Window): number => {
      const from = Math.floor((new Date(window.startsAt).getTime() - first) / step);
      const to = Math.ceil((new Date(window.endsAt).getTime() - first) / step);
      return Math.max(0, ...load.slice(Math.max(0, from), Math.max(0, to)).map(({ ratio }) => ratio));
    };
  }, [load]);
}
