import { DateTime } from 'luxon';
import { AUDIENCES } from '../campaign/window-kind';
import { escaped } from '../common/html-text';
import { type Language, withFirstOfMonth } from '../common/language.rules';
import type { WindowRow } from '../plan/window-wire.rules';
import { clockOf } from './family-text.rules';
import { type ClassPage, WEEK_TEXTS, type WeekHeading, weekOf } from './week-page.rules';

/**
 * The whole school on landscape A4, for the staff room and the front door: a line for each class, a column for each day. However many
 * there are, a line is never cut in two and each sheet names the days again.
 */
export function schoolDocument(
  heading: WeekHeading,
  classes: readonly ClassPage[],
  ofSchool: readonly WindowRow[],
  language: Language,
): string {
  const texts = WEEK_TEXTS[language];
  const name = escaped(heading.establishmentName);
  const rows = [
    ...classes.map(({ classCode, windows }) => ({ label: classCode, windows })),
    ...(['relatives', 'staff'] as const).map((audience) => ({
      label: texts[audience],
      windows: ofSchool.filter((window) => AUDIENCES[window.audience] === audience),
    })),
  ].filter(({ windows }) => windows.length > 0);
  const dates = [...new Set(rows.flatMap(({ windows }) => windows.map(({ date }) => date)))].sort();
  const heads = dates.map((date) => {
    const day = DateTime.fromISO(date, { zone: 'utc' }).setLocale(language);
    return `<th scope="col">${day.toFormat('cccc')} <small>${withFirstOfMonth(day.toFormat('d LLLL'), language)}</small></th>`;
  });
  const lines = rows.map(({ label, windows }) => {
    const cells = dates.map((date) => {
      const hours = windows.filter((window) => window.date === date).map((window) => spanOf(window, language));
      return `<td>${hours.join(' ')}</td>`;
    });
    return `<tr><th scope="row">${escaped(label)}</th>${cells.join('')}</tr>`;
  });
  const zone = heading.timeZone === 'Europe/Paris' ? '' : ` ${texts.zone} (${escaped(heading.timeZone)}).`;
  const table = `<div class="scroll-x" role="region" tabindex="0" aria-label="${texts.title}"><table><thead><tr><th scope="col">${texts.ofClass}</th>${heads.join('')}</tr></thead><tbody>
${lines.join('\n')}
</tbody></table></div>`;
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${texts.title} - ${name}</title>
<style>${STYLE}</style></head>
<body><main><h1>${name}</h1><p>${texts.title} - ${weekOf(heading, language)}</p>
${rows.length > 0 ? table : `<p>${texts.none}</p>`}
<footer>${texts.lead}${zone}</footer></main></body></html>
`;
}

function spanOf({ startCell, cellCount, timeZone }: WindowRow, language: Language): string {
  const [from, to] = [startCell, startCell + cellCount].map((cell) =>
    clockOf(cell, timeZone, language).replaceAll(' ', '\u00a0'),
  );
  return `<b>${from}-${to}</b>`;
}

const STYLE = `*{box-sizing:border-box}
body{font:1rem/1.4 system-ui,sans-serif;margin:0;color:#000;background:#fff}
main{max-width:80rem;margin:0 auto;padding:1.5rem 1rem}h1{font-size:1.75rem;line-height:1.15;margin:0}p{margin:0 0 .75rem}
[role=region]{overflow-x:auto}[role=region]:focus-visible{outline:3px solid #b45309}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{text-align:left;vertical-align:top;padding:.25rem .5rem;border:1px solid #999}
thead th{border-bottom:2px solid #000}th small{font-weight:400}td b{font-weight:600;white-space:nowrap;display:inline-block;margin-right:.5rem}
@page{size:A4 landscape;margin:10mm}
@media print{main{max-width:none;padding:0}h1{font-size:7mm}p,footer{font-size:3.6mm}[role=region]{overflow:visible}
table{font-size:3.1mm;line-height:1.25}th,td{padding:.4mm 1mm;border:.2mm solid #000}thead{display:table-header-group}tr{break-inside:avoid}td b{margin-right:1.5mm}}`;
