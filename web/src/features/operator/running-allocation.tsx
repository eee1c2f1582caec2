import { Button, Group, Paper, Progress, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schema } from '../../shared/api';
import { formatCount, formatPercent } from '../../shared/format';
import { sayDone, sayRefused } from '../../shared/undo';
import { useJob } from './job';

/** What the allocation is doing, how far it is, what it has proved so far; cancelled here, left and found again. */
export function RunningAllocation({
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
  return (
    <Paper withBorder p="sm" role="status">
      <Stack gap="xs">
        <Text>
          {t('work.running', { phase: t(`phase.${phase}`, { defaultValue: phase }), share: formatPercent(share) })}
        </Text>
        <Progress value={share * 100} aria-label={t('work.progress')} />
        <Proved figures={figures} />
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

/** What is proved so far: how near to the best possible plan, and whether every cell is under its limit already. */
function Proved({ figures }: { figures: Readonly<Record<string, number>> }) {
  const { t } = useTranslation('operator');
  const { gapRatio, lowerBound, objective, overCellCount } = figures;
  return (
    <Text size="sm" mih={20}>
      {gapRatio !== undefined && `${t('work.gap', { gap: formatPercent(gapRatio, 1) })} `}
      {lowerBound !== undefined && `${t('work.bound', { bound: formatCount(lowerBound) })} `}
      {objective !== undefined && `${t('work.objective', { objective: formatCount(objective) })} `}
      {overCellCount !== undefined && overCellCount > 0 && t('work.over', { count: overCellCount })}
    </Text>
  );
}
