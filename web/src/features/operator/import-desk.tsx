import { Anchor, Button, FileInput, Group, NativeSelect, Stack, Table, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schema } from '../../shared/api';
import { formatInstant } from '../../shared/format';
import { ImportReport, presentSchoolYear, sentFile } from '../../shared/import-report';
import { Empty, Failure, Loading } from '../../shared/states';
import { sayRefused } from '../../shared/undo';

const KINDS = ['roster', 'official-schools', 'official-colleges', 'official-lycees-gt', 'official-lycees-pro', 'official-directory', 'mapping'] as const; // prettier-ignore
type Kind = (typeof KINDS)[number];
type Report = Schema<'ImportReportDto'>;

/** Files of the directory: tried first without changing anything, with every line that would be refused, then taken over. */
export function ImportDesk({ timeZone, canChange }: { timeZone: string; canChange: boolean }) {
  const { t } = useTranslation('operator');
  const queries = useQueryClient();
  const [kind, setKind] = useState<Kind>('roster');
  const [file, setFile] = useState<File | null>(null);
  const [schoolYear, setSchoolYear] = useState(presentSchoolYear);
  const [report, setReport] = useState<Report>();
  const imports = useQuery({
    queryKey: ['imports'],
    queryFn: async () => (await answerOf(api.GET('/v1/imports', { params: { query: { limit: 50 } } }))).items,
  });
  const send = useMutation({
    mutationFn: (isDryRun: boolean) =>
      answerOf(
        api.POST('/v1/imports', {
          params: {
            query: {
              kind,
              dryRun: isDryRun ? 'true' : 'false',
              fileName: file!.name,
              ...(kind === 'roster' && { schoolYear }),
            },
          },
          ...sentFile(file!),
        }),
      ),
    onSuccess: setReport,
    onError: sayRefused,
    onSettled: () => void queries.invalidateQueries({ queryKey: ['imports'] }),
  });
  if (imports.isError) return <Failure error={imports.error} onRetry={() => void imports.refetch()} />;
  if (!imports.data) return <Loading what={t('loading.imports')} />;
  return (
    <Stack gap="lg">
      {canChange && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            send.mutate(true);
          }}
        >
          <Group align="flex-end">
            <NativeSelect
              label={t('import.kind')}
              data={KINDS.map((value) => ({ value, label: t(`importKind.${value}`) }))}
              value={kind}
              onChange={({ currentTarget: { value } }) => setKind(value as Kind)}
            />{' '}
            {/* prettier-ignore */}
            {kind === 'roster' && (
              <TextInput
                required
                pattern="\d{4}-\d{4}"
                label={t('import.schoolYear')}
                value={schoolYear}
                onChange={({ currentTarget: { value } }) => setSchoolYear(value)}
                w={130}
              />
            )}{' '}
            {/* prettier-ignore */}
            <FileInput required label={t('import.file')} placeholder={t('import.choose')} accept=".csv,.gz,text/csv" value={file} onChange={setFile} w={260} />{' '}
            {/* prettier-ignore */}
            <Button type="submit" disabled={file === null} loading={send.isPending}>
              {t('import.try')}
            </Button>
            <Anchor href="/v1/imports/templates/roster.csv" className="row-link">
              {t('import.template')}
            </Anchor>
          </Group>
        </form>
      )}
      {report && (
        <ImportReport
          report={report}
          canTake={canChange && file !== null}
          isBusy={send.isPending}
          onTake={() => send.mutate(false)}
        />
      )}
      {imports.data.length === 0 ? (
        <Empty title={t('import.none')}>{t('import.noneText')}</Empty>
      ) : (
        <div className="scroll-x" role="region" aria-label={t('section.imports')} tabIndex={0}>
          <Table withTableBorder striped>
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
          </Table>
        </div>
      )}
    </Stack>
  );
}
