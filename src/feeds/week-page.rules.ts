import { DateTime } from 'luxon';
import { renderSVG } from 'uqr';
import { ACTIVITIES, AUDIENCES } from '../campaign/window-kind';
import { addDays } from '../common/civil-time';
import { classPagePath } from '../common/class-page-address';
import { escaped } from '../common/html-text';
import { type Language, localeOf, withFirstOfMonth } from '../common/language.rules';
import type { WindowRow } from '../plan/window-wire.rules';
import { clockOf } from './family-text.rules';

/** Room for the windows on an A4 page under its heading, and the tallest line that still looks well. */
const LINES_MILLIMETRES = 175;
const TALLEST_LINE_MILLIMETRES = 22;
/** With more windows than this the hours of a day stand side by side, at most three in a line: below each other they were too small to read. */
const MOST_LINES = 28;
const MOST_HOURS_IN_A_LINE = 3;
/** So that an hour and what is said of it fit beside another one. */
const TALLEST_DENSE_LINE_MILLIMETRES = 6.5;
/** Width of the heading beside the code, and of a letter of it in parts of its height. */
const HEADING_MILLIMETRES = 150;
const LETTER_RATIO = 0.72;
const TALLEST_HEADING_MILLIMETRES = 34;

/** What printed weeks say. */
export const WEEK_TEXTS = {
  fr: {
    title: 'Créneaux de connexion',
    week: (from: string, to: string) => `Du ${from} au ${to}`,
    none: 'Aucun créneau publié pour cette semaine.',
    relatives: 'parents',
    staff: 'personnels',
    ofClass: 'Classe',
    live: 'en direct',
    zone: 'Heures locales',
    lead: 'Entrée possible cinq minutes avant.',
    upToDate: 'À jour sur le téléphone',
    codeOf: (code: string) => `Créneaux à jour de la classe ${code}`,
  },
  en: {
    title: 'Connection windows',
    week: (from: string, to: string) => `${from} to ${to}`,
    none: 'No window is published for this week.',
    relatives: 'relatives',
    staff: 'staff',
    ofClass: 'Class',
    live: 'live',
    zone: 'Local times',
    lead: 'Entry opens five minutes before.',
    upToDate: 'Up to date on a phone',
    codeOf: (code: string) => `Up-to-date windows of class ${code}`,
  },
} as const;

/** What the pages of a week say besides the windows. */
export interface WeekHeading {
  uai: string;
  establishmentName: string;
  timeZone: string;
  /** First of the seven days. */
  from: string;
  /** Where browsers reach the service, for what is printed; undefined: links only. */
  publicUrl: string | undefined;
}

/** A class, its windows of the week and those of its groups and of the relatives, by start. */
export interface ClassPage {
  classCode: string;
  windows: readonly WindowRow[];
}

