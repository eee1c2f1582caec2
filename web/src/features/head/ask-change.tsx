import { Button, Stack, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

interface AskChangeProps {
  isBusy: boolean;
  onSend: (comment: string) => void;
}

/** What of a proposal should change, in words. */
export default function AskChange({ isBusy, onSend }: AskChangeProps) {
  const { t } = useTranslation('head');
  const [comment, setComment] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSend(comment);
      }}
    >
      <Stack gap="xs" mt="xs" align="flex-start">
        <Textarea
          label={t('proposal.what')}
          description={t('proposal.noNames')}
          value={comment}
          maxLength={500}
          required
          w="100%"
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        <Button type="submit" loading={isBusy}>
          {t('proposal.send')}
        </Button>
      </Stack>
    </form>
  );
}
