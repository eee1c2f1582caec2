import { createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { Module, type DynamicModule } from '@nestjs/common';
import { COMMAND_LINE_OPERATOR } from '../src/access/actor';
import { loadConfig, type Config } from '../src/common/config';
import { DatabaseModule } from '../src/common/database.module';
import { startEmbeddedPostgres } from '../src/common/embedded-postgres';
import { DirectoryModule } from '../src/directory/directory.module';
import type { ImportKind, ImportReport } from '../src/directory/import-report';
import { ImportService } from '../src/directory/import.service';
import { option } from './benchmark';

const FILES: readonly (readonly [ImportKind, string])[] = [
  ['official-schools', 'effectifs_ecoles_hdf_2024.json.gz'],
  ['official-colleges', 'effectifs_colleges_hdf_2024.json.gz'],
  ['official-lycees-gt', 'effectifs_lycees_gt_hdf_2024.json.gz'],
  ['official-lycees-pro', 'effectifs_lycees_pro_hdf_2024.json.gz'],
];

/** The directory alone, with its database. */
@Module({})
class ImportBenchModule {
  static with(config: Config): DynamicModule {
    return { module: ImportBenchModule, imports: [DatabaseModule.with(config), DirectoryModule] };
  }
}

/**
 * Imports the four official files of a real region twice into a new PostgreSQL of its own.
 * `--folder` says where they are (`../shared/data/hdf`).
 */
export async function run(args: string[]): Promise<Record<string, unknown>> {
  const folder = resolve(option(args, 'folder', '../shared/data/hdf'));
  const missing = FILES.find(([, name]) => !existsSync(join(folder, name)));
  if (missing) throw new Error(`${missing[1]} is not in ${folder}: say with --folder where the official files are.`);
  const home = mkdtempSync(join(tmpdir(), 'etale-bench-'));
  const postgres = await startEmbeddedPostgres({ folder: join(home, 'postgres') });
  try {
    const config = loadConfig({ DATABASE_URL: postgres.ownerUrl, LOG_LEVEL: 'silent' });
    const app = await NestFactory.createApplicationContext(ImportBenchModule.with(config), { logger: false });
    try {
      const imports = app.get(ImportService);
      const first = await importAll(imports, folder);
      const second = await importAll(imports, folder);
      const sum = (reports: ImportReport[], of: (report: ImportReport) => number): number =>
        reports.reduce((total, report) => total + of(report), 0);
      return {
        establishmentCount: sum(first.reports, (report) => report.establishments.createdCount),
        pupilCount: sum(first.reports, (report) => report.pupilCount),
        classCount: sum(first.reports, (report) => report.classes.createdCount),
        refusedLineCount: sum(first.reports, (report) => report.refusedLineCount),
        wallSeconds: first.wallSeconds,
        secondRunWallSeconds: second.wallSeconds,
        secondRunChangeCount: sum(second.reports, (report) => report.changeCount),
        peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
      };
    } finally {
      await app.close();
    }
  } finally {
    await postgres.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

async function importAll(
  imports: ImportService,
  folder: string,
): Promise<{ reports: ImportReport[]; wallSeconds: number }> {
  const startedAt = performance.now();
  const reports: ImportReport[] = [];
  for (const [kind, fileName] of FILES) {
    const stream = createReadStream(join(folder, fileName));
    reports.push(await imports.run(COMMAND_LINE_OPERATOR, { kind, stream, fileName, isDryRun: false }));
    stream.destroy();
  }
  return { reports, wallSeconds: Math.round(performance.now() - startedAt) / 1000 };
}
