import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { DomainError, NotFoundError } from '../common/domain-error';
import { decodeCursor, pageOf, type Page } from '../common/keyset';
import { DirectoryReadStore, type ClassView, type EstablishmentView, type TerritoryView } from './directory-read.store';
import type { EstablishmentKind } from './directory-rows';
import { SchoolYearError } from './import.errors';
import { levelGroupOf, type LevelGroup } from './level';
import { schoolYearOf } from './record-fields.rules';
import { plain } from './text.rules';
import { checkedUai } from './uai.errors';

class PositionError extends DomainError {
  constructor() {
    super(
      'directory.position_invalid',
      'invalid',
      'near is a latitude and a longitude in degrees, such as 50.63,3.06.',
    );
  }
}

export interface EstablishmentQuery {
  /** Code or id of a region, academy or department. */
  territory?: string;
  kinds?: EstablishmentKind[];
  /** Number of the platform. */
  platform?: number;
  text?: string;
  /** `latitude,longitude`. */
  near?: string;
  radiusKilometres?: number;
  limit: number;
  cursor?: string;
}

export type ClassOfEstablishment = ClassView & { levelGroup: LevelGroup };

/** `saint-omer` and `l'abbaye` are searched as the words that people may also write apart. */
const BETWEEN_WORDS = /[\s'’-]+/u;
const DEFAULT_RADIUS_KILOMETRES = 20;

/** Answers what is asked of the directory. */
@Injectable()
export class DirectoryService {
  constructor(private readonly store: DirectoryReadStore) {}

  async territories(_actor: Actor, limit: number, cursor?: string): Promise<Page<TerritoryView>> {
    const afterId = cursor === undefined ? 0 : (decodeCursor(cursor, ['number'])[0] as number);
    return pageOf(await this.store.territories(afterId, limit + 1), limit, ({ id }) => [id]);
  }

  /** Establishments in the order of their UAIs, or of their distance when `near` is given. Throws NotFoundError, PositionError. */
  async establishments(_actor: Actor, query: EstablishmentQuery): Promise<Page<EstablishmentView>> {
    const near = query.near === undefined ? undefined : this.pointOf(query.near, query.radiusKilometres);
    let territoryIds: number[] | undefined;
    if (query.territory !== undefined) {
      territoryIds = await this.store.territoryAndBelow(query.territory);
      if (territoryIds.length === 0) throw new NotFoundError('territory', query.territory);
    }
    if (query.platform !== undefined && !(await this.store.isPlatform(query.platform)))
      throw new NotFoundError('platform', query.platform);
    const filter = {
      territoryIds,
      kinds: query.kinds,
      platformId: query.platform,
      words: query.text === undefined ? [] : plain(query.text).split(BETWEEN_WORDS).filter(Boolean),
      near,
    };
    const key = query.cursor === undefined ? undefined : decodeCursor(query.cursor, ['number', 'string']);
    const after = key && { distanceMetres: key[0] as number, uai: key[1] as string };
    const rows = await this.store.establishments(filter, after, query.limit + 1);
    return pageOf(rows, query.limit, (row) => [row.distanceMetres ?? 0, row.uai]);
  }

  private pointOf(near: string, radiusKilometres = DEFAULT_RADIUS_KILOMETRES) {
    const match = /^(-?\d{1,2}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)$/.exec(near.replace(/\s/g, ''));
    const [latitude, longitude] = match ? [Number(match[1]), Number(match[2])] : [NaN, NaN];
    if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) throw new PositionError();
    return { latitude, longitude, radiusMetres: radiusKilometres * 1000 };
  }

  /** One establishment. Throws UaiError for a UAI that cannot be one, NotFoundError for one that is not known. */
  async establishment(_actor: Actor, uaiText: string): Promise<EstablishmentView> {
    const uai = checkedUai(uaiText);
    const establishment = await this.store.establishment(uai);
    if (!establishment) throw new NotFoundError('establishment', uai);
    return establishment;
  }

  /** The classes of an establishment in a school year (its latest when none is asked for), in the order of their codes. */
  async classes(
    actor: Actor,
    uaiText: string,
    query: { schoolYear?: string; limit: number; cursor?: string },
  ): Promise<Page<ClassOfEstablishment>> {
    const { id } = await this.establishment(actor, uaiText);
    const asked = query.schoolYear === undefined ? undefined : schoolYearOf(query.schoolYear);
    if (query.schoolYear !== undefined && asked === undefined) throw new SchoolYearError('school_year_invalid');
    const schoolYear = asked ?? (await this.store.latestSchoolYear(id));
    if (schoolYear === undefined) return { items: [], nextCursor: null };
    const afterCode = query.cursor === undefined ? '' : (decodeCursor(query.cursor, ['string'])[0] as string);
    const rows = await this.store.classes(id, schoolYear, afterCode, query.limit + 1);
    const page = pageOf(rows, query.limit, ({ code }) => [code]);
    return { ...page, items: page.items.map((row) => ({ ...row, levelGroup: levelGroupOf(row.levels) })) };
  }
}
