import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { AUDIENCES } from '../campaign/window-kind';
import { addDays, cellOfCivil, civilOfCell, weekdayOf } from '../common/civil-time';
import type { Config } from '../common/config';
import { CONFIG } from '../common/database.module';
import { NotFoundError } from '../common/domain-error';
import type { Language } from '../common/language.rules';
import { cellOfSeconds } from '../kernel/cell-grid';
import { WindowReadStore } from '../plan/window-read.store';
import type { WindowRow } from '../plan/window-wire.rules';
import { type FeedFacts, FeedStore } from './feed.store';
import { schoolDocument } from './school-sheet.rules';
import { weekDocument, type WeekHeading } from './week-page.rules';
import { weekCsv, weekHeader, weekLines, weekXlsx } from './week-table.rules';
import type { WeekSheet } from './week.dto';
import { WeekStore } from './week.store';

const MOST_WINDOWS = 20_000;
const SATURDAY = 6;

/** A file, and what it is called. */
export interface WeekFile {
  fileName: string;
  bytes: Buffer;
}

/** The published windows of seven days, for spreadsheets and for doors. */
@Injectable()
export class WeekService {
  constructor(
    private readonly facts: FeedStore,
    private readonly classes: WeekStore,
    private readonly windows: WindowReadStore,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** The page of a class, with its groups and the relatives. @throws NotFoundError */
  async classPage(
    _actor: Actor,
    classId: number,
    on: string | undefined,
    language: Language,
    now: Date,
  ): Promise<string> {
    const facts = await this.facts.factsOfClass(classId);
    if (!facts) throw new NotFoundError('class', classId);
    const from = firstDayOf(facts, on, now);
    const windows = await this.week(facts, from, [classId, ...facts.groupIds]);
    return weekDocument(this.headingOf(facts, from), [{ classCode: facts.classCode!, windows }], language);
  }

  /** A page for each class that comes in that week, by code, or all of them on one sheet. @throws NotFoundError */
  async establishmentPages(
    _actor: Actor,
    uai: string,
    on: string | undefined,
    language: Language,
    now: Date,
    sheet: WeekSheet,
  ): Promise<string> {
    const facts = await this.factsOf(uai);
    const from = firstDayOf(facts, on, now);
    const windows = await this.week(facts, from);
    const pages = (await this.classes.classesOf(facts.establishmentId))
      .filter(({ isGroup }) => !isGroup)
      .map(({ id, code, groupIds }) => {
        const own = new Set([id, ...groupIds]);
        return {
          classCode: code,
          isComing: windows.some(({ classId }) => classId !== null && own.has(classId)),
          windows: windows.filter((window) =>
            window.classId === null ? isOfRelatives(window) : own.has(window.classId),
          ),
        };
      });
    const coming = pages.filter(({ isComing }) => isComing);
    const heading = this.headingOf(facts, from);
    if (sheet === 'classes') return weekDocument(heading, coming, language);
    const classes = coming.map((page) => ({
      ...page,
      windows: page.windows.filter(({ classId }) => classId !== null),
    }));
    return schoolDocument(
      heading,
      classes,
      windows.filter(({ classId }) => classId === null),
      language,
    );
  }

  /** All windows of the establishment as a table. @throws NotFoundError */
  async establishmentFile(
    _actor: Actor,
    uai: string,
    on: string | undefined,
    format: 'csv' | 'xlsx',
    language: Language,
    now: Date,
  ): Promise<WeekFile> {
    const facts = await this.factsOf(uai);
    const from = firstDayOf(facts, on, now);
    const levels = new Map((await this.classes.classesOf(facts.establishmentId)).map((one) => [one.id, one.levels]));
    const header = weekHeader(facts.timeZone, language);
    const lines = weekLines(await this.week(facts, from), levels, language);
    const bytes = format === 'csv' ? Buffer.from(weekCsv(header, lines)) : await weekXlsx(header, lines, language);
    return { fileName: `${language === 'fr' ? 'semaine' : 'week'}-${uai}-${from}.${format}`, bytes };
  }

  private headingOf(facts: FeedFacts, from: string): WeekHeading {
    return { ...facts, from, publicUrl: this.config.publicUrl };
  }

  private async week(facts: FeedFacts, from: string, classIds?: readonly number[]): Promise<WindowRow[]> {
    const to = addDays(from, 6);
    const place = await this.windows.placeOfUai(facts.uai, from, to);
    const firstCell = cellOfCivil(from, 0, facts.timeZone);
    const range = { from, to, firstCell, endCell: cellOfCivil(addDays(to, 1), 0, facts.timeZone) };
    return this.windows.published(place!, classIds, range, undefined, MOST_WINDOWS, true);
  }

  private async factsOf(uai: string): Promise<FeedFacts> {
    const facts = await this.facts.factsOfEstablishment(uai);
    if (!facts) throw new NotFoundError('establishment', uai);
    return facts;
  }
}

const isOfRelatives = ({ audience }: WindowRow): boolean => AUDIENCES[audience] === 'relatives';

/** The day that is asked for, else Monday of this week, from Saturday on of the next one, where the establishment is. */
function firstDayOf({ timeZone }: FeedFacts, on: string | undefined, now: Date): string {
  if (on !== undefined) return on;
  const today = civilOfCell(cellOfSeconds(now.getTime() / 1000), timeZone).on;
  const weekday = weekdayOf(today);
  return addDays(today, weekday >= SATURDAY ? 8 - weekday : 1 - weekday);
}
