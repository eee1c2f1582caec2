import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { EstablishmentKind, PriorityEducation, Sector } from './directory-rows';

@Entity({ name: 'establishment' })
export class Establishment {
  @PrimaryGeneratedColumn('identity', { name: 'id', generatedIdentity: 'ALWAYS', type: 'int' })
  id!: number;

  @Column({ name: 'uai', type: 'text' })
  uai!: string;

  @Column({ name: 'name', type: 'text' })
  name!: string;

  @Column({ name: 'kind', type: 'text' })
  kind!: EstablishmentKind;

  @Column({ name: 'sector', type: 'text' })
  sector!: Sector;

  @Column({ name: 'priority_education', type: 'text' })
  priorityEducation!: PriorityEducation;

  @Column({ name: 'department_id', type: 'int' })
  departmentId!: number;

  @Column({ name: 'commune_code', type: 'text', nullable: true })
  communeCode!: string | null;

  @Column({ name: 'commune_name', type: 'text' })
  communeName!: string;

  @Column({ name: 'time_zone', type: 'text' })
  timeZone!: string;

  @Column({ name: 'holiday_zone', type: 'text' })
  holidayZone!: string;

  @Column({ name: 'latitude', type: 'double precision', nullable: true })
  latitude!: number | null;

  @Column({ name: 'longitude', type: 'double precision', nullable: true })
  longitude!: number | null;

  @Column({ name: 'telephone', type: 'text', nullable: true })
  telephone!: string | null;

  @Column({ name: 'structure_external_id', type: 'text', nullable: true })
  structureExternalId!: string | null;

  @Column({ name: 'open_half_days', type: 'int' })
  openHalfDays!: number;

  @Column({ name: 'simultaneous_window_limit', type: 'int', nullable: true })
  simultaneousWindowLimit!: number | null;

  @Column({ name: 'platform_id', type: 'int', nullable: true })
  platformId!: number | null;

  @Column({ name: 'source', type: 'text' })
  source!: string;

  /** When something was changed last that feeds and pages show of it: kept by the database. */
  @Column({ name: 'shown_changed_at', type: 'timestamptz', insert: false, update: false })
  shownChangedAt!: Date;
}
