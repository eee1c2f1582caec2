import { DateTime } from 'luxon';
import { type CivilDate, civilOfCell } from '../common/civil-time';
import { escaped } from '../common/html-text';
import type { Language } from '../common/language.rules';
import { cellOfSeconds, LEAD_CELLS, secondsOfCell } from '../kernel/cell-grid';
import type { ChildFacts, FamilyNotice } from './family-page.store';
import { type FamilyText, FAMILY_TEXTS } from './family-text';
import type { DayNote, ShownDay, ShownWindow } from './family-week.rules';
import {
  clockText,
  dateText,
  delayText,
  machineTime,
  offsetMinutes,
  shortDateText,
  zoneText,
} from './public-time.rules';

/** A class, and what it may look forward to. */
export interface ChildView {
  /** `windows`: its own; `level`: those of its level; `none`: a plan without any for it; `no_plan`. */
  kind: 'windows' | 'level' | 'none' | 'no_plan';
  facts: ChildFacts;
  today: CivilDate;
  next: ShownWindow | undefined;
  days: readonly ShownDay[];
}

/** Where the links of a card lead. */
export interface CardLinks {
  removePath: string | undefined;
  changePath: string;
}

/** `6B : aujourd'hui 9 h 45 – 10 h 30`, for the title of the page. */
export function childSentence(child: ChildView, language: Language): string {
  const { next, facts, today } = child;
  const text = FAMILY_TEXTS[language];
  if (!next) return `${facts.code} - ${text.title}`;
  const [from, to] = clocksOf(next, facts.timeZone, language);
  return `${facts.code}${language === 'fr' ? ' :' : ':'} ${dayName(next.on, today, language)} ${from} – ${to}`;
}

/** Everything about one class, the clock first. */
export function childCard(child: ChildView, links: CardLinks, language: Language, nowSeconds: number): string {
  const { kind, facts, next, days } = child;
  const text = FAMILY_TEXTS[language];
  const id = `c${facts.classId}`;
  const list = days.some((day) => 'windows' in day)
    ? `<h3>${text.following}</h3><table class="windows" aria-label="${escaped(`${text.following}${text.forClass(facts.code)}`)}"><tbody>${days.map((day) => dayRow(day, child, language, nowSeconds)).join('')}</tbody></table>`
    : '';
  const missing =
    kind === 'no_plan'
      ? `<p><strong>${text.noPlan}</strong> ${text.noPlanNext}</p>`
      : next
        ? ''
        : `<p><strong>${text.none}</strong> ${text.noneNext}</p>`;
  return `<section class="card" aria-labelledby="${id}"><h2 id="${id}">${escaped(facts.code)} <small>${escaped(facts.establishmentName)}, ${escaped(facts.communeName)}</small></h2>
${facts.notices.map((notice) => noticeHtml(notice, facts, language)).join('')}${next ? answerHtml(next, child, language, nowSeconds) : missing}
${kind === 'level' ? `<p>${text.level}</p>` : ''}${list}${waysHtml(child, links, text, language)}</section>`;
}

/** A protection step in force, in the words that its operator chose, with its end. */
function noticeHtml({ words, endsAt }: FamilyNotice, { timeZone }: ChildFacts, language: Language): string {
  const { on } = civilOfCell(cellOfSeconds(endsAt), timeZone);
  const until = FAMILY_TEXTS[language].until(dateText(on, language), clockText(endsAt, timeZone, language));
  return `<p class="notice"><strong>${escaped(words[language])}</strong> ${escaped(until)}</p>\n`;
}

