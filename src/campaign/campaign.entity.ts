import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { CivilDate } from '../common/civil-time';
import type { Level } from '../directory/level';
import type { CampaignRules, CatchUp, LoadModel } from './window-rule';

/** A dated period in which connections are staggered. */
@Entity({ name: 'campaign' })
export class Campaign {
  @PrimaryGeneratedColumn({ name: 'id', type: 'int' })
  id!: number;

  @Column({ name: 'name', type: 'text' })
  name!: string;

  @Column({ name: 'platform_id', type: 'int' })
  platformId!: number;

  @Column({ name: 'starts_on', type: 'date' })
  startsOn!: CivilDate;

  @Column({ name: 'ends_on', type: 'date' })
  endsOn!: CivilDate;

  @Column({ name: 'school_year', type: 'text' })
  schoolYear!: string;

  @Column({ name: 'preset', type: 'text', nullable: true })
  preset!: string | null;

  @Column({ name: 'keeps_same_hours', type: 'boolean' })
  keepsSameHours!: boolean;

  /** Empty for all of the platform. */
  @Column({ name: 'territory_ids', type: 'int', array: true })
  territoryIds!: number[];

  @Column({ name: 'establishment_kinds', type: 'text', array: true })
  establishmentKinds!: string[];

  @Column({ name: 'levels', type: 'text', array: true })
  levels!: Level[];

  @Column({ name: 'rules', type: 'jsonb' })
  rules!: CampaignRules;

  @Column({ name: 'catch_up', type: 'jsonb', nullable: true })
  catchUp!: CatchUp | null;

  @Column({ name: 'load_model', type: 'jsonb' })
  loadModel!: LoadModel;

  /** Heads may write wishes from then on; null: from the start. */
  @Column({ name: 'wishes_open_at', type: 'timestamptz', nullable: true })
  wishesOpenAt!: Date | null;

  /** ... and until then; null: without a deadline. */
  @Column({ name: 'wishes_close_at', type: 'timestamptz', nullable: true })
  wishesCloseAt!: Date | null;

  /** Whether its first plan waits for the authorities of the establishments that take part. */
  @Column({ name: 'is_approval_needed', type: 'boolean' })
  isApprovalNeeded!: boolean;

  /** The calibration whose load model it began with. */
  @Column({ name: 'calibration_id', type: 'int', nullable: true })
  calibrationId!: number | null;

  @Column({ name: 'created_by', type: 'text' })
  createdBy!: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
