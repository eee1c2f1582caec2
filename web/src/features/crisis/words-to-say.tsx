import { Button, Group, Text } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { formatTime } from '../../shared/format';
import type { Step } from './data';

/** What to tell schools and families while steps are in force, in both languages, ready to be taken along. */
export function WordsToSay({ steps, timeZone }: { steps: readonly Step[]; timeZone: string }) {
  const { t } = useTranslation('crisis');
  const clipboard = useClipboard();
  if (steps.length === 0) return null;
  const text = (language: 'fr' | 'en'): string => steps.map(({ words }) => words[language]).join('\n');
  return (
    <section aria-labelledby="words-title">
      <Text component="h2" id="words-title" fw={600} size="md" mb={4}>
        {t('words.title')}
      </Text>
      {(['fr', 'en'] as const).map((language) => (
        <blockquote key={language} lang={language}>
          {steps.map(({ id, words }) => (
            <p key={id}>{words[language]}</p>
          ))}
        </blockquote>
      ))}
      <Group gap="sm">
        <Button variant="default" onClick={() => clipboard.copy(`${text('fr')}\n\n${text('en')}\n`)}>
          {t(clipboard.copied ? 'words.copied' : 'words.copy')}
        </Button>
        <Text size="sm" c="dimmed">
          {t('words.until', {
            time: formatTime(
              steps.reduce((last, { endsAt }) => (endsAt > last ? endsAt : last), ''),
              timeZone,
            ),
          })}
        </Text>
      </Group>
    </section>
  );
}
