import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { HolidayZone } from './holiday-zone.rules';

/** School holidays of a zone, as an import brought them. */
@Entity({ name: 'holiday_period' })
export class HolidayPeriodEntity {
  @PrimaryGeneratedColumn('identity', { name: 'id', type: 'int', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ name: 'holiday_zone', type: 'text' })
  holidayZone!: HolidayZone;

  @Column({ name: 'school_year', type: 'text' })
  schoolYear!: string;

  @Column({ name: 'label', type: 'text' })
  label!: string;

  @Column({ name: 'first_day_off_on', type: 'date' })
  firstDayOffOn!: string;

  @Column({ name: 'resume_on', type: 'date' })
  resumeOn!: string;

  @Column({ name: 'source', type: 'text' })
  source!: string;
}
