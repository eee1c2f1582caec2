import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { CalendarService } from '../calendar/calendar.service';
import { departmentNumberOf, publicHolidayRegionOf } from '../calendar/holiday-zone.rules';
import { publicHolidaysOf } from '../calendar/public-holiday.rules';
import { addDays, cellOfCivil, type CivilDate, civilOfCell } from '../common/civil-time';
import type { NamedClass } from '../common/class-page-address';
import { DomainError } from '../common/domain-error';
import type { Language } from '../common/language.rules';
import { DirectoryService } from '../directory/directory.service';
import { cellOfSeconds } from '../kernel/cell-grid';
import { type WindowPlace, WindowReadStore } from '../plan/window-read.store';
import type { WindowRow } from '../plan/window-wire.rules';
import type { ChildView } from './family-card.rules';
import type { FamilyChoice } from './family-choice.rules';
import { type Child, type FamilyStep, type FoundSchool, familyPage } from './family-page.rules';
import { type ChildFacts, FamilyPageStore } from './family-page.store';
import { joined, nextWindow, shownDays, shownWindows } from './family-week.rules';
import { PAGE_SCRIPT } from './page-script';

const RESULTS = 20;
const MOST_CLASSES = 500;
/** The next window is looked for as far as this: the longest holidays of a running school year, and a week. */
const AHEAD_DAYS = 35;
/** A class that had a window in a published plan within these days has windows of its own. */
const BEHIND_DAYS = 63;
const MOST_WINDOWS = 2000;

export interface RenderedPage {
  status: number;
  html: string;
}

/** The page of families: which windows a class has, without an account. */
@Injectable()
export class FamilyPageService {
  constructor(
    private readonly store: FamilyPageStore,
    private readonly directory: DirectoryService,
    private readonly windows: WindowReadStore,
    private readonly calendar: CalendarService,
  ) {}

  /** 404 where what the address names is not known, with the next step on the page. */
  async page(actor: Actor, choice: FamilyChoice, language: Language, now: Date): Promise<RenderedPage> {
    // within a minute the page is the same, so that its ETag is
    const nowSeconds = Math.floor(now.getTime() / 60_000) * 60;
    const step = await this.step(actor, choice);
    const children = step.kind === 'children' ? await this.children(actor, choice.classes, nowSeconds) : [];
    const isUnknown =
      step.kind === 'unknown_school' || (children.length > 0 && children.every(({ kind }) => kind === 'unknown'));
    const html = familyPage({ language, choice, step, children, nowSeconds, scriptPath: PAGE_SCRIPT.path });
    return { status: isUnknown ? 404 : 200, html };
  }

  private async step(actor: Actor, { classes, question, uai, isAdding }: FamilyChoice): Promise<FamilyStep> {
    if (question !== undefined) {
      const { items, nextCursor } = await this.directory.establishments(actor, { text: question, limit: RESULTS });
      return { kind: 'results', question, schools: items.map(schoolOf), hasMore: nextCursor !== null };
    }
    if (uai !== undefined) {
      const school = await this.school(actor, uai);
      if (!school) return { kind: 'unknown_school' };
      const { items } = await this.directory.classes(actor, uai, { limit: MOST_CLASSES });
      const codes = items.filter(({ kind }) => kind === 'division').map(({ code }) => code);
      return { kind: 'classes', school, classes: codes };
    }
    return { kind: classes.length === 0 || isAdding ? 'search' : 'children' };
  }

  private async school(actor: Actor, uai: string): Promise<FoundSchool | undefined> {
    try {
      return schoolOf(await this.directory.establishment(actor, uai));
    } catch (error) {
      if (error instanceof DomainError && (error.kind === 'not_found' || error.kind === 'invalid')) return undefined;
      throw error;
    }
  }

  private async children(actor: Actor, chosen: readonly NamedClass[], nowSeconds: number): Promise<Child[]> {
    const facts = await this.store.children(chosen, new Date(nowSeconds * 1000));
    return Promise.all(
      chosen.map(async (one, at): Promise<Child> => {
        const known = facts.get(at);
        if (known) return this.child(actor, known, nowSeconds);
        return { kind: 'unknown', chosen: one, isSchoolKnown: (await this.school(actor, one.uai)) !== undefined };
      }),
    );
  }

  private async child(actor: Actor, facts: ChildFacts, nowSeconds: number): Promise<ChildView> {
    const today = civilOfCell(cellOfSeconds(nowSeconds), facts.timeZone).on;
    const [from, to] = [addDays(today, -BEHIND_DAYS), addDays(today, AHEAD_DAYS)];
    const place = (await this.windows.placeOfUai(facts.uai, from, to))!;
    const own = await this.read(place, facts.ownIds, today, to);
    const hasOwn =
      own.some(({ classId }) => classId !== null) ||
      (await this.read(place, facts.ownIds, from, today)).some(({ classId }) => classId !== null);
    const ofLevel = hasOwn || facts.levelIds.length === 0 ? [] : await this.read(place, facts.levelIds, today, to);
    const relatives = shownWindows(own, facts.code).filter(({ isOfRelatives }) => isOfRelatives);
    const pupils = shownWindows(ofLevel, facts.code).filter(({ isOfRelatives }) => !isOfRelatives);
    const shown = hasOwn ? shownWindows(own, facts.code) : [...joined(pupils), ...relatives];
    const next = nextWindow(shown, nowSeconds);
    const kind = !facts.hasPlan ? 'no_plan' : hasOwn ? 'windows' : pupils.length > 0 ? 'level' : 'none';
    return { kind, facts, today, next, days: shownDays(shown, next, await this.days(actor, facts, today, to)) };
  }

  private read(place: WindowPlace, classIds: readonly number[], from: CivilDate, to: CivilDate): Promise<WindowRow[]> {
    const { timeZone } = place;
    const [firstCell, endCell] = [cellOfCivil(from, 0, timeZone), cellOfCivil(addDays(to, 1), 0, timeZone)];
    return this.windows.published(place, classIds, { from, to, firstCell, endCell }, undefined, MOST_WINDOWS, true);
  }

  private async days(actor: Actor, facts: ChildFacts, firstOn: CivilDate, lastOn: CivilDate) {
    const [openHalfDays] = await this.calendar.openDays([facts], firstOn, lastOn);
    const holidays = await this.calendar.holidays(actor, { zone: facts.holidayZone });
    const region = publicHolidayRegionOf(departmentNumberOf(facts.departmentCode));
    const isPublicHoliday = (on: CivilDate) => publicHolidaysOf(region, Number(on.slice(0, 4))).has(on);
    return { firstOn, openHalfDays: openHalfDays!, holidays, isPublicHoliday };
  }
}

const schoolOf = ({ uai, name, communeName, departmentCode }: FoundSchool): FoundSchool => ({
  uai,
  name,
  communeName,
  departmentCode,
});
