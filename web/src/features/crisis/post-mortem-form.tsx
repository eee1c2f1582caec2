import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDay } from '../../shared/format';
import { sayDone } from '../../shared/undo';
import { CauseFields } from './cause-fields';
import { type Acts, type PostMortem, usePostMortem, type WrittenWords } from './data';
import { ImprovementFields } from './improvement-fields';

interface PostMortemFormProps {
  platformId: number;
  id: number;
  firstDate: string;
  acts: Acts;
}

const OTHER: WrittenWords['causes'][number] = { code: 'other', verdict: 'contributed', comment: '' };

/** What was read, and room for a cause of which no figure speaks. */
const wordsOf = ({ revision, summary, causes, improvements }: PostMortem): WrittenWords => ({
  revision,
  summary,
  causes: [
    ...causes.map(({ code, verdict, comment }) => ({ code, verdict, comment })),
    ...(causes.some(({ code }) => code === 'other') ? [] : [OTHER]),
  ],
  improvements,
});

/** What people add to what was counted: a summary, which causes are ruled out, what was agreed, by whom and until when. */
export function PostMortemForm({ platformId, id, firstDate, acts }: PostMortemFormProps) {
  const { t } = useTranslation('crisis');
  const [isOpen, form] = useDisclosure();
  const [written, setWritten] = useState<WrittenWords>();
  const read = usePostMortem(platformId, id, isOpen);
  const words = written ?? (read.data && wordsOf(read.data));
  const close = () => {
    form.close();
    setWritten(undefined);
  };
  const save = () =>
    void acts.writePostMortem(id, words!).then(
      () => {
        close();
        sayDone(t('done.written'));
      },
      // what was refused is said, and the words stay
      () => undefined,
    );
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        onClick={form.open}
        aria-label={t('write.label', { day: formatDay(firstDate) })}
      >
        {t('write.open')}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        size="xl"
        title={t('write.label', { day: formatDay(firstDate) })}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        {words ? (
          <Stack
            component="form"
            gap="md"
            onSubmit={(event: { preventDefault: () => void }) => {
              event.preventDefault();
              save();
            }}
          >
            <Textarea
              autosize
              minRows={3}
              maxLength={4000}
              label={t('lookBack.summary')}
              description={t('write.summaryHint')}
              value={words.summary}
              onChange={({ currentTarget: { value } }) => setWritten({ ...words, summary: value })}
            />
            <CauseFields causes={words.causes} onChange={(causes) => setWritten({ ...words, causes })} />
            <ImprovementFields
              improvements={words.improvements}
              onChange={(improvements) => setWritten({ ...words, improvements })}
            />
            <Group>
              <Button type="submit" loading={acts.isBusy}>
                {t('write.save')}
              </Button>
              <Button variant="default" onClick={close}>
                {t('close')}
              </Button>
            </Group>
          </Stack>
        ) : (
          <Text size="sm">{t('write.loading')}</Text>
        )}
      </Modal>
    </>
  );
}
