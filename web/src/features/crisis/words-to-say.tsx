import { Button, Text } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { formatTime } from '../../shared/format';
import type { Step } from './data';

/** What to tell schools and families while steps are in force, in both languages, ready to be taken along. */
export function WordsToSay({ steps, timeZone }: { steps: readonly Step[]; timeZone: string }) {
  const { t } = useTranslation('crisis');
  const clipboard = useClipboard();
  if (steps.length === 0) return null;
  const until = ({ endsAt }: Step): string => t('words.until', { time: formatTime(endsAt, timeZone) });
  const text = (its: Step): string => `${its.words.fr}\n${its.words.en}\n${until(its)}\n`;
  return (
    <section aria-labelledby="words-title">
      <Text component="h2" id="words-title" fw={600} size="md" mb={4}>
        {t('words.title')}
      </Text>
      {steps.map((step) => (
        <div key={step.id}>
          {(['fr', 'en'] as const).map((language) => (
            <blockquote key={language} lang={language}>
              {step.words[language]}
            </blockquote>
          ))}
          <Text size="sm" c="dimmed">
            {until(step)}
          </Text>
        </div>
      ))}
      <Button variant="default" mt="xs" onClick={() => clipboard.copy(steps.map(text).join('\n'))}>
        {t(clipboard.copied ? 'words.copied' : 'words.copy')}
      </Button>
    </section>
  );
}
