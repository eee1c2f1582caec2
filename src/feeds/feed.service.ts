import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '../audit/audit-entry';
import { inTransaction } from '../common/database';
import type { Actor } from '../access/actor';
import { addDays, cellOfCivil, civilOfCell } from '../common/civil-time';
import { NotFoundError } from '../common/domain-error';
import type { Language } from '../common/language.rules';
import { cellOfSeconds } from '../kernel/cell-grid';
import { WindowChangeStore } from '../plan/window-change.store';
import { WindowReadStore } from '../plan/window-read.store';
import type { FeedAddressDto } from './feed.dto';
import { FeedExists, FeedUnknown } from './feed.errors';
import { calendarTextOf, type LastChange } from './feed-calendar.rules';
import { type FeedFacts, FeedStore } from './feed.store';

const TOKEN_BYTES = 32;
const FILE = /^([A-Za-z0-9_-]{43})\.ics$/;
/** A feed goes back this far, and tells of a cancelled window this long. */
const PAST_DAYS = 30;
/** A campaign is planned for the school year at most. */
const FUTURE_DAYS = 400;
const MOST_WINDOWS = 50_000;

/** What a request says about what it has, and what its answer depends on. */
export interface FeedRequest {
  language: Language;
  ifNoneMatch: string | undefined;
  ifModifiedSince: string | undefined;
  acceptEncoding: string | undefined;
}

/** A feed, or only its validators where the asker has it already. */
export interface FeedAnswer {
  etag: string;
  lastModified: Date;
  /** Undefined: not modified. */
  text: string | undefined;
}

