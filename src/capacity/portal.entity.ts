import { Column, Entity, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { PlatformEntity } from './platform.entity';

/** An ENT portal that stands on a platform. */
@Entity({ name: 'portal' })
export class PortalEntity {
  @PrimaryGeneratedColumn('identity', { name: 'id', type: 'int', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ name: 'platform_id', type: 'int' })
  platformId!: number;

  @ManyToOne(() => PlatformEntity, (platform) => platform.portals)
  @JoinColumn({ name: 'platform_id' })
  platform!: Relation<PlatformEntity>;

  @Column({ name: 'name', type: 'text' })
  name!: string;

  @Column({ name: 'url', type: 'text', nullable: true })
  url!: string | null;
}
