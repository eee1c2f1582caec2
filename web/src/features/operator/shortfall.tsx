import { List, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schema } from '../../shared/api';
import { formatCount, formatInstant, formatMinutes, formatPercent } from '../../shared/format';
import { Failure, Loading } from '../../shared/states';

const CELLS_SHOWN = 5;

/** Why windows have no place in a plan, and what would make room for them: more capacity, where, and how much; or what could give way instead. */
export function Shortfall({ planId, timeZone }: { planId: number; timeZone: string }) {
  const { t } = useTranslation('operator');
  const shortfall = useQuery({
    queryKey: ['shortfall', planId],
    queryFn: () => answerOf(api.GET('/v1/plans/{id}/shortfall', { params: { path: { id: planId } } })),
  });
  if (shortfall.isLoadingError) return <Failure error={shortfall.error} onRetry={() => void shortfall.refetch()} />;
  if (!shortfall.data) return <Loading what={t('shortfall.reading')} height={80} />;
  const { leastCapacityRatio, isProvenImpossible, cells, omittedCellCount, relaxations, reasons } = shortfall.data;
  return (
    <Stack gap="xs" className="wraps">
      <Text fw={600}>
        {isProvenImpossible
          ? t('shortfall.impossible', { ratio: formatPercent((leastCapacityRatio ?? 1) - 1, 1) })
          : t('shortfall.notProven')}
      </Text>
      <List size="sm">
        {reasons.map((one) => (
          <List.Item key={one.reason}>
            {t('shortfall.reason', {
              windows: formatCount(one.windowCount),
              classes: formatCount(one.classCount),
              why: t(`unplaced.${one.reason}`, { defaultValue: one.reason }),
            })}{' '}
            {one.neededSessions > 0 && t('shortfall.neededSessions', { sessions: formatCount(one.neededSessions) })}{' '}
            {one.neededLogins > 0 && t('shortfall.neededLogins', { logins: formatCount(one.neededLogins) })}
          </List.Item>
        ))}
      </List>
      {cells.length > 0 && (
        <>
          <Text size="sm">{t('shortfall.cells')}</Text>
          <List size="sm">
            {cells.slice(0, CELLS_SHOWN).map((cell) => (
              <List.Item key={cell.cell}>
                {t('shortfall.cell', {
                  at: formatInstant(cell.at, timeZone),
                  sessions: formatCount(cell.extraSessions),
                  logins: formatCount(cell.extraLogins),
                })}
              </List.Item>
            ))}
            {cells.length + omittedCellCount > CELLS_SHOWN && (
              <List.Item>{t('shortfall.more', { count: cells.length + omittedCellCount - CELLS_SHOWN })}</List.Item>
            )}
          </List>
        </>
      )}
      {relaxations.length > 0 && (
        <>
          <Text size="sm">{t('shortfall.instead')}</Text>
          <List size="sm">
            {relaxations.map((one) => (
              <List.Item key={one.kind}>
                {t(`relaxation.${one.kind}`, { amount: amountOf(one) })}{' '}
                {t(one.isEnough ? 'shortfall.enough' : 'shortfall.notEnough')}
              </List.Item>
            ))}
          </List>
        </>
      )}
    </Stack>
  );
}

function amountOf({ kind, amount }: Schema<'RelaxationDto'>): string {
  switch (kind) {
    case 'wider_hours':
      return formatMinutes(amount);
    case 'fewer_windows':
      return formatCount(amount);
    default:
      return formatPercent(amount / 1000);
  }
}
