import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** A class as the exports of a week name it. */
export interface WeekClass {
  id: number;
  code: string;
  isGroup: boolean;
  levels: string[];
  /** Groups drawn from the class. */
  groupIds: number[];
}

/** Reads the classes that a week is about. */
@Injectable()
export class WeekStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** The classes and groups of an establishment in every school year, by code. */
  classesOf(establishmentId: number): Promise<WeekClass[]> {
    return this.database.query<WeekClass[]>(
      `select id, code, kind = 'group' as "isGroup", levels,
              array(select group_id from class_group_source where class_id = class.id order by 1) as "groupIds"
         from class where establishment_id = $1 order by code, id`,
      [establishmentId],
    );
  }
}
