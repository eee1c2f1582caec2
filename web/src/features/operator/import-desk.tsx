import { NativeSelect, Stack, Table } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../shared/api';
import { formatInstant } from '../../shared/format';
import { ImportFile } from '../../shared/import-file';
import { sentFile } from '../../shared/import-report';
import { Records } from '../../shared/records';
import { Empty, Failure, Loading } from '../../shared/states';

const KINDS = [
  'roster',
  'official-schools',
  'official-colleges',
  'official-lycees-gt',
  'official-lycees-pro',
  'official-directory',
  'mapping',
] as const;
type Kind = (typeof KINDS)[number];

/** Files of the directory: tried first without changing anything, with every line that would be refused, then taken over. */
export function ImportDesk({ timeZone, canChange }: { timeZone: string; canChange: boolean }) {
  const { t } = useTranslation('operator');
  const queries = useQueryClient();
  const [kind, setKind] = useState<Kind>('roster');
  const imports = useQuery({
    queryKey: ['imports'],
    queryFn: async () => (await answerOf(api.GET('/v1/imports', { params: { query: { limit: 50 } } }))).items,
  });
  if (imports.isLoadingError) return <Failure error={imports.error} onRetry={() => void imports.refetch()} />;
  if (!imports.data) return <Loading what={t('loading.imports')} />;
  return (
    <Stack gap="lg">
      {canChange && (
        <ImportFile
          about={kind}
          isYearAsked={kind === 'roster'}
          send={(file, isDryRun, schoolYear) =>
            answerOf(
              api.POST('/v1/imports', {
                params: {
                  query: {
                    kind,
                    dryRun: isDryRun ? 'true' : 'false',
                    fileName: file.name,
                    ...(kind === 'roster' && { schoolYear }),
                  },
                },
                ...sentFile(file),
              }),
            )
          }
          onSettled={() => void queries.invalidateQueries({ queryKey: ['imports'] })}
        >
          <NativeSelect
            label={t('import.kind')}
            data={KINDS.map((value) => ({ value, label: t(`importKind.${value}`) }))}
            value={kind}
            onChange={({ currentTarget: { value } }) => setKind(value as Kind)}
          />
        </ImportFile>
      )}
      {imports.data.length === 0 ? (
        <Empty title={t('import.none')}>{t('import.noneText')}</Empty>
      ) : (
        <Records label={t('section.imports')}>
          <Table.Thead>
            <Table.Tr>
              {['at', 'kind', 'file', 'state'].map((column) => (
                <Table.Th key={column}>{t(`import.${column}`)}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {imports.data.map((run) => (
              <Table.Tr key={run.id}>
                <Table.Td>{formatInstant(run.startedAt, timeZone)}</Table.Td>
                <Table.Td>{t(`importKind.${run.kind}`)}</Table.Td>
                <Table.Td>{run.fileName}</Table.Td>
                <Table.Td>
                  {t(`importState.${run.state}`)}
                  {run.isDryRun ? ` (${t('import.dry')})` : ''}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Records>
      )}
    </Stack>
  );
}
