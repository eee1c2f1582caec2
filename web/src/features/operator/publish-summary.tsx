import { List, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schema } from '../../shared/api';
import { formatCount, formatDecimal } from '../../shared/format';
import { agentsOf, useGateways } from '../../shared/gateways';
import { Failure, Loading } from '../../shared/states';

interface PublishSummaryProps {
  plan: Schema<'PlanDto'> & { certificate: Pick<Schema<'CertificateDto'>, 'replan'> };
  /** The plan that would give way. */
  published: Schema<'PlanDto'> | undefined;
  schools: number;
}

/** Before a plan is published: what changes against the plan in force, and who is told of it, in figures. */
export function PublishSummary({ plan, published, schools }: PublishSummaryProps) {
  const { t } = useTranslation('operator');
  const gateways = useGateways();
  const comparison = useQuery({
    queryKey: ['comparison', plan.id, published?.id],
    enabled: published !== undefined,
    queryFn: () =>
      answerOf(
        api.GET('/v1/plans/{id}/comparison', {
          params: { path: { id: plan.id }, query: { with: published!.id } },
        }),
      ),
  });
  if (comparison.isLoadingError) return <Failure error={comparison.error} onRetry={() => void comparison.refetch()} />;
  const all = comparison.data?.all;
  if (published && !all) return <Loading what={t('publish.comparing')} height={120} />;
  const agents = agentsOf(gateways.data ?? [], plan.platformId).length;
  const { replan } = plan.certificate;
  const heads = all ? all.changedEstablishmentCount : schools;
  return (
    <div className="wraps">
      <Text fw={600}>
        {all
          ? t('publish.changes', {
              moved: formatCount(all.movedCount),
              earlier: formatCount(all.earlierCount),
              later: formatCount(all.laterCount),
              added: formatCount(all.addedCount),
              removed: formatCount(all.removedCount),
            })
          : t('publish.first', { windows: formatCount(plan.windowCount) })}{' '}
        {t(plan.unplacedCount === 0 ? 'publish.allPlaced' : 'publish.unplaced', { count: plan.unplacedCount })}
      </Text>
      {replan && (
        <Text size="sm">
          {t('publish.replan', {
            moved: formatCount(replan.movedWindowCount),
            least: formatCount(replan.movedWindowBound),
            pupils: formatCount(replan.movedPupilCount),
          })}
          {replan.movedPupilBound !== undefined &&
            ` ${t('publish.replanPupils', { least: formatCount(replan.movedPupilBound) })}`}
        </Text>
      )}
      {all && (
        <Text size="sm">
          {t('publish.fairness', {
            gaining: formatCount(all.gainingCount),
            losing: formatCount(all.losingCount),
            change: formatDecimal(all.displacementMinutesChange / 60, 0),
          })}
        </Text>
      )}
      <List size="sm" my={4}>
        <List.Item>{t(all ? 'publish.heads' : 'publish.headsFirst', { count: heads })}</List.Item>
        <List.Item>{t('publish.families')}</List.Item>
        <List.Item>{t(agents === 0 ? 'publish.noGateway' : 'publish.gateways', { count: agents })}</List.Item>
      </List>
    </div>
  );
}
