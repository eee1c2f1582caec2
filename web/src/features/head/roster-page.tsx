import './head.css';
import './messages';
import { Anchor, Button, FileInput, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { answerOf, api, type Schema } from '../../shared/api';
import { ImportReport, presentSchoolYear, sentFile } from '../../shared/import-report';
import { Failure, Loading } from '../../shared/states';
import { sayRefused } from '../../shared/undo';
import { useClasses, useEstablishment } from './data';

/** The classes of a school, brought as a file: tried first, with every line that would be refused, then taken over. */
export function RosterPage() {
  const { uai = '' } = useParams();
  const { t } = useTranslation('head');
  const queries = useQueryClient();
  const [school, classes] = [useEstablishment(uai), useClasses(uai)];
  const [file, setFile] = useState<File | null>(null);
  const [schoolYear, setSchoolYear] = useState(presentSchoolYear);
  const [report, setReport] = useState<Schema<'ImportReportDto'>>();
  const send = useMutation({
    mutationFn: (isDryRun: boolean) =>
      answerOf(
        api.POST('/v1/establishments/{uai}/roster', {
          params: {
            path: { uai },
            query: { dryRun: isDryRun ? 'true' : 'false', fileName: file!.name, schoolYear },
          },
          ...sentFile(file!),
        }),
      ),
    onSuccess: setReport,
    onError: sayRefused,
    onSettled: () => queries.invalidateQueries({ queryKey: ['classes', uai] }),
  });
  const failed = school.error ?? classes.error;
  if (failed) return <Failure error={failed} onRetry={() => void Promise.all([school.refetch(), classes.refetch()])} />;
  if (!school.data || !classes.data) return <Loading what={t('loading.week')} />;
  return (
    <Stack gap="md">
      <div>
        <Title order={1} size="h3">
          {t('roster.title')}
        </Title>
        <Text>{school.data.name}</Text>
        <p className="answer">{t('roster.have', { count: classes.data.length })}</p>
        <Text size="sm">{t('roster.text')}</Text>
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send.mutate(true);
        }}
      >
        <Group align="flex-end">
          <FileInput
            required
            label={t('roster.file')}
            placeholder={t('roster.choose')}
            accept=".csv,.gz,text/csv"
            value={file}
            onChange={(chosen) => {
              setFile(chosen);
              setReport(undefined);
            }}
            w={260}
          />
          <TextInput
            required
            pattern="\d{4}-\d{4}"
            label={t('roster.schoolYear')}
            value={schoolYear}
            onChange={({ currentTarget: { value } }) => setSchoolYear(value)}
            w={130}
          />
          <Button type="submit" disabled={file === null} loading={send.isPending}>
            {t('roster.try')}
          </Button>
          <Anchor href="/v1/imports/templates/roster.csv" className="row-link">
            {t('roster.template')}
          </Anchor>
        </Group>
      </form>
      {report && (
        <ImportReport
          report={report}
          canTake={file !== null}
          isBusy={send.isPending}
          onTake={() => send.mutate(false)}
        />
      )}
    </Stack>
  );
}
