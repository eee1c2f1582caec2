import { Button, Group, NumberInput, Stack, Text } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { RungDraft } from './ladder-draft';
import { measuresOf } from './measures';
import { said } from './said';
import { ScopeText } from './scope';
import { textsOf, trialOf } from './step-draft';

interface RungLineProps {
  rung: RungDraft;
  /** Its place, from the mildest on; 1 first. */
  number: number;
  isLast: boolean;
  /** Whether the focus comes back to it, from the form of all of it. */
  isFocused: boolean;
  wrong: { climb: boolean; leave: boolean };
  change: (its: Partial<RungDraft>) => void;
  onWrite: () => void;
  /** One place: -1 milder, 1 stricter. */
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
}

/** A rung of the ladder that is written: what it does, its thresholds, and what can be done with it. */
export function RungLine({ rung, number, isLast, isFocused, wrong, change, onWrite, onMove, onRemove }: RungLineProps) {
  const { t } = useTranslation('crisis');
  const name = said(textsOf(rung).name);
  const titleId = useId();
  const { measures, scope } = trialOf(rung);
  const acts = [
    ['change', onWrite, false],
    ['up', () => onMove(-1), number === 1],
    ['down', () => onMove(1), isLast],
    ['remove', onRemove, false],
  ] as const;
  return (
    <Stack role="group" aria-labelledby={titleId} gap="xs" className="rung-line">
      <Text fw={600} id={titleId}>
        {t('edit.rung', { number, name })}
      </Text>
      <Text size="sm">
        {measuresOf(measures, t).join(' ')} <ScopeText scope={scope} />
      </Text>
      <Group gap="sm" align="flex-start">
        <NumberInput
          required
          min={0.1}
          max={500}
          step={5}
          suffix=" %"
          w={200}
          label={t('edit.climb')}
          value={rung.climbPercent}
          onChange={(climbPercent) => change({ climbPercent })}
          error={wrong.climb && t('edit.order')}
        />
        <NumberInput
          required
          min={0}
          max={500}
          step={5}
          suffix=" %"
          w={200}
          label={t('edit.leave')}
          value={rung.leavePercent}
          onChange={(leavePercent) => change({ leavePercent })}
          error={wrong.leave && t('edit.lower')}
        />
      </Group>
      <Group gap="xs">
        {acts.map(([act, run, isOff]) => (
          // one that does nothing just now keeps the focus of whoever has moved a rung to the end
          <Button
            key={act}
            variant="default"
            aria-label={t('edit.on', { act: t(`edit.${act}`), name })}
            aria-disabled={isOff}
            data-disabled={isOff || undefined}
            data-autofocus={(isFocused && act === 'change') || undefined}
            onClick={run}
          >
            {t(`edit.${act}`)}
          </Button>
        ))}
      </Group>
    </Stack>
  );
}
