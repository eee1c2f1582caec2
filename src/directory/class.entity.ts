import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { ClassKind } from './directory-rows';
import type { Level } from './level';

@Entity({ name: 'class' })
export class SchoolClass {
  @PrimaryGeneratedColumn('identity', { name: 'id', generatedIdentity: 'ALWAYS', type: 'int' })
  id!: number;

  @Column({ name: 'establishment_id', type: 'int' })
  establishmentId!: number;

  @Column({ name: 'school_year', type: 'text' })
  schoolYear!: string;

  @Column({ name: 'code', type: 'text' })
  code!: string;

  @Column({ name: 'kind', type: 'text' })
  kind!: ClassKind;

  @Column({ name: 'levels', type: 'text', array: true })
  levels!: Level[];

  @Column({ name: 'headcount', type: 'int' })
  headcount!: number;

  @Column({ name: 'ent_class_name', type: 'text', nullable: true })
  entClassName!: string | null;

  @Column({ name: 'option_set', type: 'text', nullable: true })
  optionSet!: string | null;

  @Column({ name: 'is_derived', type: 'boolean' })
  isDerived!: boolean;

  @Column({ name: 'source', type: 'text' })
  source!: string;
}
