import { Button, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schema } from '../../shared/api';
import { totalsOf, useApprovals } from '../../shared/approvals';
import { formatCount, formatDay } from '../../shared/format';
import { Records } from '../../shared/records';
import { Empty, Failure, failureOf, Loading } from '../../shared/states';
import { sayRefused } from '../../shared/undo';
import { CalibrationSheet } from './calibration-sheet';
import { PlanRow } from './plan-row';
import { RunningAllocation } from './running-allocation';

interface WorkProps {
  campaignId: number;
  timeZone: string;
  canChange: boolean;
}

/** A campaign from who is concerned to the plan in force: allocate, look at the drafts side by side, publish one, take it back. */
export function CampaignWork({ campaignId, timeZone, canChange }: WorkProps) {
  const { t } = useTranslation('operator');
  const queries = useQueryClient();
  const path = { id: campaignId };
  const campaign = useQuery({
    queryKey: ['campaign', campaignId],
    queryFn: () => answerOf(api.GET('/v1/campaigns/{id}', { params: { path } })),
  });
  const concerned = useQuery({
    queryKey: ['concerned', campaignId],
    queryFn: () => answerOf(api.GET('/v1/campaigns/{id}/concerned', { params: { path } })),
  });
  const jobs = useQuery({
    queryKey: ['allocations', campaignId],
    queryFn: async () =>
      (await answerOf(api.GET('/v1/campaigns/{id}/allocations', { params: { path, query: { limit: 10 } } }))).items,
  });
  const plans = useQuery({
    queryKey: ['plans', 'campaign', campaignId],
    queryFn: async () => {
      const { items } = await answerOf(
        api.GET('/v1/plans', { params: { query: { campaign: campaignId, limit: 50 } } }),
      );
      return Promise.all(
        items
          .toSorted((a, b) => b.id - a.id)
          .map(async (plan) => ({
            ...plan,
            certificate: await answerOf(api.GET('/v1/plans/{id}/certificate', { params: { path: { id: plan.id } } })),
          })),
      );
    },
  });
  const refresh = () => {
    for (const key of ['allocations', 'plans']) void queries.invalidateQueries({ queryKey: [key] });
  };
  const allocate = useMutation({
    mutationFn: (mode: 'fresh' | 'replan') =>
      answerOf(api.POST('/v1/campaigns/{id}/allocations', { params: { path }, body: { mode } })),
    onError: sayRefused,
    onSettled: refresh,
  });
  const approvals = useApprovals(campaignId);
  const failed = failureOf(campaign, concerned, jobs, plans);
  if (failed) return <Failure error={failed} onRetry={refresh} />;
  if (!campaign.data || !concerned.data || !jobs.data || !plans.data) return <Loading what={t('loading.campaign')} />;
  const running = jobs.data.find(({ state }) => state === 'queued' || state === 'running');
  const lastFailed = jobs.data[0]?.state === 'failed' ? jobs.data[0] : undefined;
  const published = plans.data.find(({ state }) => state === 'published');
  const isUnapproved = approvals.data?.isNeeded === true && !approvals.data.isComplete && !published;
  return (
    <Stack gap="lg">
      <div>
        <Title order={2} size="h4">
          {campaign.data.name}
        </Title>
        <p className="answer">
          {t('work.concerned', {
            from: formatDay(campaign.data.startsOn),
            to: formatDay(campaign.data.endsOn),
            schools: formatCount(concerned.data.establishmentCount),
            classes: formatCount(concerned.data.classCount),
            pupils: formatCount(concerned.data.pupilCount),
          })}
        </p>
        {isUnapproved && <ApprovalsMissing approvals={approvals.data!} />}
      </div>
      {running ? (
        <RunningAllocation job={running} canChange={canChange} onEnd={refresh} />
      ) : (
        canChange && (
          <Group>
            <Button loading={allocate.isPending} onClick={() => allocate.mutate('fresh')}>
              {t('work.allocate')}
            </Button>
            {published && (
              <Button variant="default" onClick={() => allocate.mutate('replan')}>
                {t('work.replan')}
              </Button>
            )}
          </Group>
        )
      )}
      {lastFailed?.error && <Empty title={t('work.failed')}>{lastFailed.error.detail}</Empty>}
      {plans.data.length === 0 ? (
        <Empty title={t('work.noPlan')}>{t('work.noPlanText')}</Empty>
      ) : (
        <Records label={t('work.plans')}>
          <Table.Thead>
            <Table.Tr>
              {['plan', 'state', 'windows', 'unplaced', 'peak', 'atWish', 'mean', 'worst', 'proven'].map((column) => (
                <Table.Th key={column}>{t(`work.column.${column}`)}</Table.Th>
              ))}
              <Table.Th>{t('action')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {plans.data.map((plan) => (
              <PlanRow
                key={plan.id}
                plan={plan}
                schools={concerned.data.establishmentCount}
                published={published}
                canChange={canChange}
                isUnapproved={isUnapproved}
                timeZone={timeZone}
                onDone={refresh}
              />
            ))}
          </Table.Tbody>
        </Records>
      )}
      {published && <CalibrationSheet campaign={campaign.data} canChange={canChange} />}
    </Stack>
  );
}

/** Whose word the first plan waits for. */
function ApprovalsMissing({ approvals }: { approvals: Schema<'CampaignApprovalsDto'> }) {
  const { t } = useTranslation('operator');
  const { approved, refused, waiting, departments } = totalsOf(approvals.standing);
  return (
    <Text role="status" className="wraps">
      {t('work.approvals', {
        approved: formatCount(approved),
        refused: formatCount(refused),
        waiting: formatCount(waiting),
        departments: departments.join(', '),
      })}
    </Text>
  );
}
