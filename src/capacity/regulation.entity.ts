import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A dated reduction of capacity. */
@Entity({ name: 'regulation' })
export class RegulationEntity {
  @PrimaryGeneratedColumn('identity', { name: 'id', type: 'int', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ name: 'platform_id', type: 'int' })
  platformId!: number;

  @Column({ name: 'starts_at', type: 'timestamptz' })
  startsAt!: Date;

  @Column({ name: 'ends_at', type: 'timestamptz' })
  endsAt!: Date;

  @Column({ name: 'sessions_per_mille', type: 'int' })
  sessionsPerMille!: number;

  @Column({ name: 'logins_per_mille', type: 'int' })
  loginsPerMille!: number;

  @Column({ name: 'reason', type: 'text' })
  reason!: string;
}
