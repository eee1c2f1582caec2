import { Anchor, Button, FileInput, Group, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from './api';
import { ImportReport } from './import-report';
import { sayRefused } from './undo';

interface ImportFileProps {
  /** What is in the file: a report of something else is not shown. */
  about: string;
  /** Sends the file, on trial or for good. */
  send: (file: File, isDryRun: boolean, schoolYear: string) => Promise<Schema<'ImportReportDto'>>;
  onSettled: () => void;
  isYearAsked?: boolean;
  /** What is asked besides, before the file. */
  children?: ReactNode;
}

/** A file of the directory: tried first, with every line that would be refused, then taken over. */
export function ImportFile({ about, send, onSettled, isYearAsked = true, children }: ImportFileProps) {
  const { t } = useTranslation();
  const [file, setFile] = useState<File | null>(null);
  const [schoolYear, setSchoolYear] = useState(presentSchoolYear);
  const sent = useMutation({
    mutationFn: ({ isDryRun }: { isDryRun: boolean; about: string }) => send(file!, isDryRun, schoolYear),
    onError: sayRefused,
    onSettled,
  });
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          sent.mutate({ isDryRun: true, about });
        }}
      >
        <Group align="flex-end">
          {children}
          {isYearAsked && (
            <TextInput
              required
              pattern="\d{4}-\d{4}"
              label={t('importFile.schoolYear')}
              value={schoolYear}
              onChange={({ currentTarget: { value } }) => setSchoolYear(value)}
              w={130}
            />
          )}
          <FileInput
            required
            label={t('importFile.file')}
            placeholder={t('importFile.choose')}
            accept=".csv,.gz,text/csv"
            value={file}
            onChange={(chosen) => {
              setFile(chosen);
              sent.reset();
            }}
            w={260}
          />
          <Button type="submit" disabled={file === null} loading={sent.isPending}>
            {t('importFile.try')}
          </Button>
          <Anchor href="/v1/imports/templates/roster.csv" className="row-link">
            {t('importFile.template')}
          </Anchor>
        </Group>
      </form>
      {sent.data && sent.variables.about === about && (
        <ImportReport
          report={sent.data}
          canTake={file !== null}
          isBusy={sent.isPending}
          onTake={() => sent.mutate({ isDryRun: false, about })}
        />
      )}
    </>
  );
}

/** The school year that has begun, `2026-2027`: it changes in August. */
function presentSchoolYear(): string {
  const now = new Date();
  const first = now.getMonth() >= 7 ? now.getFullYear() : now.getFullYear() - 1;
  return `${first}-${first + 1}`;
}
