import { List, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schema } from '../../shared/api';
import { formatCount, formatInstant, formatMinutes, formatPercent, formatTime } from '../../shared/format';
import { Failure, Loading } from '../../shared/states';

const STRETCHES_SHOWN = 5;

/** Why windows have no place in a plan, and what would make room for them: more capacity, where, and how much; or what could give way instead. */
export function Shortfall({ planId, timeZone }: { planId: number; timeZone: string }) {
  const { t } = useTranslation('operator');
  const shortfall = useQuery({
    queryKey: ['shortfall', planId],
    queryFn: () => answerOf(api.GET('/v1/plans/{id}/shortfall', { params: { path: { id: planId } } })),
  });
  if (shortfall.isLoadingError) return <Failure error={shortfall.error} onRetry={() => void shortfall.refetch()} />;
  if (!shortfall.data) return <Loading what={t('shortfall.reading')} height={80} />;
  const { leastCapacityRatio, isProvenImpossible, missingCapacity, relaxations, reasons } = shortfall.data;
  const stretches = missingCapacity?.stretches ?? [];
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
      {stretches.length > 0 && (
        <>
          <Text size="sm">{t('shortfall.cells')}</Text>
          <List size="sm">
            {stretches.slice(0, STRETCHES_SHOWN).map((one) => (
              <List.Item key={one.startCell}>
                {t('shortfall.cell', {
                  from: formatInstant(one.startsAt, timeZone),
                  to: formatTime(one.endsAt, timeZone),
                  sessions: formatCount(one.extraSessions),
                  logins: formatCount(one.extraLogins),
                })}
              </List.Item>
            ))}
            {stretches.length > STRETCHES_SHOWN && (
              <List.Item>{t('shortfall.more', { count: stretches.length - STRETCHES_SHOWN })}</List.Item>
            )}
          </List>
        </>
      )}
      {missingCapacity && missingCapacity.beyondCapacityCount > 0 && (
        <Text size="sm">{t('shortfall.beyond', { windows: formatCount(missingCapacity.beyondCapacityCount) })}</Text>
      )}
      {relaxations.length > 0 && (
        <>
          <Text size="sm">{t('shortfall.instead')}</Text>
          <List size="sm">
            {relaxations.map((one) => (
              <List.Item key={`${one.cause} ${one.kind}`}>
                {t(`relaxation.${one.kind}`, { amount: amountOf(one) })}{' '}
                {one.cause === 'laws' &&
                  t('shortfall.measured', {
                    before: formatCount(one.leftOutBefore ?? 0),
                    after: formatCount(one.leftOutCount ?? 0),
                    schools: one.uais.join(', '),
                  })}{' '}
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
    case 'shorter_windows':
    case 'lower_participation':
      return formatPercent(amount / 1000);
    default:
      return formatCount(amount);
  }
}
