import { Button, Group, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sayDone, sayRefused } from '../../shared/undo';

export interface Decision {
  decision: 'approve' | 'refuse';
  reason: string;
}

/** The word of an authority: yes, or no with a reason. */
export function DecisionForm({
  approve,
  done,
  queryKey,
  send,
}: {
  /** What the button of a yes says. */
  approve: string;
  /** What is said once it is recorded. */
  done: Record<Decision['decision'], string>;
  /** What is read again after a decision. */
  queryKey: readonly unknown[];
  send: (decision: Decision) => Promise<unknown>;
}) {
  const { t } = useTranslation('authority');
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const decide = useMutation({
    // a refusal has a reason of its own: its button waits for one
    mutationFn: (decision: Decision['decision']) =>
      send({ decision, reason: reason.trim() || t('decision.approveReason') }),
    onSuccess: (_answer, decision) => {
      setReason('');
      sayDone(done[decision]);
    },
    onError: sayRefused,
    onSettled: () => queries.invalidateQueries({ queryKey }),
  });
  return (
    <Group align="flex-end">
      <TextInput
        label={t('decision.reason')}
        maxLength={500}
        value={reason}
        onChange={({ currentTarget: { value } }) => setReason(value)}
        w={420}
        maw="100%"
      />
      <Button loading={decide.isPending} onClick={() => decide.mutate('approve')}>
        {approve}
      </Button>
      <Button
        variant="default"
        disabled={decide.isPending || reason.trim() === ''}
        onClick={() => decide.mutate('refuse')}
      >
        {t('decision.refuse')}
      </Button>
    </Group>
  );
}
