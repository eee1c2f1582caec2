import './head.css';
import './messages';
import { Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { answerOf, api } from '../../shared/api';
import { ImportFile } from '../../shared/import-file';
import { sentFile } from '../../shared/import-report';
import { Failure, failureOf, Loading } from '../../shared/states';
import { useClasses, useEstablishment } from './data';

/** The classes of a school, brought as a file: tried first, with every line that would be refused, then taken over. */
export function RosterPage() {
  const { uai = '' } = useParams();
  const { t } = useTranslation('head');
  const queries = useQueryClient();
  const [school, classes] = [useEstablishment(uai), useClasses(uai)];
  const failed = failureOf(school, classes);
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
      <ImportFile
        about="roster"
        send={(file, isDryRun, schoolYear) =>
          answerOf(
            api.POST('/v1/establishments/{uai}/roster', {
              params: {
                path: { uai },
                query: { dryRun: isDryRun ? 'true' : 'false', fileName: file.name, schoolYear },
              },
              ...sentFile(file),
            }),
          )
        }
        onSettled={() => void queries.invalidateQueries({ queryKey: ['classes', uai] })}
      />
    </Stack>
  );
}
