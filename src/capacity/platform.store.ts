import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { PlatformEntity } from './platform.entity';
import { PortalEntity } from './portal.entity';

/** A portal as callers know it. */
interface Portal {
  name: string;
  url: string | null;
}

/** A platform with its portals, by name. */
export interface Platform {
  id: number;
  code: string;
  name: string;
  timeZone: string;
  headroomPerMille: number;
  /** Pupils up to these levels come through their parents' accounts. */
  parentAccountLevels: string[];
  portals: Portal[];
}

/** What may be stated of a platform; what is left out keeps its value, or the default of a new one. */
export interface PlatformStatement {
  code: string;
  name: string;
  timeZone: string;
  headroomPerMille?: number | undefined;
  parentAccountLevels?: string[] | undefined;
  portals?: { name: string; url?: string | null | undefined }[] | undefined;
}

/** A tenth of the capacity stays free unless the operator states another share. */
const DEFAULT_HEADROOM_PER_MILLE = 100;

/** Platforms and their portals. */
@Injectable()
export class PlatformStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async find(platformId: number, tx: EntityManager = this.database.manager): Promise<Platform | undefined> {
    const row = await tx
      .getRepository(PlatformEntity)
      .findOne({ where: { id: platformId }, relations: { portals: true } });
    return row ? platformOf(row) : undefined;
  }

  async findByCode(code: string, tx: EntityManager = this.database.manager): Promise<Platform | undefined> {
    const row = await tx.getRepository(PlatformEntity).findOne({ where: { code }, relations: { portals: true } });
    return row ? platformOf(row) : undefined;
  }

  /** Platforms after an id, in the order of their ids. */
  async list(afterId: number, count: number): Promise<Platform[]> {
    const rows = await this.database
      .getRepository(PlatformEntity)
      .createQueryBuilder('platform')
      .leftJoinAndSelect('platform.portals', 'portal')
      .where('platform.id > :afterId', { afterId })
      .orderBy('platform.id')
      .take(count)
      .getMany();
    return rows.map(platformOf);
  }

  async insert(tx: EntityManager, statement: PlatformStatement): Promise<Platform> {
    const { code, name, timeZone, headroomPerMille = DEFAULT_HEADROOM_PER_MILLE, parentAccountLevels } = statement;
    const [row] = await tx.query<[{ id: number }]>(
      // the default levels are the table's
      parentAccountLevels
        ? 'insert into platform (code, name, time_zone, headroom_per_mille, parent_account_levels) values ($1, $2, $3, $4, $5) returning id'
        : 'insert into platform (code, name, time_zone, headroom_per_mille) values ($1, $2, $3, $4) returning id',
      [code, name, timeZone, headroomPerMille, ...(parentAccountLevels ? [parentAccountLevels] : [])],
    );
    if (statement.portals) await this.replacePortals(tx, row.id, statement.portals);
    return (await this.find(row.id, tx))!;
  }

  async update(tx: EntityManager, platform: Platform, statement: PlatformStatement): Promise<Platform> {
    const { name, timeZone } = statement;
    const { headroomPerMille = platform.headroomPerMille } = statement;
    const { parentAccountLevels = platform.parentAccountLevels } = statement;
    await tx
      .getRepository(PlatformEntity)
      .update({ id: platform.id }, { name, timeZone, headroomPerMille, parentAccountLevels });
    if (statement.portals) await this.replacePortals(tx, platform.id, statement.portals);
    return (await this.find(platform.id, tx))!;
  }

  private async replacePortals(
    tx: EntityManager,
    platformId: number,
    portals: NonNullable<PlatformStatement['portals']>,
  ): Promise<void> {
    const repository = tx.getRepository(PortalEntity);
    await repository.delete({ platformId });
    await repository.insert(portals.map(({ name, url = null }) => ({ platformId, name, url })));
  }
}

function platformOf(row: PlatformEntity): Platform {
  const { id, code, name, timeZone, headroomPerMille, parentAccountLevels } = row;
  const portals = row.portals
    .map((portal) => ({ name: portal.name, url: portal.url }))
    .sort((a, b) => a.name.localeCompare(b.name, 'fr'));
  return { id, code, name, timeZone, headroomPerMille, parentAccountLevels, portals };
}
