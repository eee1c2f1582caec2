import { Button, Modal, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sayDone } from '../../shared/undo';
import type { Acts, Step } from './data';

/** Takes a step back, with the reason that the audit trail keeps. */
export function UndoButton({ step, acts }: { step: Step; acts: Acts }) {
  const { t } = useTranslation('crisis');
  const [isOpen, form] = useDisclosure();
  const [reason, setReason] = useState('');
  const undo = async () => {
    await acts.undo(step.id, reason);
    form.close();
    sayDone(t('done.undone', { name: step.name }));
  };
  return (
    <>
      <Button variant="default" onClick={form.open} aria-label={t('undo.label', { name: step.name })}>
        {t('undo.open')}
      </Button>
      <Modal
        opened={isOpen}
        onClose={form.close}
        title={t('undo.label', { name: step.name })}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <Stack
          component="form"
          gap="sm"
          align="flex-start"
          onSubmit={(event: { preventDefault: () => void }) => {
            event.preventDefault();
            void undo().catch(() => undefined);
          }}
        >
          <TextInput
            w="100%"
            required
            maxLength={500}
            data-autofocus
            label={t('enforce.reason')}
            value={reason}
            onChange={({ currentTarget: { value } }) => setReason(value)}
          />
          <Button type="submit" loading={acts.isBusy}>
            {t('undo.open')}
          </Button>
        </Stack>
      </Modal>
    </>
  );
}
