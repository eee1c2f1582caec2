import { createHash } from 'node:crypto';
import { civilOfCell, clockOfMinute } from '../common/civil-time';
import { escaped } from '../common/html-text';
import { type Language, localeOf, withFirstOfMonth } from '../common/language.rules';
import { CELL_SECONDS } from '../kernel/cell-grid';
import type { PostMortemDto } from './post-mortem.dto';
import { actionText, basisText, postMortemText, type PostMortemText, shareText, wordOf } from './post-mortem-text';

const STYLE = `:root{color-scheme:light}*{box-sizing:border-box}body{margin:0;font:16px/1.5 system-ui,sans-serif;color:#1b2733;background:#fff}
main{max-width:62rem;margin:0 auto;padding:24px 16px 48px}h1{font-size:30px;line-height:1.2;margin:16px 0 4px}h2{font-size:20px;margin:32px 0 8px}p{margin:4px 0 12px}
header{display:flex;justify-content:space-between}a{color:#0b4f8a}.hint{color:#44525f}table{border-collapse:collapse;width:100%;font-size:15px}
th,td{text-align:left;padding:6px 10px;border-bottom:1px solid #d5dce2;vertical-align:top;font-variant-numeric:tabular-nums}.n{text-align:right}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:12px;margin:0}dt{color:#44525f;font-size:14px}dd{margin:0;font-size:24px;font-weight:600}
figure{margin:0}.scroll-x{overflow-x:auto;margin-bottom:12px}:focus-visible{outline:3px solid #b45309;outline-offset:2px}svg{width:100%;min-width:720px;height:auto;display:block}footer{margin-top:32px;color:#44525f;font-size:14px}
@media print{body{font-size:11pt}main{max-width:none;padding:0}header a{display:none}h2{break-after:avoid}.scroll-x{overflow:visible}svg{min-width:0}table,figure,dl{break-inside:avoid}tr{break-inside:avoid}a{color:inherit;text-decoration:none}}@page{size:A4;margin:16mm}`;

/** Nothing runs; nothing comes from elsewhere. */
export const POST_MORTEM_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

type Say = (name: PostMortemText, values?: Record<string, string>) => string;
type Cell = string | number | null;

