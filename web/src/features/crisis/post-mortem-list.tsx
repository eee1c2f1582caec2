import { Anchor, Group, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatDay } from '../../shared/format';
import { currentLanguage } from '../../shared/i18n';
import { Records } from '../../shared/records';
import { type Acts, type May, type Platform, type Rung, usePostMortems } from './data';
import { LookBack } from './look-back-form';
import { PostMortemForm } from './post-mortem-form';

interface PostMortemListProps {
  platform: Platform;
  rungs: readonly Rung[];
  may: May;
  acts: Acts;
}

/** What bad mornings were: each as a page to read and to print, and its curves; a new one in one action. */
export function PostMortemList({ platform, rungs, may, acts }: PostMortemListProps) {
  const { t } = useTranslation('crisis');
  const made = usePostMortems(platform.id);
  const addressOf = (id: number, what: string): string =>
    `/v1/platforms/${platform.id}/post-mortems/${id}/${what}${what.includes('?') ? '&' : '?'}lang=${currentLanguage()}`;
  return (
    <div>
      <Text component="h2" fw={600} size="md" mb={4}>
        {t('lookBack.title')}
      </Text>
      <Text size="sm">{t('lookBack.text')}</Text>
      {may.decides() && <LookBack platform={platform} rungs={rungs} acts={acts} />}
      {made.data && made.data.length > 0 && (
        <Records label={t('lookBack.title')}>
          <Table.Thead>
            <Table.Tr>
              {['day', 'summary', 'read'].map((column) => (
                <Table.Th key={column}>{t(`lookBack.${column}`)}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {made.data.map(({ id, firstDate, lastDate, summary }) => (
              <Table.Tr key={id}>
                <Table.Th scope="row" fw={500}>
                  {firstDate === lastDate ? formatDay(firstDate) : `${formatDay(firstDate)} – ${formatDay(lastDate)}`}
                </Table.Th>
                <Table.Td>{summary || '–'}</Table.Td>
                <Table.Td>
                  <Group gap="sm" wrap="nowrap">
                    <Anchor href={addressOf(id, 'page')}>{t('lookBack.page')}</Anchor>
                    <Anchor href={addressOf(id, 'csv?part=curves')}>CSV</Anchor>
                    {may.decides() && (
                      <PostMortemForm platformId={platform.id} id={id} firstDate={firstDate} acts={acts} />
                    )}
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Records>
      )}
    </div>
  );
}
