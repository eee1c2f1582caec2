import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DirectoryStore } from './directory.store';
import { kindOfDenomination } from './establishment-kind.rules';
import { ImportBatch } from './import-batch';
import { ImportDirectoryStore, STAGE_ADDRESS } from './import-directory.store';
import type { ImportContext, ImportFile, ImportFormat } from './import-format';
import { lockDirectory } from './import-lock';
import type { FileRecord } from './import-records.reader';
import { FileRefusal } from './import-refusal';
import { noCounts, type ImportCounts } from './import-report';
import { hasField, LineRefusal, textField, uaiField } from './record-fields.rules';
import { departmentOf } from './territory.rules';

const REQUIRED_FIELDS = ['identifiant_de_l_etablissement', 'nom_etablissement', 'latitude', 'longitude'];

/** Completes known establishments from the national directory (fr-en-annuaire-education): name, place, telephone. */
@Injectable()
export class ImportDirectoryService implements ImportFormat {
  constructor(
    private readonly directory: DirectoryStore,
    private readonly store: ImportDirectoryStore,
  ) {}

  async merge(tx: EntityManager, file: ImportFile, { kind, journal }: ImportContext): Promise<ImportCounts> {
    await this.store.createStage(tx);
    const batch = new ImportBatch<typeof STAGE_ADDRESS>(tx);
    for await (const record of file.records) {
      if (journal.recordCount++ === 0) {
        const missing = REQUIRED_FIELDS.filter((field) => !hasField(record, field));
        if (missing.length > 0)
          throw new FileRefusal(
            'format_mismatch',
            `This is not fr-en-annuaire-education: it has no ${missing.join(', ')}.`,
            1,
          );
      }
      try {
        await batch.add(STAGE_ADDRESS, [record.lineNumber, ...addressOf(record)]);
      } catch (error) {
        if (!(error instanceof LineRefusal)) throw error;
        journal.refuse(record.lineNumber, error.field, error.code, error.message);
      }
    }
    await batch.flush();
    for (const line of await this.store.dropRepeated(tx))
      journal.refuse(line, REQUIRED_FIELDS[0]!, 'uai_repeated', 'An earlier line has this UAI.');
    await lockDirectory(tx);
    const { unmatchedCount, knownCount, departmentCodes } = await this.store.match(tx);
    await this.directory.ensureTerritories(tx, departmentCodes);
    const updatedCount = await this.store.complete(tx, kind);
    return {
      ...noCounts(),
      establishments: { createdCount: 0, updatedCount, unchangedCount: knownCount - updatedCount },
      figures: { unknownEstablishmentCount: unmatchedCount },
    };
  }
}

/** uai, name, kind, telephone, latitude, longitude, commune code, department code, time zone, holiday zone. */
function addressOf(record: FileRecord): unknown[] {
  const uai = uaiField(record, 'identifiant_de_l_etablissement');
  const [latitude, longitude] = positionOf(record);
  const departmentText = textField(record, 'code_departement');
  const department = departmentText === '' ? undefined : departmentOf(departmentText);
  const telephone = textField(record, 'telephone')
    .replace(/[^+\d ]/g, '')
    .slice(0, 20)
    .trim();
  return [
    uai,
    textField(record, 'nom_etablissement').slice(0, 300) || null,
    kindOfDenomination(textField(record, 'libelle_nature')) ?? null,
    telephone || null,
    latitude,
    longitude,
    textField(record, 'code_commune') || null,
    department?.code ?? null,
    department?.timeZone ?? null,
    department?.holidayZone ?? null,
  ];
}

function positionOf(record: FileRecord): [number, number] | [null, null] {
  const texts = [textField(record, 'latitude'), textField(record, 'longitude')];
  if (texts.some((text) => text === '')) return [null, null];
  const [latitude, longitude] = texts.map((text) => Number(text.replace(',', '.'))) as [number, number];
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180))
    throw new LineRefusal(
      'latitude',
      'position_invalid',
      'A position is a latitude of -90 to 90 and a longitude of -180 to 180.',
    );
  return [latitude, longitude];
}
