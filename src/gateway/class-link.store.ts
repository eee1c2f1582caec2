import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

export interface LinkedClassRow {
  id: number;
  code: string;
  /** At the ENT. */
  name: string;
}

@Injectable()
export class ClassLinkStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async establishment(uai: string): Promise<{ id: number; platformId: number | null } | undefined> {
    const rows = await this.database.query<{ id: number; platformId: number | null }[]>(
      'select id, platform_id as "platformId" from establishment where uai = $1',
      [uai],
    );
    return rows[0];
  }

  /** Portals that stand on a platform, where their address was stated. */
  portals(platformId: number): Promise<{ name: string; url: string }[]> {
    return this.database.query(
      'select name, url from portal where platform_id = $1 and url is not null order by name',
      [platformId],
    );
  }

  /** Classes and groups of an establishment that the bundle of its platform knows. */
  classes(platformId: number, establishmentId: number): Promise<LinkedClassRow[]> {
    return this.database.query(
      `select k.id, k.code, coalesce(k.ent_class_name, k.code) as name from class k
        where k.establishment_id = $2 and k.school_year in (
          select c.school_year from campaign c join plan p on p.campaign_id = c.id
           where c.platform_id = $1 and p.state = 'published')
        order by k.id`,
      [platformId, establishmentId],
    );
  }
}
