import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTerritories } from '../../shared/territories';
import type { Ladder } from './data';
import { placesFor } from './decides';
import type { RungDraft } from './ladder-draft';
import { MeasureFields, MinutesField, ScopeFields, WordFields } from './step-fields';

/** Of a code, as the service takes it; the hyphen is escaped for browsers that read patterns as sets. */
const CODE = '[a-z0-9\\-]{1,40}';

interface RungFormProps {
  rung: RungDraft;
  ladder: Ladder;
  onKeep: (rung: RungDraft) => void;
  onClose: () => void;
}

/** All of a rung but its place and thresholds, which are read beside those of the others. */
export function RungForm({ rung: before, ladder, onKeep, onClose }: RungFormProps) {
  const { t } = useTranslation('crisis');
  const territories = useTerritories();
  const [rung, setRung] = useState(before);
  const change = (its: Partial<RungDraft>) => setRung((was) => ({ ...was, ...its }));
  return (
    <Stack
      component="form"
      gap="sm"
      onSubmit={(event: { preventDefault: () => void }) => {
        event.preventDefault();
        onKeep(rung);
      }}
    >
      <WordFields step={rung} change={change} />
      {rung.isSaved ? (
        <Text size="sm" c="dimmed">
          {t('edit.codeKept', { code: rung.code })}
        </Text>
      ) : (
        <TextInput
          pattern={CODE}
          title={t('edit.codeHint')}
          label={t('edit.code')}
          description={t('edit.codeHint')}
          value={rung.code}
          onChange={({ currentTarget: { value } }) => change({ code: value })}
        />
      )}
      <MeasureFields step={rung} change={change} platformId={ladder.platformId} />
      <ScopeFields
        step={rung}
        change={change}
        places={placesFor(() => true, ladder.departments, territories.data ?? [])}
        isEverywhere
      />
      <MinutesField step={rung} change={change} />
      <Group>
        <Button type="submit">{t('edit.keep')}</Button>
        <Button variant="default" onClick={onClose}>
          {t('edit.drop')}
        </Button>
      </Group>
    </Stack>
  );
}
