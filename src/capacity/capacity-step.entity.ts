import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A declared capacity, in force from its instant until the next step. */
@Entity({ name: 'capacity_step' })
export class CapacityStepEntity {
  @PrimaryGeneratedColumn('identity', { name: 'id', type: 'int', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ name: 'platform_id', type: 'int' })
  platformId!: number;

  @Column({ name: 'starts_at', type: 'timestamptz' })
  startsAt!: Date;

  @Column({ name: 'concurrent_sessions', type: 'int' })
  concurrentSessions!: number;

  @Column({ name: 'logins_per_minute', type: 'int' })
  loginsPerMinute!: number;

  @Column({ name: 'reason', type: 'text' })
  reason!: string;
}
