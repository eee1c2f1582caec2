import { Button, Checkbox, Group, Stack, Table, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schema } from '../../shared/api';
import { formatCount, formatDecimal, formatInstant, formatPercent } from '../../shared/format';
import { currentLanguage } from '../../shared/i18n';
import { sayDone, sayRefused } from '../../shared/undo';
import { provenOf } from './proven';
import { PublishSummary } from './publish-summary';
import { Shortfall } from './shortfall';

interface PlanRowProps {
  plan: Schema<'PlanDto'> & { certificate: Schema<'CertificateDto'> };
  /** Establishments that take part. */
  schools: number;
  /** The plan that is in force. */
  published: Schema<'PlanDto'> | undefined;
  canChange: boolean;
  /** Authorities that were to be asked have not approved. */
  isUnapproved: boolean;
  timeZone: string;
  onDone: () => void;
}

/** A plan of the campaign in a line, with what can be done with it and, below it, what that would do. */
export function PlanRow({ plan, schools, published, canChange, isUnapproved, timeZone, onDone }: PlanRowProps) {
  const { t } = useTranslation('operator');
  const [isAsking, setAsking] = useState<'publish' | 'rollback' | 'shortfall'>();
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
        <Table.Td>
          {formatCount(plan.unplacedCount)}{' '}
          {plan.unplacedCount > 0 && (
            <Button
              size="compact-sm"
              variant="subtle"
              aria-expanded={isAsking === 'shortfall'}
              onClick={() => setAsking(isAsking === 'shortfall' ? undefined : 'shortfall')}
            >
              {t('shortfall.why')}
            </Button>
          )}
        </Table.Td>
        <Table.Td>
          {formatPercent(Math.max(certificate.sessions.capacityRatio, certificate.logins.capacityRatio), 1)}
        </Table.Td>
        <Table.Td>{formatPercent(certificate.displacement.atWishRatio)}</Table.Td>
        <Table.Td>{formatDecimal(certificate.displacement.meanMinutes)} min</Table.Td>
        <Table.Td>{formatCount(certificate.displacement.worstMinutes)} min</Table.Td>
        <Table.Td>{provenOf(certificate, t)}</Table.Td>
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
      {isAsking === 'shortfall' && (
        <Table.Tr>
          <Table.Td colSpan={10}>
            <Shortfall planId={plan.id} timeZone={timeZone} />
          </Table.Td>
        </Table.Tr>
      )}
      {(isAsking === 'publish' || isAsking === 'rollback') && (
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
                {isAsking === 'publish' ? (
                  <PublishSummary plan={plan} published={published} schools={schools} />
                ) : (
                  <Text className="wraps">{t('work.rollBackText', { schools: formatCount(schools) })}</Text>
                )}
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
                />
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