/** The page: for an elected official from the top, for an engineer to the end; complete on paper. */
export function postMortemPage(its: PostMortemDto, language: Language, platformName: string): string {
  const say: Say = (name, values) => escaped(postMortemText(language, name, values));
  const number = new Intl.NumberFormat(localeOf(language), { maximumFractionDigits: 2 });
  const count = (value: number | null): string => (value === null ? say('hidden') : number.format(value));
  const dateText = (on: string) =>
    withFirstOfMonth(
      new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'long', timeZone: 'UTC' }).format(
        new Date(`${on}T00:00:00Z`),
      ),
      language,
    );
  const instantText = (at: string) =>
    new Intl.DateTimeFormat(localeOf(language), {
      dateStyle: 'short',
      timeStyle: 'medium',
      timeZone: its.timeZone,
    }).format(new Date(at));
  const days =
    its.firstDate === its.lastDate
      ? say('ofDay', { from: dateText(its.firstDate) })
      : say('of', { from: dateText(its.firstDate), to: dateText(its.lastDate) });
  const other = language === 'fr' ? 'en' : 'fr';
  const rows = (heads: string[], lines: Cell[][], numericFrom = Infinity) =>
    `<div class="scroll-x" role="region" tabindex="0" aria-label="${heads[0]}"><table><thead><tr>${heads.map((head, k) => `<th scope="col"${k >= numericFrom ? ' class="n"' : ''}>${head}</th>`).join('')}</tr></thead><tbody>${lines
      .map(
        (line) =>
          `<tr>${line.map((cell, k) => `<td${k >= numericFrom ? ' class="n"' : ''}>${typeof cell === 'number' ? number.format(cell) : (cell ?? '')}</td>`).join('')}</tr>`,
      )
      .join('')}</tbody></table></div>`;
  const crowdHeads = [say('expected'), say('admitted'), say('deferred'), say('refused'), say('attempts')];
  const crowds = (
    head: PostMortemText,
    lines: (
      | ({ key: string } & PostMortemDto['profiles'][number])
      | ({ key: string } & Omit<PostMortemDto['totals'], 'admittedInWindow'>)
    )[],
  ) =>
    lines.length === 0
      ? ''
      : rows(
          [say(head), ...crowdHeads],
          lines.map(({ key, expected, admitted, deferred, refused, attempts }) => [
            escaped(wordOf(language, key)),
            expected === null ? '–' : count(expected),
            count(admitted),
            count(deferred),
            count(refused),
            count(attempts),
          ]),
          1,
        );
  const keepingHtml = ({ replayAdherences, assumedAdherencePerMille }: PostMortemDto) =>
    replayAdherences.every(({ basis }) => basis === 'assumed')
      ? `<p>${assumedAdherencePerMille === null ? say('noWindows') : say('allAssumed', { share: shareText(language, assumedAdherencePerMille) })}</p>`
      : `<p class="hint">${say('keepingHint')}</p>${rows(
          [say('profile'), say('kind'), say('basis'), say('counted'), say('share')],
          replayAdherences.map((row) => [
            escaped(wordOf(language, row.profile)),
            escaped(wordOf(language, row.kind)),
            escaped(basisText(language, row)),
            row.basis === 'assumed' ? '–' : row.countedVisitorCount,
            `${shareText(language, row.adherencePerMille)} %`,
          ]),
          3,
        )}`;
  const figure = (value: number | null) => (value === null ? '–' : number.format(value));
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">
<title>${say('title')} ${days}</title><style>${STYLE}</style></head><body><main>
<header><span>${escaped(platformName)}</span><a href="?lang=${other}" lang="${other}" hreflang="${other}">${say('other')}</a></header>
<h1>${say('title')} ${days}</h1><p class="hint">${say('made', { at: instantText(its.madeAt) })}</p>
<h2>${say('summary')}</h2>${
    its.summary === ''
      ? `<p class="hint">${say('noSummary')}</p>`
      : its.summary
          .split(/\n+/)
          .map((line) => `<p>${escaped(line)}</p>`)
          .join('')
  }
<h2>${say('key')}</h2><dl>${(['expected', 'admitted', 'deferred', 'refused', 'attempts'] as const).map((name) => `<div><dt>${say(name)}</dt><dd>${count(its.totals[name])}</dd></div>`).join('')}
<div><dt>${say('inWindow')}</dt><dd>${count(its.totals.admittedInWindow)}</dd></div><div><dt>${say('amplification')}</dt><dd>${figure(its.amplification)}</dd></div></dl>
${chart(its, language, 'sessions')}${chart(its, language, 'logins')}
<h2>${say('timeline')}</h2>${
    its.timeline.length === 0
      ? `<p>${say('noTimeline')}</p>`
      : rows(
          [say('when'), say('what'), say('by'), say('about'), say('why')],
          its.timeline.map(({ at, action, by, about, name, reason }) => [
            instantText(at),
            escaped(actionText(language, action)),
            escaped(wordOf(language, by)),
            escaped(name?.[language] ?? about),
            escaped(reason ?? ''),
          ]),
        )
  }
<h2>${say('crowds')}</h2>${its.profiles.length === 0 ? `<p>${say('noCrowds')}</p>` : ''}${crowds(
    'territory',
    its.territories.map((row) => ({ ...row, key: row.territory })),
  )}${crowds(
    'kind',
    its.kinds.map((row) => ({ ...row, key: row.kind })),
  )}${crowds(
    'profile',
    its.profiles.map((row) => ({ ...row, key: row.profile })),
  )}
