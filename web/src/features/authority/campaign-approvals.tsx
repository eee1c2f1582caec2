import { Paper, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../shared/api';
import { type Approvals, totalsOf } from '../../shared/approvals';
import { formatCount, formatDay } from '../../shared/format';
import type { Campaign } from '../../shared/plans';
import { DecisionForm } from './decision-form';

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
        <DecisionForm
          approve={t('approval.approve')}
          done={{ approve: t('approval.approveDone'), refuse: t('approval.refuseDone') }}
          queryKey={['approvals', campaign.id]}
          send={(body) =>
            answerOf(api.PUT('/v1/campaigns/{id}/approval', { params: { path: { id: campaign.id } }, body }))
          }
        />
      </Stack>
    </Paper>
  );
}
