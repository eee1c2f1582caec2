import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Ladder } from './data';
import { changesOf } from './ladder-draft';
import { said } from './said';

interface LadderConflictProps {
  /** The ladder that was read. */
  before: Ladder;
  /** The one that somebody else has saved since. */
  after: Ladder;
  onKeep: () => void;
  onBegin: () => void;
}

/** Somebody else has saved another ladder meanwhile: what is different in it, and whose is to stand. */
export function LadderConflict({ before, after, onKeep, onBegin }: LadderConflictProps) {
  const { t } = useTranslation('crisis');
  const { isReordered, ...rungs } = changesOf(before.rungs, after.rungs);
  return (
    <Alert role="alert" color="orange" variant="light" title={t('conflict.title')}>
      <Stack gap="xs">
        {(['added', 'changed', 'removed'] as const)
          .filter((what) => rungs[what].length > 0)
          .map((what) => (
            <Text key={what} size="sm">
              {t(`conflict.${what}`, { names: rungs[what].map(({ name }) => said(name)).join(' · ') })}
            </Text>
          ))}
        {isReordered && <Text size="sm">{t('conflict.reordered')}</Text>}
        <Text size="sm">{t('conflict.text')}</Text>
        <Group gap="xs">
          <Button variant="default" onClick={onKeep}>
            {t('conflict.keep')}
          </Button>
          <Button variant="default" onClick={onBegin}>
            {t('conflict.begin')}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
