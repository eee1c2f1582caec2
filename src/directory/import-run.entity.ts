import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { ImportKind, ImportReport } from './import-report';

/** A run of an import, with its report once it has ended; the lines of the report stand in `import_line`. */
@Entity({ name: 'import_run' })
export class ImportRun {
  @PrimaryGeneratedColumn('identity', { name: 'id', generatedIdentity: 'ALWAYS', type: 'int' })
  id!: number;

  @Column({ name: 'kind', type: 'text' })
  kind!: ImportKind;

  @Column({ name: 'file_name', type: 'text' })
  fileName!: string;

  @Column({ name: 'file_sha256', type: 'text', nullable: true })
  fileSha256!: string | null;

  @Column({ name: 'is_dry_run', type: 'boolean' })
  isDryRun!: boolean;

  @Column({ name: 'state', type: 'text' })
  state!: 'running' | 'done' | 'refused';

  @Column({ name: 'requested_by', type: 'text' })
  requestedBy!: string;

  @Column({ name: 'started_at', type: 'timestamptz' })
  startedAt!: Date;

  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true })
  endedAt!: Date | null;

  @Column({ name: 'report', type: 'jsonb' })
  report!: Partial<Omit<ImportReport, 'lines'>>;
}
