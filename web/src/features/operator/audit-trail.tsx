import { Button, Group, Stack, Table, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { answerOf, api, download, jsonOf, type Schema } from '../../shared/api';
import { formatInstant } from '../../shared/format';
import { Records } from '../../shared/records';
import { Empty, Failure, Loading } from '../../shared/states';
import { sayRefused } from '../../shared/undo';

/** Who did what, when, from which value to which, and why: the latest first, by establishment, and as CSV. */
export function AuditTrail({ timeZone }: { timeZone: string }) {
  const { t } = useTranslation('operator');
  const [search, setSearch] = useSearchParams();
  const uai = search.get('uai') ?? '';
  const trail = useInfiniteQuery({
    queryKey: ['audit', uai],
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Schema<'AuditPageDto'>) => page.nextCursor ?? undefined,
    queryFn: ({ pageParam }) =>
      jsonOf(
        answerOf(
          api.GET('/v1/audit', {
            params: { query: { limit: 50, ...(uai && { uai }), ...(pageParam && { cursor: pageParam }) } },
          }),
        ),
      ),
  });
  if (trail.isLoadingError) return <Failure error={trail.error} onRetry={() => void trail.refetch()} />;
  if (!trail.data) return <Loading what={t('loading.audit')} />;
  const entries = trail.data.pages.flatMap(({ items }) => items);
  const csv = `/v1/audit?format=csv${uai && `&uai=${encodeURIComponent(uai)}`}`;
  return (
    <Stack>
      <Group align="flex-end">
        <TextInput
          label={t('audit.uai')}
          defaultValue={uai}
          onBlur={({ currentTarget: { value } }) => setSearch(value ? { uai: value } : {}, { replace: true })}
        />
        <Button variant="default" onClick={() => void download(csv, 'etale-journal.csv', 'text/csv').catch(sayRefused)}>
          CSV
        </Button>
      </Group>
      {entries.length === 0 ? (
        <Empty title={t('audit.none')}>{t('audit.noneText')}</Empty>
      ) : (
        <Records label={t('section.journal')}>
          <Table.Thead>
            <Table.Tr>
              {['at', 'who', 'action', 'key', 'reason'].map((column) => (
                <Table.Th key={column}>{t(`audit.${column}`)}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {entries.map((entry) => (
              <Table.Tr key={entry.id}>
                <Table.Td>{formatInstant(entry.recordedAt, timeZone)}</Table.Td>
                <Table.Td>
                  {entry.role === null ? '' : t(`role.${entry.role}`, { defaultValue: entry.role })} {entry.subject}
                </Table.Td>
                <Table.Td>
                  <code>{entry.action}</code>
                </Table.Td>
                <Table.Td>{entry.uai ?? entry.key}</Table.Td>
                <Table.Td>{entry.reason}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Records>
      )}
      {trail.hasNextPage && (
        <Group>
          <Button variant="default" loading={trail.isFetchingNextPage} onClick={() => void trail.fetchNextPage()}>
            {t('audit.more')}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
