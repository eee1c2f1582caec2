import { DomainError } from '../common/domain-error';
import type { ImportReport } from './import-report';

export class SchoolYearError extends DomainError {
  constructor(code: 'school_year_missing' | 'school_year_invalid') {
    super(
      `import.${code}`,
      'invalid',
      code === 'school_year_missing'
        ? 'State the school year of the classes (schoolYear=2026-2027): this file does not say it.'
        : 'A school year is two years that follow each other, such as 2026-2027.',
    );
  }
}

export class ImportBodyError extends DomainError {
  constructor() {
    super(
      'import.media_type',
      'unsupported',
      'Send the file itself as the body, with the content type text/csv, application/gzip, application/x-ndjson or application/octet-stream.',
    );
  }
}

/** A file of which nothing was written; the report is kept under its number. */
export class ImportRefusedError extends DomainError {
  constructor(report: ImportReport) {
    super(
      `import.${report.refusal?.code ?? 'refused'}`,
      'unprocessable',
      report.refusal?.message ?? 'The file is refused.',
      {
        importId: report.id,
        report,
      },
    );
  }
}
