import { Button, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../shared/api';
import { type Approvals, totalsOf } from '../../shared/approvals';
import { formatCount, formatDay } from '../../shared/format';
import type { Campaign } from '../../shared/plans';
import { sayDone, sayRefused } from '../../shared/undo';

/** The campaigns that wait for the word of those who answer for its schools; nothing where none does. */
export function CampaignApprovals({
  waiting,
}: {
  waiting: { campaign: Campaign; approvals: Approvals | undefined }[];
}) {
  const { t } = useTranslation('authority');
  if (waiting.length === 0) return null;
  return (
    <Stack component="section" gap="sm" aria-label={t('approval.title')} className="no-print">
      <Title order={2} size="h4">
        {t('approval.title')}
      </Title>
      {waiting.map(({ campaign, approvals }) => (
        <Approval key={campaign.id} campaign={campaign} approvals={approvals} />
      ))}
    </Stack>
  );
}

function Approval({ campaign, approvals }: { campaign: Campaign; approvals: Approvals | undefined }) {
  const { t } = useTranslation('authority');
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const decide = useMutation({
    mutationFn: (decision: 'approve' | 'refuse') =>
      answerOf(
        api.PUT('/v1/campaigns/{id}/approval', {
          params: { path: { id: campaign.id } },
          // a refusal has a reason of its own: its button waits for one
          body: { decision, reason: reason.trim() || t('approval.approveReason') },
        }),
      ),
    onSuccess: (_answer, decision) => {
      setReason('');
      sayDone(t(`approval.${decision}Done`));
    },
    onError: sayRefused,
    onSettled: () => queries.invalidateQueries({ queryKey: ['approvals', campaign.id] }),
  });
  const totals = totalsOf(approvals?.standing ?? []);
  return (
    <Paper withBorder p="sm">
      <Stack gap="xs" align="flex-start">
        <Text fw={600} className="wraps">
          {campaign.name}
        </Text>
        <Text className="wraps">
          {t('approval.period', { from: formatDay(campaign.startsOn), to: formatDay(campaign.endsOn) })}
        </Text>
        {approvals && (
          <Text size="sm" role="status" className="wraps">
            {t(approvals.isComplete ? 'approval.complete' : 'approval.standing', {
              approved: formatCount(totals.approved),
              refused: formatCount(totals.refused),
              waiting: formatCount(totals.waiting),
            })}
          </Text>
        )}
        <TextInput
          label={t('approval.reason')}
          maxLength={500}
          value={reason}
          onChange={({ currentTarget: { value } }) => setReason(value)}
          w={420}
          maw="100%"
        />
        <Group>
          <Button loading={decide.isPending} onClick={() => decide.mutate('approve')}>
            {t('approval.approve')}
          </Button>
          <Button
            variant="default"
            disabled={decide.isPending || reason.trim() === ''}
            onClick={() => decide.mutate('refuse')}
          >
            {t('approval.refuse')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
