import { Alert, Button, Group, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schema } from '../../shared/api';
import { formatCount, formatInstant } from '../../shared/format';
import { usePublishedPlans } from '../../shared/plans';
import { sayDone, sayRefused } from '../../shared/undo';

const LOOK_MILLISECONDS = 60_000;

/** The latest proof of a platform, where it does not hold: the operator's alert, until one holds again. */
export function ProofNotice({ platform }: { platform: Schema<'PlatformDto'> }) {
  const { t } = useTranslation('operator');
  const queries = useQueryClient();
  const plans = usePublishedPlans();
  const proofs = useQuery({
    queryKey: ['proofs', platform.id],
    queryFn: () =>
      answerOf(api.GET('/v1/platforms/{id}/proofs', { params: { path: { id: platform.id }, query: { limit: 1 } } })),
    refetchInterval: LOOK_MILLISECONDS,
  });
  const planId = plans.data?.find(({ platformId }) => platformId === platform.id)?.id;
  const prove = useMutation({
    mutationFn: (id: number) => answerOf(api.GET('/v1/plans/{id}/proof', { params: { path: { id } } })),
    onSuccess: ({ isProved }) => sayDone(t(isProved ? 'proof.holds' : 'proof.stillDiffers')),
    onError: sayRefused,
    onSettled: () => void queries.invalidateQueries({ queryKey: ['proofs', platform.id] }),
  });
  const [last] = proofs.data?.items ?? [];
  if (!last || last.isProved) return null;
  const counts = { cells: formatCount(last.differenceCount), windows: formatCount(last.windowDifferenceCount) };
  return (
    <Alert color="red" role="alert" title={t('proof.title', { platform: platform.name })}>
      <Text size="sm">
        {t('proof.text', {
          at: formatInstant(last.provedAt, platform.timeZone),
          revision: formatCount(last.revision),
          ...counts,
        })}{' '}
      </Text>
      <Text size="sm">{t('proof.whatNow')}</Text>
      {planId !== undefined && (
        <Group mt="xs">
          <Button variant="default" size="compact-sm" loading={prove.isPending} onClick={() => prove.mutate(planId)}>
            {t('proof.again')}
          </Button>
        </Group>
      )}
    </Alert>
  );
}
