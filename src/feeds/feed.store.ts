import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';

/** Whose windows a feed shows: a class, or a whole establishment. */
export interface FeedOwner {
  establishmentId: number;
  classId: number | null;
}

/** All that the content of a feed depends on besides the day, read in one statement: what its ETag is made of. */
export interface FeedFacts extends FeedOwner {
  uai: string;
  establishmentName: string;
  timeZone: string;
  platformId: number | null;
  classCode: string | null;
  /** Groups drawn from the class. */
  groupIds: number[];
  /** A mark of the codes of all classes that it may show; null without any. */
  classCodes: string | null;
  /** When its name, its platform, or a code or group of its classes changed last. */
  shownChangedAt: Date;
  /** Epoch of the platform, 1 where nothing was ever published. */
  epoch: number;
  /** Latest booking in the establishment: `epoch.revision` and when; null for none. */
  lastChange: string | null;
  lastChangedAt: Date | null;
  /** Published plans as `id.epoch.revision`, and when the latest came into force. */
  plans: string[];
  publishedAt: Date | null;
}

const FACTS = `e.id as "establishmentId", k.id as "classId", e.uai, e.name as "establishmentName", e.time_zone as "timeZone",
  e.platform_id as "platformId", e.shown_changed_at as "shownChangedAt", k.code as "classCode",
  array(select group_id from class_group_source where class_id = k.id order by 1) as "groupIds",
  (select md5(string_agg(s.id || ' ' || s.code, e'\\n' order by s.id)) from class s
    where s.establishment_id = e.id
      and (k.id is null or s.id = k.id or s.id in (select group_id from class_group_source where class_id = k.id))) as "classCodes",
  coalesce((select epoch from platform_revision r where r.platform_id = e.platform_id), 1) as epoch,
  last.change as "lastChange", last.changed_at as "lastChangedAt",
  coalesce(published.plans, '{}') as plans, published.at as "publishedAt"`;
const JOINS = `
  left join lateral (
    select c.epoch || '.' || c.revision as change, c.changed_at from plan_change c
     where (coalesce(c.after, c.before) ->> 'establishmentId')::int = e.id and c.platform_id = e.platform_id
       and c.window_id is not null
     order by c.epoch desc, c.revision desc limit 1) last on true
  left join lateral (
    select array_agg(p.id || '.' || p.published_epoch || '.' || p.published_revision order by p.id) as plans,
           max(p.published_at) as at
      from plan p join campaign g on g.id = p.campaign_id
     where p.state = 'published' and g.platform_id = e.platform_id) published on true`;

/** Addresses of feeds, of which only the hash is kept, and what a feed depends on. */
@Injectable()
export class FeedStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async factsOfToken(tokenSha256: Buffer): Promise<FeedFacts | undefined> {
    const [facts] = await this.database.query<FeedFacts[]>(
      `select ${FACTS} from feed f join establishment e on e.id = f.establishment_id left join class k on k.id = f.class_id
       ${JOINS} where f.token_sha256 = $1`,
      [tokenSha256],
    );
    return facts;
  }

  async factsOfClass(classId: number): Promise<FeedFacts | undefined> {
    const [facts] = await this.database.query<FeedFacts[]>(
      `select ${FACTS} from class k join establishment e on e.id = k.establishment_id ${JOINS} where k.id = $1`,
      [classId],
    );
    return facts;
  }

  async factsOfEstablishment(uai: string): Promise<FeedFacts | undefined> {
    const [facts] = await this.database.query<FeedFacts[]>(
      `select ${FACTS} from establishment e left join class k on false ${JOINS} where e.uai = $1`,
      [uai],
    );
    return facts;
  }

  /** Whether it was created: an owner has one feed at most. */
  async insert(tx: EntityManager, owner: FeedOwner, tokenSha256: Buffer, createdBy: string): Promise<boolean> {
    const rows = await tx.query<object[]>(
      `insert into feed (establishment_id, class_id, token_sha256, created_by) values ($1, $2, $3, $4)
       on conflict on constraint feed_owner_key do nothing returning id`,
      [owner.establishmentId, owner.classId, tokenSha256, createdBy],
    );
    return rows.length > 0;
  }

  /** Whether there was one to give another address to. */
  async replace(tx: EntityManager, owner: FeedOwner, tokenSha256: Buffer, createdBy: string): Promise<boolean> {
    const [, count] = await tx.query<[object[], number]>(
      `update feed set token_sha256 = $3, created_by = $4, created_at = now()
        where establishment_id = $1 and class_id is not distinct from $2`,
      [owner.establishmentId, owner.classId, tokenSha256, createdBy],
    );
    return count > 0;
  }

  async delete(tx: EntityManager, owner: FeedOwner): Promise<boolean> {
    const [, count] = await tx.query<[object[], number]>(
      'delete from feed where establishment_id = $1 and class_id is not distinct from $2',
      [owner.establishmentId, owner.classId],
    );
    return count > 0;
  }
}
