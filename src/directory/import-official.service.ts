import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ClassMergeStore } from './class-merge.store';
import { DirectoryStore } from './directory.store';
import { openHalfDaysOf } from './half-days.rules';
import { lockDirectory } from './import-lock';
import { ImportBatch } from './import-batch';
import type { ImportContext, ImportFile, ImportFormat } from './import-format';
import { ImportOfficialStore, STAGE_CLASS, STAGE_ESTABLISHMENT, STAGED_CLASSES } from './import-official.store';
import { FileRefusal } from './import-refusal';
import { noCounts, type ImportCounts } from './import-report';
import { isOfficialKind, OFFICIAL_FORMATS, type OfficialFormat } from './official.reader';
import { hasField, LineRefusal } from './record-fields.rules';

const DIRECTORY_RANK = 5;
const RANKS = [
  ...Object.entries(OFFICIAL_FORMATS).map(([kind, { rank }]) => [kind, rank] as const),
  ['official-directory', DIRECTORY_RANK] as const,
];

/** Imports the official headcount files: each owns its classes, several may speak of one establishment. */
@Injectable()
export class ImportOfficialService implements ImportFormat {
  constructor(
    private readonly directory: DirectoryStore,
    private readonly store: ImportOfficialStore,
    private readonly classes: ClassMergeStore,
  ) {}

  async merge(tx: EntityManager, file: ImportFile, context: ImportContext): Promise<ImportCounts> {
    const { kind, journal, schoolYear } = context;
    if (!isOfficialKind(kind)) throw new TypeError(kind);
    const format = OFFICIAL_FORMATS[kind];
    await this.store.createStage(tx);
    await this.stage(tx, file, format, context);
    await this.store.analyzeStage(tx);

    const counts = noCounts();
    const olderCount = schoolYear === undefined ? 0 : await this.store.restateSchoolYear(tx, schoolYear);
    if (format.hasOneRecordPerEstablishment)
      for (const line of await this.store.dropRepeatedEstablishments(tx))
        journal.refuse(line, format.requiredFields[0]!, 'uai_repeated', 'An earlier record has this UAI and year.');
    for (const line of await this.store.dropRepeatedClasses(tx))
      journal.refuse(line, format.requiredFields[1]!, 'class_repeated', 'An earlier record has this class.');

    await lockDirectory(tx);
    context.onProgress({ phase: 'write', doneCount: 0, totalCount: 2 });
    await this.directory.ensureTerritories(tx, await this.store.departmentCodes(tx));
    counts.establishments = await this.store.mergeEstablishments(tx, kind, RANKS);
    context.onProgress({ phase: 'write', doneCount: 1, totalCount: 2 });
    const { rosterCount, schoolYears } = await this.store.nameYears(tx);
    const givenCount = await this.classes.give(tx, STAGED_CLASSES, [format.areClassesDerived]);
    const { removedCount, vanishedCount, leftAloneCount } = await this.store.removeVanishedClasses(tx, kind);
    const updatedCount = await this.classes.update(tx, kind);
    const createdCount = await this.classes.insert(tx, kind);
    context.onProgress({ phase: 'write', doneCount: 2, totalCount: 2 });
    if (leftAloneCount > 0)
      journal.note(
        0,
        null,
        'file_is_extract',
        `The file names fewer than half of the establishments that are known of a department: the ${leftAloneCount} others are left as they are.`,
      );
    return {
      ...counts,
      schoolYears,
      classes: { createdCount, updatedCount, removedCount, unchangedCount: givenCount - createdCount - updatedCount },
      pupilCount: await this.classes.pupilCount(tx),
      figures: {
        establishmentWithRosterCount: rosterCount,
        vanishedEstablishmentCount: vanishedCount,
        recordOfOlderYearCount: olderCount,
      },
    };
  }

  private async stage(
    tx: EntityManager,
    file: ImportFile,
    format: OfficialFormat,
    { journal }: ImportContext,
  ): Promise<void> {
    const batch = new ImportBatch<typeof STAGE_ESTABLISHMENT | typeof STAGE_CLASS>(tx);
    for await (const record of file.records) {
      if (journal.recordCount++ === 0) {
        const missing = format.requiredFields.filter((field) => !hasField(record, field));
        if (missing.length > 0)
          throw new FileRefusal(
            'format_mismatch',
            `This is not ${format.dataset}: it has no ${missing.join(', ')}.`,
            1,
          );
      }
      try {
        const read = format.read(record);
        const { lineNumber } = record;
        const { department } = read;
        await batch.add(STAGE_ESTABLISHMENT, [
          lineNumber,
          read.schoolYear,
          read.uai,
          read.name,
          read.kind,
          read.sector,
          read.priorityEducation,
          department.code,
          read.communeCode,
          read.communeName,
          department.timeZone,
          department.holidayZone,
          openHalfDaysOf(read.kind),
        ]);
        for (const { code, levels, headcount } of read.classes)
          await batch.add(STAGE_CLASS, [lineNumber, read.schoolYear, read.uai, code, levels, headcount]);
      } catch (error) {
        if (!(error instanceof LineRefusal)) throw error;
        journal.refuse(record.lineNumber, error.field, error.code, error.message);
      }
    }
    await batch.flush();
  }
}