function answerHtml(next: ShownWindow, { facts, today }: ChildView, language: Language, nowSeconds: number): string {
  const text = FAMILY_TEXTS[language];
  const { timeZone } = facts;
  const [startsAt, endsAt] = [secondsOfCell(next.startCell), secondsOfCell(next.endCell)];
  const [from, to] = clocksOf(next, timeZone, language);
  const isOpen = startsAt <= nowSeconds;
  const dayCount = daysBetween(today, next.on);
  const delay = isOpen
    ? `${text.open}, ${text.delay.left.replace('{m}', String(Math.ceil((endsAt - nowSeconds) / 60)))}`
    : delayText(startsAt - nowSeconds, dayCount, text.delay);
  const words = [
    ['starts', startsAt],
    ['ends', endsAt],
    ['days', dayCount],
    ['soon', text.delay.soon],
    ['minutes', text.delay.minutes],
    ['hours', text.delay.hours],
    ['days-text', text.delay.days],
    ['left', text.delay.left],
    ['open', text.open],
  ];
  return `<p class="when">${dayName(next.on, today, language)}${marksOf(next, text)}</p>
<p class="clock"><time datetime="${machineTime(next.startCell, timeZone)}">${from}</time> – <time datetime="${machineTime(next.endCell, timeZone)}">${to}</time></p>
<p class="delay"${words.map(([name, value]) => ` data-${name}="${escaped(String(value))}"`).join('')}>${delay}</p>
<p class="muted">${text.entry(clockText(secondsOfCell(next.startCell - LEAD_CELLS), timeZone, language))} ${escaped(text.zone(zoneText(timeZone, language)))}</p>
<p class="yours muted" data-starts="${startsAt}" data-ends="${endsAt}" data-offset="${offsetMinutes(startsAt, timeZone)}" data-yours="${escaped(text.yours)}"></p>`;
}

function dayRow(day: ShownDay, { facts, today }: ChildView, language: Language, nowSeconds: number): string {
  const text = FAMILY_TEXTS[language];
  if ('note' in day) {
    const days =
      day.on === day.lastOn
        ? dayName(day.on, today, language)
        : `${shortDateText(day.on, language)} – ${shortDateText(day.lastOn, language)}`;
    return `<tr class="past"><th scope="row">${days}</th><td>${escaped(noteText(day.note, text))}</td></tr>`;
  }
  const hours = day.windows.map((window) => {
    const [from, to] = clocksOf(window, facts.timeZone, language);
    const isOver = secondsOfCell(window.endCell) <= nowSeconds;
    return `<span${isOver ? ' class="past"' : ''}><b>${from} – ${to}</b>${marksOf(window, text)}${isOver ? ` (${text.over})` : ''}</span>`;
  });
  return `<tr><th scope="row">${dayName(day.on, today, language)}</th><td>${hours.join('')}</td></tr>`;
}

function waysHtml({ kind, facts }: ChildView, links: CardLinks, text: FamilyText, language: Language): string {
  const hidden = `<span class="seen-not">${escaped(text.forClass(facts.code))}</span>`;
  const link = (path: string, words: string) => `<li><a href="${escaped(path)}">${words}${hidden}</a></li>`;
  // the level's windows are in nobody's calendar and on nobody's door
  const own =
    kind === 'level'
      ? []
      : [
          link(`/v1/classes/${facts.classId}/calendar.ics?lang=${language}`, text.calendar),
          ...(kind === 'windows' ? [link(`/v1/classes/${facts.classId}/week?lang=${language}`, text.print)] : []),
        ];
  const remove = links.removePath === undefined ? [] : [link(links.removePath, text.remove)];
  return `<ul class="ways">${[...own, link(links.changePath, text.change), ...remove].join('')}</ul>`;
}

const clocksOf = ({ startCell, endCell }: ShownWindow, zone: string, language: Language): string[] =>
  [startCell, endCell].map((cell) => clockText(secondsOfCell(cell), zone, language));

function marksOf({ isOfRelatives, isLive, groupCode }: ShownWindow, text: FamilyText): string {
  const marks = [
    ...(isOfRelatives ? [text.relatives] : []),
    ...(groupCode === undefined ? [] : [text.group(groupCode)]),
    ...(isLive ? [text.live] : []),
  ];
  return marks.length > 0 ? ` (${escaped(marks.join(', '))})` : '';
}

function noteText(note: DayNote, { notes }: FamilyText): string {
  return note.kind === 'holidays' ? notes.holidays(note.label) : notes[note.kind];
}

function dayName(on: CivilDate, today: CivilDate, language: Language): string {
  const text = FAMILY_TEXTS[language];
  const dayCount = daysBetween(today, on);
  return dayCount === 0 ? text.today : dayCount === 1 ? text.tomorrow : dateText(on, language);
}

const daysBetween = (from: CivilDate, to: CivilDate): number =>
  DateTime.fromISO(to, { zone: 'utc' }).diff(DateTime.fromISO(from, { zone: 'utc' }), 'days').days;