/** A document of one A4 page for each class, to be read from across a door: plain HTML, no script. */
export function weekDocument(heading: WeekHeading, pages: readonly ClassPage[], language: Language): string {
  const { title, none } = WEEK_TEXTS[language];
  const body =
    pages.length > 0
      ? pages.map((page) => pageOf(heading, page, language)).join('\n')
      : `<section><h1 style="--tall:12mm">${escaped(heading.establishmentName)}</h1><p>${weekOf(heading, language)}</p><p>${none}</p></section>`;
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${title} - ${escaped(heading.establishmentName)}</title>
<style>${STYLE}</style></head>
<body><main>${body}</main></body></html>
`;
}

function pageOf(heading: WeekHeading, { classCode, windows }: ClassPage, language: Language): string {
  const texts = WEEK_TEXTS[language];
  const hoursInALine = Math.min(MOST_HOURS_IN_A_LINE, Math.ceil(windows.length / MOST_LINES));
  const isDense = hoursInALine > 1;
  const tall = Math.min(
    TALLEST_HEADING_MILLIMETRES,
    HEADING_MILLIMETRES / (LETTER_RATIO * Math.max(classCode.length, 1)),
  );
  let lineCount = 0;
  const days = [...new Set(windows.map(({ date }) => date))].map((date) => {
    const day = DateTime.fromISO(date, { zone: 'utc' }).setLocale(language);
    const hours = windows.filter((window) => window.date === date).map((window) => hourOf(window, classCode, language));
    lineCount += Math.ceil(hours.length / hoursInALine);
    return `<tr><th scope="row">${day.toFormat('cccc')} <small>${withFirstOfMonth(day.toFormat('d LLLL'), language)}</small></th><td>${hours.join('')}</td></tr>`;
  });
  const tallest = isDense ? TALLEST_DENSE_LINE_MILLIMETRES : TALLEST_LINE_MILLIMETRES;
  const line = Math.min(tallest, LINES_MILLIMETRES / Math.max(lineCount, 1));
  const zone = heading.timeZone === 'Europe/Paris' ? '' : ` ${texts.zone} (${escaped(heading.timeZone)}).`;
  return `<section${isDense ? ' class="dense"' : ''} style="--line:${line.toFixed(2)}mm;--hours:${hoursInALine}"><header><div><p>${escaped(heading.establishmentName)}</p>
<h1 style="--tall:${tall.toFixed(1)}mm">${escaped(classCode)}</h1><p>${texts.title} - ${weekOf(heading, language)}</p></div>${codeOf(heading, classCode, language)}</header>
${days.length > 0 ? `<table>${days.join('')}</table>` : `<p>${texts.none}</p>`}
<footer>${texts.lead}${zone}</footer></section>`;
}

/** The way to the class's public page: for a phone before the door, or for a click. */
function codeOf({ uai, publicUrl }: WeekHeading, classCode: string, language: Language): string {
  const texts = WEEK_TEXTS[language];
  const path = classPagePath({ uai, code: classCode });
  const image = publicUrl === undefined ? '' : renderSVG(publicUrl + path, { ecc: 'M', border: 2 });
  return `<a class="code" href="${escaped(path)}" aria-label="${escaped(texts.codeOf(classCode))}">${image}<small>${texts.upToDate}</small></a>`;
}

function hourOf(window: WindowRow, classCode: string, language: Language): string {
  const texts = WEEK_TEXTS[language];
  const [from, to] = [window.startCell, window.startCell + window.cellCount].map((cell) =>
    clockOf(cell, window.timeZone, language).replaceAll(' ', '\u00a0'),
  );
  const marks = [
    AUDIENCES[window.audience] === 'relatives' ? texts.relatives : '',
    window.classCode === null || window.classCode === classCode ? '' : escaped(window.classCode),
    ACTIVITIES[window.activity] === 'live' ? texts.live : '',
  ].filter(Boolean);
  return `<div><b>${from} - ${to}</b>${marks.length > 0 ? ` <small>${marks.join(', ')}</small>` : ''}</div>`;
}

/** The seven days in words. */
export function weekOf({ from }: WeekHeading, language: Language): string {
  const told = (on: string) =>
    withFirstOfMonth(
      DateTime.fromISO(on, { zone: 'utc' }).setLocale(localeOf(language)).toFormat('d LLLL yyyy'),
      language,
    );
  return WEEK_TEXTS[language].week(told(from), told(addDays(from, 6)));
}

const STYLE = `*{box-sizing:border-box}
body{font:1rem/1.4 system-ui,sans-serif;margin:0;color:#000;background:#fff}
section{max-width:52rem;margin:0 auto;padding:1.5rem 1rem;border-bottom:1px solid #999}
header{display:flex;justify-content:space-between;gap:1rem}header div{min-width:0}.code{flex:0 0 7rem;text-align:center;color:#000;font-size:.9rem;line-height:1.2}.code svg{display:block;width:100%}section p{margin:0}h1{font-size:clamp(2rem,var(--tall),18vw);line-height:1.1;margin:0;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;margin:1rem 0}tr{border-top:2px solid #000}
th{text-align:left;vertical-align:top;font-weight:400;padding:.25rem .75rem .25rem 0;width:30%;font-size:clamp(1rem,calc(var(--line)*.4),4.5vw)}
td{padding:.25rem 0}th small{display:block;font-size:.75em}td small{font-size:max(.9rem,.5em);overflow-wrap:anywhere}
b{font-size:clamp(1.4rem,calc(var(--line)*.62),7vw);font-variant-numeric:tabular-nums;white-space:nowrap}
@page{size:A4 portrait;margin:12mm}
@media print{section{height:272mm;max-width:none;padding:0;border:0;overflow:hidden;break-after:page}
section:last-child{break-after:auto}header p{font-size:6mm}.code{flex-basis:30mm;font-size:3.4mm;text-decoration:none}.code svg{height:30mm}h1{font-size:var(--tall);overflow:hidden}
table{margin:4mm 0}tr{border-top:.5mm solid #000}td,th{padding:0 4mm 0 0}
th{width:42mm;font-size:clamp(4mm,calc(var(--line)*.42),8mm);line-height:1.05}td div{height:var(--line);line-height:var(--line);overflow:hidden;white-space:nowrap}
.dense td{font-size:0;line-height:0}.dense td div{display:inline-block;width:calc(99.9%/var(--hours));vertical-align:top;text-overflow:ellipsis}.dense td small{margin-left:1mm}.dense th{width:34mm}
b{font-size:calc(var(--line)*.54)}td small{font-size:calc(var(--line)*.34)}footer{font-size:4mm}}`;
