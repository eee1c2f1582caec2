import { Button, Checkbox, Group, Paper, Progress, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schema } from '../../shared/api';
import { totalsOf, useApprovals } from '../../shared/approvals';
import { formatCount, formatDay, formatDecimal, formatInstant, formatPercent } from '../../shared/format';
import { currentLanguage } from '../../shared/i18n';
import { Empty, Failure, Loading } from '../../shared/states';
import { sayDone, sayRefused } from '../../shared/undo';
import { useJob } from './job';

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
    queryFn: async () => (await answerOf(api.GET('/v1/campaigns/{id}/allocations', { params: { path, query: { limit: 10 } } }))).items, // prettier-ignore
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
  const failed = campaign.error ?? concerned.error ?? jobs.error ?? plans.error;
  if (failed) return <Failure error={failed} onRetry={refresh} />;
  if (!campaign.data || !concerned.data || !jobs.data || !plans.data) return <Loading what={t('loading.campaign')} />;
  const running = jobs.data.find(({ state }) => state === 'queued' || state === 'running');
  const lastFailed = jobs.data[0]?.state === 'failed' ? jobs.data[0] : undefined;
  const isPublished = plans.data.some(({ state }) => state === 'published');
  const isUnapproved = approvals.data?.isNeeded === true && !approvals.data.isComplete && !isPublished;
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
            {isPublished && (
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
        <div className="scroll-x" role="region" aria-label={t('work.plans')} tabIndex={0}>
          <Table withTableBorder striped className="figures">
            <Table.Thead>
              <Table.Tr>
                {['plan', 'state', 'windows', 'unplaced', 'peak', 'atWish', 'mean', 'worst', 'gap'].map((column) => (
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
                  canChange={canChange}
                  isUnapproved={isUnapproved}
                  timeZone={timeZone}
                  onDone={refresh}
                />
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
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

/** What the allocation is doing, how far it is, what it has proved so far; cancelled here, left and found again. */
function RunningAllocation({
  job,
  canChange,
  onEnd,
}: {
  job: Schema<'JobDto'>;
  canChange: boolean;
  onEnd: () => void;
}) {
  const { t } = useTranslation('operator');
  const live = useJob(job, onEnd);
  const { phase, doneCount, totalCount, figures = {} } = live.progress;
  const cancel = useMutation({
    mutationFn: () => answerOf(api.POST('/v1/jobs/{id}/cancel', { params: { path: { id: job.id } } })),
    onSuccess: () => sayDone(t('work.cancelled')),
    onError: sayRefused,
    onSettled: onEnd,
  });
  const share = totalCount > 0 ? doneCount / totalCount : 0;
  const known = Object.entries(figures).filter(([name]) => name.endsWith('Ratio'));
  return (
    <Paper withBorder p="sm" role="status">
      <Stack gap="xs">
        <Text>
          {t('work.running', { phase: t(`phase.${phase}`, { defaultValue: phase }), share: formatPercent(share) })}
        </Text>
        <Progress value={share * 100} aria-label={t('work.progress')} />
        {known.length > 0 && (
          <Text size="sm">
            {known
              .map(([name, value]) => `${t(`figure.${name}`, { defaultValue: name })} : ${formatPercent(value, 1)}`)
              .join(' · ')}
          </Text>
        )}{' '}
        {/* prettier-ignore */}
        {canChange && (
          <Group>
            <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
              {t('work.cancel')}
            </Button>
          </Group>
        )}
      </Stack>
    </Paper>
  );
}

interface PlanRowProps {
  plan: Schema<'PlanDto'> & { certificate: Schema<'CertificateDto'> };
  schools: number;
  canChange: boolean;
  /** Authorities that were to be asked have not approved. */
  isUnapproved: boolean;
  timeZone: string;
  onDone: () => void;
}

function PlanRow({ plan, schools, canChange, isUnapproved, timeZone, onDone }: PlanRowProps) {
  const { t } = useTranslation('operator');
  const [isAsking, setAsking] = useState<'publish' | 'rollback'>();
  const [reason, setReason] = useState('');
  const [isWithoutApprovals, setWithoutApprovals] = useState(false);
  const { certificate } = plan;
  const path = { id: plan.id };
  const done = (text: string) => () => {
    setAsking(undefined);
    sayDone(text);
  };
  const publish = useMutation({
    mutationFn: () =>
      answerOf(api.POST('/v1/plans/{id}/publish', { params: { path }, body: { reason, isWithoutApprovals } })),
    onSuccess: done(t('work.published', { id: plan.id })),
    onError: sayRefused,
    onSettled: onDone,
  });
  const rollBack = useMutation({
    mutationFn: () => answerOf(api.POST('/v1/plans/{id}/rollback', { params: { path }, body: { reason } })),
    onSuccess: done(t('work.rolledBack')),
    onError: sayRefused,
    onSettled: onDone,
  });
  const discard = useMutation({
    mutationFn: () => answerOf(api.DELETE('/v1/plans/{id}', { params: { path } })),
    onSuccess: () => sayDone(t('work.discarded')),
    onError: sayRefused,
    onSettled: onDone,
  });
  return (
    <>
      <Table.Tr>
        <Table.Th scope="row">{plan.id}</Table.Th>
        <Table.Td>
          {t(`planState.${plan.state}`)}
          {plan.publishedAt && <Text size="xs">{formatInstant(plan.publishedAt, timeZone)}</Text>}
        </Table.Td>
        <Table.Td>{formatCount(plan.windowCount)}</Table.Td>
        <Table.Td>{formatCount(plan.unplacedCount)}</Table.Td>
        <Table.Td>
          {formatPercent(Math.max(certificate.sessions.capacityRatio, certificate.logins.capacityRatio), 1)}
        </Table.Td>
        <Table.Td>{formatPercent(certificate.displacement.atWishRatio)}</Table.Td>
        <Table.Td>{formatDecimal(certificate.displacement.meanMinutes)} min</Table.Td>
        <Table.Td>{formatCount(certificate.displacement.worstMinutes)} min</Table.Td>
        <Table.Td>{certificate.gapRatio === null ? '–' : formatPercent(certificate.gapRatio, 1)}</Table.Td>
        <Table.Td>
          {canChange && (
            <Group gap={4} wrap="nowrap">
              {plan.state === 'draft' && (
                <>
                  <Button size="compact-sm" onClick={() => setAsking('publish')}>
                    {t('work.publish')}
                  </Button>
                  <Button size="compact-sm" variant="default" onClick={() => discard.mutate()}>
                    {t('work.discard')}
                  </Button>
                </>
              )}
              {plan.state === 'published' && (
                <Button size="compact-sm" variant="default" onClick={() => setAsking('rollback')}>
                  {t('work.rollBack')}
                </Button>
              )}
            </Group>
          )}
        </Table.Td>
      </Table.Tr>
      {isAsking && (
        <Table.Tr>
          <Table.Td colSpan={10}>
            <form
              onSubmit={(event) => {
                event.preventDefault();
                if (isAsking === 'publish') publish.mutate();
                else rollBack.mutate();
              }}
            >
              <Stack gap="xs" align="flex-start">
                <Text className="wraps">
                  {t(isAsking === 'publish' ? 'work.publishText' : 'work.rollBackText', {
                    windows: formatCount(plan.windowCount),
                    schools: formatCount(schools),
                    unplaced: formatCount(plan.unplacedCount),
                  })}{' '}
                  {/* prettier-ignore */}
                </Text>
                <Text className="wraps" size="sm">
                  {certificate.saving[currentLanguage()]}
                </Text>
                <TextInput
                  required
                  maxLength={300}
                  label={t('capacity.reason')}
                  value={reason}
                  onChange={({ currentTarget: { value } }) => setReason(value)}
                  w={360}
                  maw="100%"
                />{' '}
                {/* prettier-ignore */}
                {isAsking === 'publish' && isUnapproved && (
                  <Checkbox
                    required
                    label={t('work.withoutApprovals')}
                    description={t('work.withoutApprovalsText')}
                    checked={isWithoutApprovals}
                    onChange={({ currentTarget: { checked } }) => setWithoutApprovals(checked)}
                  />
                )}
                <Group>
                  <Button type="submit" loading={publish.isPending || rollBack.isPending}>
                    {t(isAsking === 'publish' ? 'work.publishYes' : 'work.rollBackYes')}
                  </Button>
                  <Button variant="default" onClick={() => setAsking(undefined)}>
                    {t('work.no')}
                  </Button>
                </Group>
              </Stack>
            </form>
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}
