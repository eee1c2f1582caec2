import { Button, Group, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schema } from './api';
import { formatCount } from './format';

type Report = Schema<'ImportReportDto'>;

/** A file as the body of a request, plain or compressed, as it is. */
export const sentFile = (file: File) => ({
  body: file as unknown as string,
  bodySerializer: (body: unknown) => body as BodyInit,
  headers: { 'content-type': file.name.endsWith('.gz') ? 'application/gzip' : 'text/csv' },
});

/** What a file would change or has changed, then every line that asks to be looked at. */
export function ImportReport({
  report,
  canTake,
  isBusy,
  onTake,
}: {
  report: Report;
  canTake: boolean;
  isBusy: boolean;
  onTake: () => void;
}) {
  const { t } = useTranslation();
  const { establishments, classes } = report;
  return (
    <Stack gap="xs" role="status">
      <p className="answer">
        {report.state === 'refused'
          ? t('importReport.refused', { why: report.refusal?.message ?? '' })
          : t(report.isDryRun ? 'importReport.would' : 'importReport.did', {
              records: formatCount(report.recordCount),
              schools: formatCount(establishments.createdCount + establishments.updatedCount),
              classes: formatCount(classes.createdCount + classes.updatedCount),
              removed: formatCount(classes.removedCount),
              refused: formatCount(report.refusedLineCount),
            })}
      </p>
      {report.lines.length > 0 && (
        <div className="scroll-x" role="region" aria-label={t('importReport.lines')} tabIndex={0}>
          <Table withTableBorder>
            <Table.Thead>
              <Table.Tr>
                {['line', 'severity', 'field', 'message'].map((column) => (
                  <Table.Th key={column}>{t(`importReport.${column}`)}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {report.lines.map((line, index) => (
                <Table.Tr key={index}>
                  <Table.Td>{line.lineNumber}</Table.Td>
                  <Table.Td>{t(`importReport.is.${line.severity}`)}</Table.Td>
                  <Table.Td>{line.field ?? ''}</Table.Td>
                  <Table.Td>{line.message}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      {report.isDryRun && report.state === 'done' && canTake && (
        <Group>
          <Button loading={isBusy} onClick={onTake}>
            {t('importReport.take')}
          </Button>
          <Text size="sm">{t('importReport.nothingYet')}</Text>
        </Group>
      )}
    </Stack>
  );
}
