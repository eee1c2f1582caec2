import { Checkbox, SegmentedControl, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatShortDay } from '../../shared/format';
import type { Scope } from './booking';

interface ScopeFieldsProps {
  scope: Scope;
  onChange: (scope: Scope) => void;
  /** The dates of the series after the one that is seen. */
  laterDates: readonly string[];
  seriesLabel: string;
  /** What is said of the dates that are checked. */
  exceptLabel: string;
}

/** For which dates a change is: this one, or the series, of which single dates may be left as they are. */
export function ScopeFields({ scope, onChange, laterDates, seriesLabel, exceptLabel }: ScopeFieldsProps) {
  const { t } = useTranslation('head');
  const { exceptDates } = scope;
  const toggle = (date: string) =>
    onChange({
      ...scope,
      exceptDates: exceptDates.includes(date) ? exceptDates.filter((one) => one !== date) : [...exceptDates, date],
    });
  return (
    <Stack gap="xs">
      <SegmentedControl
        fullWidth
        aria-label={t('panel.scope')}
        data={[
          { value: 'date', label: t('panel.thisDate') },
          { value: 'series', label: seriesLabel },
        ]}
        value={scope.isSeries ? 'series' : 'date'}
        onChange={(value) => onChange({ ...scope, isSeries: value === 'series' })}
      />
      {scope.isSeries && laterDates.length > 0 && (
        <fieldset className="plain-set">
          <Text component="legend" size="sm" mb={4}>
            {exceptLabel}
          </Text>
          <div className="series-dates">
            {laterDates.map((date) => (
              <Checkbox
                key={date}
                label={formatShortDay(date)}
                checked={exceptDates.includes(date)}
                onChange={() => toggle(date)}
              />
            ))}
          </div>
        </fieldset>
      )}
    </Stack>
  );
}