<h2>${say('causes')}</h2>${rows(
    [say('cause'), say('verdict'), say('figure'), say('comment')],
    its.causes.map(({ code, verdict, figure: value, comment }) => [
      escaped(wordOf(language, code)),
      escaped(wordOf(language, verdict)),
      figure(value),
      escaped(comment),
    ]),
  )}
<h2>${say('assumptions')}</h2>${
    its.assumptions.length === 0
      ? `<p>${say('noAssumptions')}</p>`
      : rows(
          [say('assumption'), say('assumed'), say('observed'), say('deviation')],
          its.assumptions.map(({ name, assumed, observed, deviationRatio }) => [
            escaped(wordOf(language, name)),
            assumed,
            observed,
            `${deviationRatio > 0 ? '+' : ''}${number.format(Math.round(deviationRatio * 1000) / 10)} %`,
          ]),
          1,
        )
  }
<h2>${say('replay')}</h2>${
    its.simulated === null
      ? `<p>${say('noReplay')}</p>`
      : `<p class="hint">${say('replayHint', { on: dateText(its.replayedDate), id: String(its.simulationId) })}</p>${rows(
          [
            say('variant'),
            say('peak'),
            say('at'),
            say('admitted'),
            say('refused'),
            say('gaveUp'),
            say('wait'),
            say('amplification'),
          ],
          its.simulated.map((variant) => [
            escaped(wordOf(language, variant.name)),
            variant.peakSessions,
            instantText(variant.peakAt),
            variant.admittedCount,
            variant.refusedCount,
            variant.gaveUpCount,
            `${number.format(Math.round(variant.meanWaitSeconds / 6) / 10)} min`,
            variant.amplification,
          ]),
          1,
        )}`
  }
${its.simulated === null ? '' : `<h3>${say('keeping')}</h3>${keepingHtml(its)}`}
<h2>${say('improvements')}</h2>${
    its.improvements.length === 0
      ? `<p>${say('noImprovements')}</p>`
      : rows(
          [say('improvement'), say('owner'), say('due'), say('state')],
          its.improvements.map(({ text, owner, dueOn, state }) => [
            escaped(text),
            escaped(owner),
            dateText(dueOn),
            escaped(wordOf(language, state)),
          ]),
        )
  }
