import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sayDone } from '../../shared/undo';
import type { Acts, Ladder } from './data';
import { isSameLadder } from './ladder-draft';

interface UsualLadderProps {
  ladder: Ladder;
  acts: Acts;
}

/** Makes the usual rungs the platform's own: at once where none were agreed yet, after a question where others would go. */
export function UsualLadder({ ladder, acts }: UsualLadderProps) {
  const { t } = useTranslation('crisis');
  const [isOpen, question] = useDisclosure();
  /** The ladder of which it was asked whether it may go; another one may not. */
  const [changedAt, setChangedAt] = useState(ladder.changedAt);
  const adopt = (instead: string | null) =>
    void acts
      .setLadder({ rungs: ladder.usualRungs, changedAt: instead })
      .then(() => sayDone(t('done.adopted')))
      // why it was refused is said
      .catch(() => undefined)
      .finally(question.close);
  if (ladder.changedAt === null)
    return (
      <Button variant="default" loading={acts.isBusy} onClick={() => adopt(null)}>
        {t('ladder.adopt')}
      </Button>
    );
  return (
    <>
      {!isSameLadder(ladder.rungs, ladder.usualRungs) && (
        <Button
          variant="default"
          onClick={() => {
            setChangedAt(ladder.changedAt);
            question.open();
          }}
        >
          {t('usual.open')}
        </Button>
      )}
      <Modal
        opened={isOpen}
        onClose={question.close}
        title={t('usual.title')}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <Stack gap="sm">
          <Text>{t('usual.text')}</Text>
          <Group>
            <Button loading={acts.isBusy} onClick={() => adopt(changedAt)}>
              {t('usual.do')}
            </Button>
            <Button variant="default" onClick={question.close}>
              {t('usual.keep')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
