import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import type { INestApplicationContext } from '@nestjs/common';
import { Argument, type Command } from 'commander';
import { COMMAND_LINE_OPERATOR } from '../access/actor';
import { HolidayImportService } from '../calendar/holiday-import.service';
import { DomainError } from '../common/domain-error';
import type { OnProgress } from '../common/progress';
import { IMPORT_KINDS, type ImportKind } from '../directory/import-report';
import { ImportService } from '../directory/import.service';
import { withServices } from './services';
import type { Terminal } from './terminal';

/** The calendar has an import of its own; for operators it is one more kind of file. */
const HOLIDAYS = 'school-holidays';
const KINDS = [...IMPORT_KINDS, HOLIDAYS] as const;
type Kind = (typeof KINDS)[number];

interface ImportOptions {
  dryRun?: boolean;
  schoolYear?: string;
}
/** What every import says of itself. */
interface Outcome {
  file: string;
  isRefused: boolean;
  report: object;
  text: string;
}

/** `import KIND FILE...`: official files, rosters, mappings and school holidays, one transaction per file. */
export function addImport(program: Command, terminal: Terminal): void {
  program
    .command('import')
    .description('import files; a file that is refused changes nothing, a second import of the same one neither')
    .addArgument(new Argument('<kind>', 'what the files hold').choices(KINDS))
    .argument('<file...>', 'CSV or JSON, gzip or not')
    .option('--dry-run', 'say what would change, and change nothing')
    .option('--school-year <year>', 'school year of the classes, 2026-2027')
    .action((kind: Kind, files: string[], options: ImportOptions) =>
      withServices(terminal, async (services) => {
        for (const file of files) await access(file);
        const outcomes: Outcome[] = [];
        for (const file of files) {
          const outcome = await importFile(services, terminal, kind, file, options);
          outcomes.push(outcome);
          if (!terminal.isJson) terminal.note(outcome.text);
          if (outcome.isRefused) break;
        }
        const refused = outcomes.find(({ isRefused }) => isRefused);
        if (refused) throw new ImportRefusedError(refused, outcomes);
        terminal.answer(
          { kind, imports: outcomes.map(({ file, report }) => ({ file, ...report })) },
          `${outcomes.length} of ${files.length} files imported${options.dryRun ? ' (dry run: nothing was changed)' : ''}.`,
        );
      }),
    );
}

/** The files before the refused one are imported and stay so; those after it were not read. */
class ImportRefusedError extends DomainError {
  constructor(refused: Outcome, outcomes: readonly Outcome[]) {
    super('import.refused', 'unprocessable', `${refused.file} was refused: ${refused.text}`, {
      imports: outcomes.map(({ file, report }) => ({ file, ...report })),
    });
  }
}

async function importFile(
  services: INestApplicationContext,
  terminal: Terminal,
  kind: Kind,
  file: string,
  options: ImportOptions,
): Promise<Outcome> {
  const stream = createReadStream(file, { signal: terminal.surroundings.signal });
  const isDryRun = options.dryRun === true;
  const progress = terminal.progress();
  try {
    if (kind === HOLIDAYS) return await importHolidays(services, file, stream, isDryRun);
    return await importDirectory(services, kind, file, stream, { ...options, isDryRun }, progress.onProgress);
  } finally {
    progress.end();
    stream.destroy();
  }
}

async function importHolidays(
  services: INestApplicationContext,
  file: string,
  stream: Readable,
  isDryRun: boolean,
): Promise<Outcome> {
  const report = await services.get(HolidayImportService).run(COMMAND_LINE_OPERATOR, stream, { isDryRun });
  const { createdCount, updatedCount, unchangedCount, deletedCount, refusedCount } = report;
  const text = `${file}: ${createdCount} new, ${updatedCount} changed, ${deletedCount} gone, ${unchangedCount} as before, ${refusedCount} lines refused.`;
  return { file, isRefused: false, report, text };
}

async function importDirectory(
  services: INestApplicationContext,
  kind: ImportKind,
  file: string,
  stream: Readable,
  options: ImportOptions & { isDryRun: boolean },
  onProgress: OnProgress,
): Promise<Outcome> {
  const report = await services.get(ImportService).run(COMMAND_LINE_OPERATOR, {
    kind,
    stream,
    fileName: basename(file),
    isDryRun: options.isDryRun,
    ...(options.schoolYear === undefined ? {} : { schoolYear: options.schoolYear }),
    onProgress,
  });
  const { establishments, classes, refusal } = report;
  const counts = `establishments ${establishments.createdCount} new, ${establishments.updatedCount} changed; classes ${classes.createdCount} new, ${classes.updatedCount} changed, ${classes.removedCount} gone`;
  const text =
    refusal?.message ??
    `${file}: ${report.recordCount} records, ${counts}; ${report.refusedLineCount} lines refused (import ${report.id}).`;
  return { file, isRefused: report.state === 'refused', report, text };
}
