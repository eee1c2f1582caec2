import { Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schema } from '../../shared/api';
import { formatCount } from '../../shared/format';
import { Records } from '../../shared/records';

const REFETCH_MILLISECONDS = 60_000;

/** Who would have been refused today, by department and profile: what an operator looks at before gateways refuse anybody. */
export function GatewayShadow({ platform }: { platform: Schema<'PlatformDto'> }) {
  const { t } = useTranslation('operator');
  const observed = useQuery({
    queryKey: ['observed', platform.id, 'profiles'],
    refetchInterval: REFETCH_MILLISECONDS,
    queryFn: () =>
      answerOf(api.GET('/v1/platforms/{id}/observed', { params: { path: { id: platform.id }, query: { limit: 1 } } })),
  });
  const rows = observed.data?.departmentProfiles ?? [];
  if (rows.length === 0) return null;
  const figure = (count: number | null): string => (count === null ? t('gateway.few') : formatCount(count));
  return (
    <section>
      <h3>{t('gateway.shadow')}</h3>
      <Text size="sm">{t('gateway.shadowText')}</Text>
      <Records label={t('gateway.shadow')}>
        <Table.Thead>
          <Table.Tr>
            {['department', 'profile', 'wouldRefuse', 'attempts'].map((column) => (
              <Table.Th key={column}>{t(`gateway.${column}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ department, profile, wouldRefuse, attempts }) => (
            <Table.Tr key={`${department} ${profile}`}>
              <Table.Th scope="row">{department === '' ? t('gateway.nowhere') : department}</Table.Th>
              <Table.Td>{t(`gateway.profileOf.${profile}`)}</Table.Td>
              <Table.Td>{figure(wouldRefuse)}</Table.Td>
              <Table.Td>{figure(attempts)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Records>
    </section>
  );
}
