import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Dates that a territory or an establishment opens or closes against its pattern and the holidays. */
@Entity({ name: 'calendar_exception' })
export class CalendarExceptionEntity {
  @PrimaryGeneratedColumn('identity', { name: 'id', type: 'int', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ name: 'territory_id', type: 'int', nullable: true })
  territoryId!: number | null;

  @Column({ name: 'establishment_id', type: 'int', nullable: true })
  establishmentId!: number | null;

  @Column({ name: 'first_on', type: 'date' })
  firstOn!: string;

  @Column({ name: 'last_on', type: 'date' })
  lastOn!: string;

  @Column({ name: 'open_half_days', type: 'int' })
  openHalfDays!: number;

  @Column({ name: 'reason', type: 'text' })
  reason!: string;
}
