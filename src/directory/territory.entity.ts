import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity({ name: 'territory' })
export class Territory {
  @PrimaryGeneratedColumn('identity', { name: 'id', generatedIdentity: 'ALWAYS', type: 'int' })
  id!: number;

  @Column({ name: 'code', type: 'text' })
  code!: string;

  @Column({ name: 'kind', type: 'text' })
  kind!: 'region' | 'academy' | 'department';

  @Column({ name: 'name', type: 'text' })
  name!: string;

  @Column({ name: 'parent_id', type: 'int', nullable: true })
  parentId!: number | null;
}
