import { Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { WrittenWords } from './data';

type Causes = WrittenWords['causes'];

interface CauseFieldsProps {
  causes: Causes;
  onChange: (causes: Causes) => void;
}

const VERDICTS: readonly Causes[number]['verdict'][] = ['ruled_out', 'contributed', 'open'];

/** Each possible cause: what the figures say stands there, people confirm it or say otherwise, and why. */
export function CauseFields({ causes, onChange }: CauseFieldsProps) {
  const { t } = useTranslation('crisis');
  const change = (at: number, its: Partial<Causes[number]>) =>
    onChange(causes.map((cause, k) => (k === at ? { ...cause, ...its } : cause)));
  return (
    <Stack component="fieldset" gap="xs" className="written">
      <Text component="legend" fw={600}>
        {t('write.causes')}
      </Text>
      {causes.map(({ code, verdict, comment }, k) => (
        <Group key={code} gap="sm" align="flex-end">
          <NativeSelect
            w={260}
            label={t(`cause.${code}`)}
            data={VERDICTS.map((value) => ({ value, label: t(`verdict.${value}`) }))}
            value={verdict}
            onChange={({ currentTarget: { value } }) => change(k, { verdict: value as Causes[number]['verdict'] })}
          />
          <TextInput
            flex="1 1 200px"
            maxLength={2000}
            label={t('write.comment')}
            aria-label={t('write.commentOn', { cause: t(`cause.${code}`) })}
            value={comment}
            onChange={({ currentTarget: { value } }) => change(k, { comment: value })}
          />
        </Group>
      ))}
    </Stack>
  );
}
