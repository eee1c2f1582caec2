import { Injectable } from '@nestjs/common';
import { ImportDirectoryService } from './import-directory.service';
import type { ImportFormat } from './import-format';
import { ImportMappingService } from './import-mapping.service';
import { ImportOfficialService } from './import-official.service';
import type { ImportKind } from './import-report';
import { ImportRosterService } from './import-roster.service';
import { isOfficialKind, OFFICIAL_FORMATS } from './official.reader';

/** Which format reads which kind of file. */
@Injectable()
export class ImportFormats {
  constructor(
    private readonly official: ImportOfficialService,
    private readonly directory: ImportDirectoryService,
    private readonly roster: ImportRosterService,
    private readonly mapping: ImportMappingService,
  ) {}

  of(kind: ImportKind): ImportFormat {
    if (kind === 'roster') return this.roster;
    if (kind === 'mapping') return this.mapping;
    return kind === 'official-directory' ? this.directory : this.official;
  }

  needsSchoolYear(kind: ImportKind): boolean {
    return kind === 'roster' || kind === 'mapping';
  }

  /** The rule by which a format makes what its files do not have; null where nothing is made. */
  ruleOf(kind: ImportKind): string | null {
    return isOfficialKind(kind) ? OFFICIAL_FORMATS[kind].rule : null;
  }
}
