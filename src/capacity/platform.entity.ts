import { Column, Entity, OneToMany, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { PortalEntity } from './portal.entity';

/** The infrastructure that saturates. */
@Entity({ name: 'platform' })
export class PlatformEntity {
  @PrimaryGeneratedColumn('identity', { name: 'id', type: 'int', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ name: 'code', type: 'text' })
  code!: string;

  @Column({ name: 'name', type: 'text' })
  name!: string;

  @Column({ name: 'time_zone', type: 'text' })
  timeZone!: string;

  @Column({ name: 'headroom_per_mille', type: 'int' })
  headroomPerMille!: number;

  @Column({ name: 'parent_account_levels', type: 'text', array: true })
  parentAccountLevels!: string[];

  @OneToMany(() => PortalEntity, (portal) => portal.platform)
  portals!: Relation<PortalEntity[]>;
}
