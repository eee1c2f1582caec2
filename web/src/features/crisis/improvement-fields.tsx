import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { DateField } from '../../shared/date-field';
import type { WrittenWords } from './data';

type Improvements = WrittenWords['improvements'];

interface ImprovementFieldsProps {
  improvements: Improvements;
  onChange: (improvements: Improvements) => void;
}

const STATES: readonly Improvements[number]['state'][] = ['agreed', 'done', 'dropped'];

/** What was agreed to be done better: an office answers for it, until a date. */
export function ImprovementFields({ improvements, onChange }: ImprovementFieldsProps) {
  const { t } = useTranslation('crisis');
  const change = (at: number, its: Partial<Improvements[number]>) =>
    onChange(improvements.map((improvement, k) => (k === at ? { ...improvement, ...its } : improvement)));
  return (
    <Stack component="fieldset" gap="xs" className="written">
      <Text component="legend" fw={600}>
        {t('write.improvements')}
      </Text>
      {improvements.map(({ text, owner, dueOn, state }, k) => (
        <Group key={k} component="fieldset" gap="sm" align="flex-start" className="written">
          <Text component="legend" size="sm">
            {t('write.improvement', { number: k + 1 })}
          </Text>
          <TextInput
            required
            flex="2 1 260px"
            maxLength={1000}
            label={t('write.what')}
            value={text}
            onChange={({ currentTarget: { value } }) => change(k, { text: value })}
          />
          <TextInput
            required
            flex="1 1 160px"
            maxLength={200}
            label={t('write.owner')}
            description={t('write.ownerHint')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            value={owner}
            onChange={({ currentTarget: { value } }) => change(k, { owner: value })}
          />
          <DateField
            required
            w={170}
            label={t('write.due')}
            value={dueOn}
            onChange={(value) => change(k, { dueOn: value })}
          />
          <NativeSelect
            w={130}
            label={t('write.state')}
            data={STATES.map((value) => ({ value, label: t(`improved.${value}`) }))}
            value={state}
            onChange={({ currentTarget: { value } }) => change(k, { state: value as Improvements[number]['state'] })}
          />
          <Button variant="default" mt={24} onClick={() => onChange(improvements.filter((_, other) => other !== k))}>
            {t('write.remove', { number: k + 1 })}
          </Button>
        </Group>
      ))}
      <div>
        <Button
          variant="default"
          onClick={() => onChange([...improvements, { text: '', owner: '', dueOn: '', state: 'agreed' }])}
        >
          {t('write.add')}
        </Button>
      </div>
    </Stack>
  );
}