<footer>${say('footer')}</footer></main></body></html>
`;
}

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [960, 260, 64, 24];
/** Colours that are told apart in print too: by the dashes. */
const LINES = {
  limit: { colour: '#b42318', dash: '6 4' },
  planned: { colour: '#667085', dash: '2 3' },
  measured: { colour: '#0b4f8a', dash: '' },
  attempted: { colour: '#b54708', dash: '' },
  simulated: { colour: '#067647', dash: '8 3 2 3' },
} as const;

/** Where the simulated day begins among the days of the curves. */
function simulatedCurve(
  its: PostMortemDto,
  of: (variant: NonNullable<PostMortemDto['simulated']>[number]) => number[],
): (number | null)[] | undefined {
  const [variant] = its.simulated ?? [];
  if (!variant) return undefined;
  const from = Math.round((Date.parse(variant.startsAt) - Date.parse(its.startsAt)) / (CELL_SECONDS * 1000));
  const column = Array<number | null>(its.curves.attempts.length).fill(null);
  of(variant).forEach((value, k) => {
    if (from + k < column.length) column[from + k] = value;
  });
  return column;
}

function chart(its: PostMortemDto, language: Language, kind: 'sessions' | 'logins'): string {
  const { curves } = its;
  const say: Say = (name, values) => escaped(postMortemText(language, name, values));
  const series: [keyof typeof LINES, readonly (number | null)[] | undefined][] =
    kind === 'sessions'
      ? [
          ['limit', curves.sessionLimit],
          ['planned', curves.plannedSessions],
          ['measured', curves.measuredSessions],
          ['simulated', simulatedCurve(its, (variant) => variant.curves.sessions)],
        ]
      : [
          ['limit', curves.loginLimit],
          ['planned', curves.plannedLogins],
          ['measured', curves.measuredLogins],
          ['attempted', curves.attempts],
          ['simulated', simulatedCurve(its, (variant) => variant.curves.attempts)],
        ];
  const shown = series.filter(
    ([name, column]) => column?.some((value) => (value ?? 0) > 0) && (name !== 'limit' || column.length > 0),
  );
  const isBusy = (k: number) => series.some(([name, column]) => name !== 'limit' && (column?.[k] ?? 0) > 0);
  const all = curves.attempts.map((_, k) => k).filter(isBusy);
  const [first, last] = [
    Math.max(0, (all[0] ?? 0) - 6),
    Math.min(curves.attempts.length - 1, (all.at(-1) ?? curves.attempts.length - 1) + 6),
  ];
  const most = Math.max(1, ...shown.flatMap(([, column]) => column!.slice(first, last + 1).map((value) => value ?? 0)));
  const x = (k: number) => LEFT + ((k - first) / Math.max(1, last - first)) * (WIDTH - LEFT - 8);
  const y = (value: number) => 8 + (1 - value / most) * (HEIGHT - BOTTOM - 8);
  const path = (column: readonly (number | null)[]) => {
    let text = '';
    let isOpen = false;
    for (let k = first; k <= last; k++) {
      const value = column[k] ?? null;
      if (value !== null) text += `${isOpen ? 'L' : 'M'}${x(k).toFixed(1)} ${y(value).toFixed(1)}`;
      isOpen = value !== null;
    }
    return text;
  };
  const firstCell = Math.round(Date.parse(its.startsAt) / 1000 / CELL_SECONDS);
  const step = Math.max(12, Math.ceil((last - first) / 12 / 12) * 12);
  const ticks: string[] = [];
  for (let k = Math.ceil(first / 12) * 12; k <= last; k += step)
    ticks.push(
      `<text x="${x(k).toFixed(1)}" y="${HEIGHT - 6}" font-size="15" text-anchor="middle" fill="#44525f">${clockOfMinute(civilOfCell(firstCell + k, its.timeZone).minuteOfDay)}</text>`,
    );
  const number = new Intl.NumberFormat(localeOf(language));
  const grid = [0, 0.5, 1].map(
    (share) =>
      `<line x1="${LEFT}" x2="${WIDTH - 8}" y1="${y(most * share)}" y2="${y(most * share)}" stroke="#d5dce2"/><text x="${LEFT - 6}" y="${y(most * share) + 4}" font-size="15" text-anchor="end" fill="#44525f">${number.format(Math.round(most * share))}</text>`,
  );
  const paths = shown.map(
    ([name, column]) =>
      `<path d="${path(column!)}" fill="none" stroke="${LINES[name].colour}" stroke-width="2" stroke-dasharray="${LINES[name].dash}"/>`,
  );
  const legend = shown.map(
    ([name], k) =>
      `<line x1="${LEFT + k * 175}" x2="${LEFT + k * 175 + 28}" y1="${HEIGHT + 12}" y2="${HEIGHT + 12}" stroke="${LINES[name].colour}" stroke-width="2" stroke-dasharray="${LINES[name].dash}"/><text x="${LEFT + k * 175 + 34}" y="${HEIGHT + 16}" font-size="15" fill="#1b2733">${say(name)}</text>`,
  );
  const title = say(kind === 'sessions' ? 'curves' : 'logins');
  return `<h2>${title}</h2><figure><div class="scroll-x" role="region" tabindex="0" aria-label="${title}"><svg viewBox="0 0 ${WIDTH} ${HEIGHT + 24}" role="img" aria-label="${title}">${grid.join('')}${paths.join('')}${ticks.join('')}${legend.join('')}</svg></div><figcaption class="hint">${say(kind === 'sessions' ? 'curvesHint' : 'loginsHint')}</figcaption></figure>`;
}