/** Calendars of connection windows that families and teachers subscribe to. */
@Injectable()
export class FeedService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly store: FeedStore,
    private readonly windows: WindowReadStore,
    private readonly changes: WindowChangeStore,
  ) {}

  /** @throws NotFoundError, FeedExists */
  async createOfClass(actor: Actor, classId: number): Promise<FeedAddressDto> {
    return this.create(actor, await this.classFacts(classId));
  }

  /** @throws NotFoundError, FeedExists */
  async createOfEstablishment(actor: Actor, uai: string): Promise<FeedAddressDto> {
    return this.create(actor, await this.establishmentFacts(uai));
  }

  /** Another address; the one before is nobody's from now on. @throws NotFoundError, FeedUnknown */
  async replaceOfClass(actor: Actor, classId: number): Promise<FeedAddressDto> {
    return this.replace(actor, await this.classFacts(classId));
  }

  /** @throws NotFoundError, FeedUnknown */
  async replaceOfEstablishment(actor: Actor, uai: string): Promise<FeedAddressDto> {
    return this.replace(actor, await this.establishmentFacts(uai));
  }

  /** @throws NotFoundError, FeedUnknown */
  async deleteOfClass(actor: Actor, classId: number): Promise<void> {
    await this.delete(actor, await this.classFacts(classId));
  }

  /** @throws NotFoundError, FeedUnknown */
  async deleteOfEstablishment(actor: Actor, uai: string): Promise<void> {
    await this.delete(actor, await this.establishmentFacts(uai));
  }

  /** The feed at an address. Whether it has changed is told from one statement, before anything is built. @throws FeedUnknown */
  async read(file: string, request: FeedRequest, now: Date): Promise<FeedAnswer> {
    const token = FILE.exec(file)?.[1];
    const facts = token === undefined ? undefined : await this.store.factsOfToken(sha256(token));
    if (!facts) throw new FeedUnknown();
    return this.answer(facts, request, now);
  }

  /** The same of a class, whose windows everybody may read anyway. @throws NotFoundError */
  async readOfClass(classId: number, request: FeedRequest, now: Date): Promise<FeedAnswer> {
    return this.answer(await this.classFacts(classId), request, now);
  }

  private async answer(facts: FeedFacts, request: FeedRequest, now: Date): Promise<FeedAnswer> {
    const today = civilOfCell(cellOfSeconds(now.getTime() / 1000), facts.timeZone).on;
    const dayStartsAt = new Date(cellOfCivil(today, 0, facts.timeZone) * 300_000);
    const moments = [dayStartsAt, facts.shownChangedAt, facts.lastChangedAt, facts.publishedAt].filter(
      (at) => at !== null,
    );
    const changedAt = Math.max(...moments.map((at) => at.getTime()));
    // more may change within this very second, which dates of HTTP do not tell apart
    const lastModified = new Date(Math.min(changedAt, now.getTime() - 1000));
    // compressed or not, the bytes differ, so that a strong ETag must
    const shown = { ...facts, shownChangedAt: undefined };
    const etag = `"${sha256(JSON.stringify([shown, today, request.language, request.acceptEncoding ?? '']))
      .toString('base64url')
      .slice(0, 27)}"`;
    if (isKnown(request, etag, changedAt)) return { etag, lastModified, text: undefined };
    return { etag, lastModified, text: await this.build(facts, today, request.language) };
  }

  private async build(facts: FeedFacts, today: string, language: Language): Promise<string> {
    const { uai, establishmentId, classId, groupIds, timeZone } = facts;
    const [from, to] = [addDays(today, -PAST_DAYS), addDays(today, FUTURE_DAYS)];
    const place = await this.windows.placeOfUai(uai, from, to);
    const range = { from, to, firstCell: cellOfCivil(from, 0, timeZone), endCell: cellOfCivil(to, 0, timeZone) };
    const classIds = classId === null ? undefined : [classId, ...groupIds];
    const windows = await this.windows.published(place!, classIds, range, undefined, MOST_WINDOWS, true);
    const changes = await this.changes.lastOfEach(establishmentId);
    const inForce = new Set(windows.map(({ id }) => id));
    const isOurs = (change: LastChange): boolean =>
      classIds === undefined || (change.classId === null ? change.audience === 1 : classIds.includes(change.classId));
    const cancelled = changes.filter(
      (change) =>
        change.afterStartCell === null &&
        isOurs(change) &&
        !inForce.has(change.windowId) &&
        change.changedAt.getTime() >= range.firstCell * 300_000,
    );
    return calendarTextOf(
      {
        ...facts,
        publishedAt: facts.publishedAt ?? new Date(0),
        windows,
        lastChanges: new Map(changes.map((change) => [change.windowId, change])),
        cancelled,
      },
      language,
    );
  }

  private async create(actor: Actor, facts: FeedFacts): Promise<FeedAddressDto> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    await this.audited(actor, 'feed.create', facts, async (tx) => {
      if (!(await this.store.insert(tx, facts, sha256(token), actor.subject))) throw new FeedExists();
    });
    return { path: `/v1/feeds/${token}.ics` };
  }

  private async replace(actor: Actor, facts: FeedFacts): Promise<FeedAddressDto> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    await this.audited(actor, 'feed.replace', facts, async (tx) => {
      if (!(await this.store.replace(tx, facts, sha256(token), actor.subject))) throw new FeedUnknown();
    });
    return { path: `/v1/feeds/${token}.ics` };
  }

  private delete(actor: Actor, facts: FeedFacts): Promise<void> {
    return this.audited(actor, 'feed.delete', facts, async (tx) => {
      if (!(await this.store.delete(tx, facts))) throw new FeedUnknown();
    });
  }

  private audited(
    actor: Actor,
    action: `feed.${string}`,
    { uai, classId }: FeedFacts,
    work: (tx: EntityManager) => Promise<void>,
  ): Promise<void> {
    return inTransaction(this.database, async (tx) => {
      await work(tx);
      await recordAudit(tx, actor, { action, key: classId ?? uai, uai });
    });
  }

  private async classFacts(classId: number): Promise<FeedFacts> {
    const facts = await this.store.factsOfClass(classId);
    if (!facts) throw new NotFoundError('class', classId);
    return facts;
  }

  private async establishmentFacts(uai: string): Promise<FeedFacts> {
    const facts = await this.store.factsOfEstablishment(uai);
    if (!facts) throw new NotFoundError('establishment', uai);
    return facts;
  }
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** If-None-Match goes before If-Modified-Since, and compares weakly: proxies that compress mark an ETag as weak (RFC 9110, 13.1). */
function isKnown({ ifNoneMatch, ifModifiedSince }: FeedRequest, etag: string, changedAt: number): boolean {
  if (ifNoneMatch !== undefined) {
    return ifNoneMatch.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);
  }
  const since = ifModifiedSince === undefined ? NaN : Date.parse(ifModifiedSince);
  return Math.floor(changedAt / 1000) * 1000 <= since;
}
