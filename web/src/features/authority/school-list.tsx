import { Button, Group, NativeSelect, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { download } from '../../shared/api';
import { formatCount } from '../../shared/format';
import { Records } from '../../shared/records';
import { Empty, Failure, Loading } from '../../shared/states';
import { sayRefused } from '../../shared/undo';
import { useSchools } from './data';

const ANSWERS = ['none', 'change_asked', 'partly_accepted', 'accepted'] as const;

/** The schools that the reader may name, of a department or of all, with their answers; each leads to its week. */
export function SchoolList({ campaignId, territory }: { campaignId: number; territory?: string }) {
  const { t } = useTranslation('authority');
  const schools = useSchools(campaignId, territory);
  const [answer, setAnswer] = useState('');
  if (schools.isPending) return <Loading what={t('loading.schools')} height={120} />;
  if (schools.isLoadingError) return <Failure error={schools.error} onRetry={() => void schools.refetch()} />;
  if (schools.data.items.length === 0) return <Empty title={t('schools.none')}>{t('schools.noneText')}</Empty>;
  const shown = schools.data.items.filter((school) => !answer || school.answer === answer);
  const scope = territory === undefined ? '' : `territory=${encodeURIComponent(territory)}&`;
  const csv = `/v1/campaigns/${campaignId}/answers/establishments?${scope}format=csv`;
  return (
    <section>
      <Group justify="space-between" mb={4} align="flex-end">
        <Text component="h2" fw={600} size="md">
          {t('schools.title')}
        </Text>
        <Group gap={4} className="no-print">
          <NativeSelect
            aria-label={t('schools.filter')}
            value={answer}
            onChange={({ currentTarget: { value } }) => setAnswer(value)}
            data={[
              { value: '', label: t('schools.all') },
              ...ANSWERS.map((value) => ({ value, label: t(`schoolAnswer.${value}`) })),
            ]}
          />
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={() =>
              void download(
                csv,
                `etale-reponses${territory === undefined ? '' : `-${territory}`}.csv`,
                'text/csv',
              ).catch(sayRefused)
            }
          >
            CSV
          </Button>
        </Group>
      </Group>
      <Records label={t('schools.title')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('schools.school')}</Table.Th>
            <Table.Th>{t('fairness.kind')}</Table.Th>
            <Table.Th ta="right">{t('schools.classes')}</Table.Th>
            <Table.Th>{t('schools.answer')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map((school) => (
            <Table.Tr key={school.uai}>
              <Table.Th scope="row" fw={500}>
                <Link to={`/app/etablissements/${school.uai}`}>{school.name}</Link>
              </Table.Th>
              <Table.Td>{t(`value.${school.kind}`)}</Table.Td>
              <Table.Td ta="right">{formatCount(school.classCount)}</Table.Td>
              <Table.Td>{t(`schoolAnswer.${school.answer}`)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Records>
    </section>
  );
}
