import { Stack, Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schema } from '../../shared/api';
import { formatCount, formatDecimal, formatInstant, formatMinutes } from '../../shared/format';
import { isLate, useGateways } from '../../shared/gateways';
import { Records } from '../../shared/records';
import { Empty, Failure, Loading } from '../../shared/states';
import { GatewayShadow } from './gateway-shadow';
import { PassKey } from './pass-key';

/** The agents beside the ENT's proxies: what each runs, how far behind it is, what it refused. */
export function GatewayList({ platform, canChange }: { platform: Schema<'PlatformDto'>; canChange: boolean }) {
  const { timeZone } = platform;
  const { t } = useTranslation('operator');
  const gateways = useGateways();
  if (gateways.isLoadingError) return <Failure error={gateways.error} onRetry={() => void gateways.refetch()} />;
  if (!gateways.data) return <Loading what={t('loading.gateways')} />;
  if (gateways.data.length === 0) return <Empty title={t('gateway.none')}>{t('gateway.noneText')}</Empty>;
  const refusalOf = ({ code, at }: Record<string, unknown>): string =>
    t('gateway.refusedAt', {
      why: t(`refusal.${String(code)}`, { defaultValue: String(code) }),
      at: typeof at === 'string' ? formatInstant(at, timeZone) : '',
    });
  const figure = (count: number | null): string => (count === null ? t('gateway.few') : formatCount(count));
  const countsOf = ({ admitted, deferred, refused, since }: Schema<'AgentCountsShownDto'>): string =>
    t('gateway.counted', {
      admitted: figure(admitted),
      deferred: figure(deferred),
      refused: figure(refused),
      since: formatInstant(since, timeZone),
    });
  const late = gateways.data.filter(isLate).length;
  const all = gateways.data.length;
  return (
    <Stack>
      <p className="answer">
        {late === 0 ? t('gateway.fine', { count: all }) : t('gateway.late', { count: late, all })}
      </p>
      <Records label={t('section.passerelles')}>
        <Table.Thead>
          <Table.Tr>
            {['agent', 'state', 'posture', 'revision', 'behind', 'age', 'clock', 'reported', 'refused', 'counts'].map(
              (column) => (
                <Table.Th key={column}>{t(`gateway.${column}`)}</Table.Th>
              ),
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {gateways.data.map((one) => (
            <Table.Tr key={`${one.keyId} ${one.agent}`}>
              <Table.Th scope="row">{one.agent}</Table.Th>
              <Table.Td>{t(`agentState.${one.state}`, { defaultValue: one.state })}</Table.Td>
              <Table.Td>
                {one.posture === null ? '–' : t(`posture.${one.posture}`, { defaultValue: one.posture })}
              </Table.Td>
              <Table.Td>{one.revision === null ? '–' : formatCount(one.revision)}</Table.Td>
              <Table.Td>
                {one.behindRevisions === null ? '–' : t('gateway.behindBy', { count: one.behindRevisions })}
              </Table.Td>
              <Table.Td>{one.planAgeSeconds === null ? '–' : formatMinutes(one.planAgeSeconds / 60)}</Table.Td>
              <Table.Td>{formatDecimal(one.clockOffsetSeconds)} s</Table.Td>
              <Table.Td>{formatInstant(one.reportedAt, timeZone)}</Table.Td>
              <Table.Td>{one.refused === null ? '–' : refusalOf(one.refused)}</Table.Td>
              <Table.Td>{one.counts === null ? '–' : countsOf(one.counts)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Records>
      <GatewayShadow platform={platform} />
      {canChange && <PassKey platformId={platform.id} />}
    </Stack>
  );
}
