import { Button, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sayDone } from '../../shared/undo';

interface ReasonButtonProps {
  label: string;
  /** What is about to be done, said in full. */
  title: string;
  /** What follows from it. */
  effect?: string;
  /** Proposed, and free to be changed. */
  reason?: string;
  isBusy: boolean;
  act: (reason: string) => Promise<unknown>;
  /** Said once it is done. */
  done: string;
}

/** An act that is done with a reason, which the audit trail keeps. */
export function ReasonButton({ label, title, effect, reason: proposed = '', isBusy, act, done }: ReasonButtonProps) {
  const { t } = useTranslation('crisis');
  const [isOpen, form] = useDisclosure();
  const [reason, setReason] = useState(proposed);
  const submit = async () => {
    await act(reason);
    form.close();
    sayDone(done);
  };
  return (
    <>
      <Button variant="default" onClick={form.open} aria-label={title}>
        {label}
      </Button>
      <Modal opened={isOpen} onClose={form.close} title={title} closeButtonProps={{ 'aria-label': t('close') }}>
        <Stack
          component="form"
          gap="sm"
          align="flex-start"
          onSubmit={(event: { preventDefault: () => void }) => {
            event.preventDefault();
            void submit().catch(() => undefined);
          }}
        >
          {effect !== undefined && <Text>{effect}</Text>}
          <TextInput
            w="100%"
            required
            maxLength={500}
            data-autofocus
            label={t('enforce.reason')}
            value={reason}
            onChange={({ currentTarget: { value } }) => setReason(value)}
          />
          <Button type="submit" loading={isBusy}>
            {label}
          </Button>
        </Stack>
      </Modal>
    </>
  );
}
