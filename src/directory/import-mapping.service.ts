import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { mayNamePerson } from './class-alias.rules';
import { ImportBatch } from './import-batch';
import type { ImportContext, ImportFile, ImportFormat } from './import-format';
import { lockDirectory } from './import-lock';
import { ImportMappingStore, STAGE_MAPPING } from './import-mapping.store';
import { EXTRA_VALUES, fieldName, type FileRecord } from './import-records.reader';
import { FileRefusal } from './import-refusal';
import { KEPT_LINE_COUNT, noCounts, type ImportCounts, type ImportJournal } from './import-report';
import { LineRefusal, textField, uaiField } from './record-fields.rules';
import { classCodeOf } from './roster.reader';

const COLUMNS = ['uai', 'structure_external_id', 'class_code', 'class_name'] as const;
const KEY_CHARACTERS = 100;

/** Imports what the ENT calls establishments and classes: for those that it names, the file is the whole truth. */
@Injectable()
export class ImportMappingService implements ImportFormat {
  constructor(private readonly store: ImportMappingStore) {}

  async merge(tx: EntityManager, file: ImportFile, context: ImportContext): Promise<ImportCounts> {
    const { journal } = context;
    const schoolYear = context.schoolYear!;
    if (!file.headers) throw new FileRefusal('format_mismatch', `A mapping is a CSV file: ${COLUMNS.join(';')}.`);
    const names = file.headers.map(fieldName);
    const missing = COLUMNS.filter((column) => !names.includes(fieldName(column)));
    if (missing.length > 0)
      throw new FileRefusal('column_missing', `The header line has no column ${missing.join(', ')}.`, 1);
    names.forEach((name, at) => {
      if (!COLUMNS.some((column) => fieldName(column) === name))
        journal.note(1, null, 'column_unknown', `Column ${at + 1} is none of a mapping: none of it was kept.`);
    });
    await this.stage(tx, file, journal);
    await lockDirectory(tx);
    await this.settle(tx, journal);
    const unmatched = await this.store.unmatchedLines(tx, schoolYear);
    for (const line of unmatched)
      journal.note(line, 'class_code', 'class_unmatched', `The directory has no such class in ${schoolYear}.`);
    const structures = await this.store.mergeStructures(tx);
    const classNames = await this.store.mergeClassNames(tx, schoolYear);
    const without = await this.store.classesWithoutLine(tx, KEPT_LINE_COUNT);
    for (const { uai, code } of without.shown)
      journal.note(0, null, 'class_without_line', `No line names class "${code}" of ${uai}.`);
    return {
      ...noCounts(),
      schoolYears: [schoolYear],
      establishments: { createdCount: 0, ...structures },
      classes: { createdCount: 0, removedCount: 0, ...classNames },
      figures: { unmatchedLineCount: unmatched.length, unmatchedClassCount: without.count },
    };
  }

  private async stage(tx: EntityManager, file: ImportFile, journal: ImportJournal): Promise<void> {
    await this.store.createStage(tx);
    const batch = new ImportBatch<typeof STAGE_MAPPING>(tx);
    for await (const record of file.records) {
      journal.recordCount++;
      try {
        await batch.add(STAGE_MAPPING, [record.lineNumber, ...mappingOf(record)]);
      } catch (error) {
        if (!(error instanceof LineRefusal)) throw error;
        journal.refuse(record.lineNumber, error.field, error.code, error.message);
      }
    }
    await batch.flush();
    await tx.query(`create index on ${STAGE_MAPPING} (uai, line_number)`);
    await tx.query(`create index on ${STAGE_MAPPING} (structure_external_id, line_number)`);
    await tx.query(`analyze ${STAGE_MAPPING}`);
  }

  /** Refuses the lines that are only wrong beside others or beside the directory. */
  private async settle(tx: EntityManager, journal: ImportJournal): Promise<void> {
    const refuse = (lines: number[], field: string, code: string, message: string): void => {
      for (const line of lines) journal.refuse(line, field, code, message);
    };
    refuse(await this.store.dropUnknown(tx), 'uai', 'uai_unknown', 'The directory has no establishment of this UAI.');
    refuse(
      await this.store.dropSecondStructures(tx),
      'structure_external_id',
      'structure_conflict',
      'An earlier line gives this establishment another structure.',
    );
    refuse(
      await this.store.dropTakenStructures(tx),
      'structure_external_id',
      'structure_taken',
      'Another establishment has this structure.',
    );
    refuse(
      await this.store.dropRepeated(tx, 'class_code'),
      'class_code',
      'class_repeated',
      'An earlier line has this class.',
    );
    refuse(
      await this.store.dropRepeated(tx, 'class_name'),
      'class_name',
      'class_name_repeated',
      'An earlier class of the establishment has this name in the ENT: the key would mean two classes.',
    );
    refuse(
      await this.store.dropPersonal(tx),
      'class_name',
      'class_name_personal',
      "The ENT's class name may hold a person's name and is not kept: the class falls back to the windows of its level.",
    );
  }
}

/** uai, structure, class code and name (null for a line about the structure only), whether the name may be a person's. */
function mappingOf(record: FileRecord): unknown[] {
  const uai = uaiField(record, 'uai');
  if (record.fields.has(EXTRA_VALUES))
    throw new LineRefusal(null, 'value_count', 'The line has more values than there are columns.');
  const structure = textField(record, 'structure_external_id');
  if (structure === '' || structure.length > KEY_CHARACTERS)
    throw new LineRefusal(
      'structure_external_id',
      'structure_invalid',
      `The structure's external id has 1 to ${KEY_CHARACTERS} characters.`,
    );
  if (structure.includes('$'))
    throw new LineRefusal(
      'structure_external_id',
      'structure_invalid',
      'A structure holds no $: it ends there in a class key.',
    );
  const code = classCodeOf(textField(record, 'class_code'));
  const name = classCodeOf(textField(record, 'class_name'));
  if ((code === '') !== (name === ''))
    throw new LineRefusal(
      'class_name',
      'class_incomplete',
      'The class needs both its code and its name in the ENT, or neither.',
    );
  if (name.length > KEY_CHARACTERS || mayNamePerson(name, true))
    throw new LineRefusal(
      'class_name',
      name.length > KEY_CHARACTERS ? 'class_name_too_long' : 'class_name_personal',
      name.length > KEY_CHARACTERS
        ? `A class name has at most ${KEY_CHARACTERS} characters.`
        : "The ENT's class name may hold a person's name and is not kept: the class falls back to the windows of its level.",
    );
  return [uai, structure, code || null, name || null, name !== '' && mayNamePerson(name, false)];
}
