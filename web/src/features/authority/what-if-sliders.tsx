import { Button, Group, Slider, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatPercent, formatTime, labelled } from '../../shared/format';
import { type DayPoint, isChanged, NOTHING_CHANGED, peakOf, type WhatIf } from './day-load';

interface SlidersProps {
  whatIf: WhatIf;
  onChange: (whatIf: WhatIf) => void;
  points: DayPoint[];
  timeZone: string;
}

const SLIDERS = [
  { name: 'capacityCut', min: 0, max: 50, step: 5 },
  { name: 'participation', min: 50, max: 150, step: 5 },
  { name: 'adherence', min: 0, max: 100, step: 5 },
] as const;

/** Three sliders and what the day would be: the answer at once, in a sentence and as a lighter curve. */
export function WhatIfSliders({ whatIf, onChange, points, timeZone }: SlidersProps) {
  const { t } = useTranslation('authority');
  const peak = isChanged(whatIf)
    ? peakOf(
        points,
        ({ simulated, planned }) => simulated ?? planned,
        ({ simulatedLimit }) => simulatedLimit,
      )
    : undefined;
  return (
    <section aria-label={t('whatIf.title')} className="no-print">
      <Group justify="space-between">
        <Text component="h2" fw={600} size="md">
          {t('whatIf.title')}
        </Text>
        {isChanged(whatIf) && (
          <Button variant="subtle" size="compact-sm" onClick={() => onChange(NOTHING_CHANGED)}>
            {t('whatIf.back')}
          </Button>
        )}
      </Group>
      <Text aria-live="polite" size="sm">
        {peak
          ? t(peak.ratio > 1 ? 'whatIf.breaks' : 'whatIf.holds', {
              ratio: formatPercent(peak.ratio),
              time: formatTime(new Date(peak.at), timeZone),
            })
          : t('whatIf.text')}
      </Text>
      <div className="sliders">
        {SLIDERS.map(({ name, min, max, step }) => (
          <Stack key={name} gap={4}>
            <Text size="sm">
              {labelled(t(`whatIf.${name}`), '')}
              <strong>{formatPercent(whatIf[name] / 100)}</strong>
            </Text>
            <Slider
              thumbLabel={t(`whatIf.${name}`)}
              min={min}
              max={max}
              step={step}
              value={whatIf[name]}
              label={null}
              onChange={(value) => onChange({ ...whatIf, [name]: value })}
            />
          </Stack>
        ))}
      </div>
    </section>
  );
}
