import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Config } from '../common/config';
import { CONFIG } from '../common/database.module';
import { ClassMergeStore } from './class-merge.store';
import { ImportBatch } from './import-batch';
import type { ImportContext, ImportFile, ImportFormat } from './import-format';
import { lockDirectory } from './import-lock';
import type { FileRecord } from './import-records.reader';
import { FileRefusal } from './import-refusal';
import { noCounts, type ImportCounts, type ImportJournal } from './import-report';
import {
  ImportRosterStore,
  STAGE_REFUSED,
  STAGE_ROSTER,
  STAGE_SOURCE,
  STAGE_TEACHER,
  STAGED_ROSTER,
} from './import-roster.store';
import { LineRefusal } from './record-fields.rules';
import { readRosterLine, rosterColumns, uaiOfRefused } from './roster.reader';
import { teacherHash } from './teacher-key.rules';

type Stage = typeof STAGE_ROSTER | typeof STAGE_SOURCE | typeof STAGE_TEACHER | typeof STAGE_REFUSED;

/** Imports rosters: for a school year, the file is the whole truth of the establishments that it names. */
@Injectable()
export class ImportRosterService implements ImportFormat {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly store: ImportRosterStore,
    private readonly classes: ClassMergeStore,
  ) {}

  async merge(tx: EntityManager, file: ImportFile, context: ImportContext): Promise<ImportCounts> {
    const { journal, onProgress } = context;
    const schoolYear = context.schoolYear!;
    const droppedPupilColumnCount = this.checkColumns(file, journal);
    await this.store.createStage(tx);
    await this.stage(tx, file, journal, context.onlyUai);
    await lockDirectory(tx);
    onProgress({ phase: 'write', doneCount: 0, totalCount: 2 });
    await this.settle(tx, journal);
    const renamed = await this.store.alias(tx);
    for (const { line_number, code } of renamed)
      journal.note(
        line_number,
        'classe',
        'class_renamed',
        `The class name may hold a person's name; it was replaced by "${code}".`,
      );
    await this.store.settleUlis(tx);

    const givenCount = await this.classes.give(tx, STAGED_ROSTER, [schoolYear]);
    const removedCount = await this.store.removeVanished(tx, schoolYear);
    const updatedCount = await this.classes.update(tx, 'roster');
    const createdCount = await this.classes.insert(tx, 'roster');
    onProgress({ phase: 'write', doneCount: 1, totalCount: 2 });
    const groupLinkCount = await this.store.mergeGroupSources(tx, schoolYear);
    const teacherLinkCount = await this.store.mergeTeachers(tx, schoolYear);
    onProgress({ phase: 'write', doneCount: 2, totalCount: 2 });
    return {
      ...noCounts(),
      schoolYears: [schoolYear],
      classes: { createdCount, updatedCount, removedCount, unchangedCount: givenCount - createdCount - updatedCount },
      pupilCount: await this.classes.pupilCount(tx),
      linkChangeCount: groupLinkCount + teacherLinkCount,
      figures: { renamedClassCount: renamed.length, droppedPupilColumnCount },
    };
  }

  private checkColumns(file: ImportFile, journal: ImportJournal): number {
    if (!file.headers) throw new FileRefusal('format_mismatch', 'A roster is a CSV file: see the template.');
    const { missing, pupil, unknown } = rosterColumns(file.headers);
    if (missing.length > 0)
      throw new FileRefusal('column_missing', `The header line has no column ${missing.join(', ')}.`, 1);
    for (const column of pupil)
      journal.note(
        1,
        null,
        'pupil_column_dropped',
        `Column ${column} is about pupils or parents: none of it was kept.`,
      );
    for (const column of unknown)
      journal.note(1, null, 'column_unknown', `Column ${column} is none of a roster: none of it was kept.`);
    return pupil.length;
  }

  private async stage(tx: EntityManager, file: ImportFile, journal: ImportJournal, onlyUai?: string): Promise<void> {
    const batch = new ImportBatch<Stage>(tx);
    for await (const record of file.records) {
      journal.recordCount++;
      try {
        await this.stageLine(batch, record, onlyUai);
      } catch (error) {
        if (!(error instanceof LineRefusal)) throw error;
        journal.refuse(record.lineNumber, error.field, error.code, error.message);
        const uai = uaiOfRefused(record);
        if (uai !== undefined) await batch.add(STAGE_REFUSED, [uai]);
      }
    }
    await batch.flush();
    await this.store.prepare(tx);
  }

  private async stageLine(batch: ImportBatch<Stage>, record: FileRecord, onlyUai?: string): Promise<void> {
    const { secret } = this.config;
    const { lineNumber } = record;
    const line = readRosterLine(record);
    if (onlyUai !== undefined && line.uai !== onlyUai)
      throw new LineRefusal(
        'uai',
        'uai_other',
        `The line is of another establishment: this import is for ${onlyUai} alone.`,
      );
    const kind = line.groupSources.length > 0 ? 'group' : 'division';
    await batch.add(STAGE_ROSTER, [
      lineNumber,
      line.uai,
      line.rawCode,
      line.needsAlias ? null : line.rawCode,
      line.needsAlias,
      line.label,
      kind,
      line.levels,
      line.headcount,
      line.optionSet,
    ]);
    for (const source of line.groupSources) await batch.add(STAGE_SOURCE, [lineNumber, source]);
    for (const teacher of line.teachers)
      await batch.add(STAGE_TEACHER, [lineNumber, teacherHash(secret, line.uai, teacher), false]);
    for (const teacher of line.sharedTeachers)
      await batch.add(STAGE_TEACHER, [lineNumber, teacherHash(secret, null, teacher), true]);
  }

  /** Refuses the lines that are only wrong beside others or beside the directory. */
  private async settle(tx: EntityManager, journal: ImportJournal): Promise<void> {
    for (const line of await this.store.dropUnknown(tx))
      journal.refuse(line, 'uai', 'uai_unknown', 'The directory has no establishment of this UAI.');
    for (const line of await this.store.dropRepeated(tx))
      journal.refuse(line, 'classe', 'class_repeated', 'An earlier line has this class.');
    for (const line of await this.store.dropRootlessGroups(tx))
      journal.refuse(
        line,
        'groupe_de',
        'group_source_unknown',
        'The group draws from a class that is no division of the establishment in this file.',
      );
  }
}
