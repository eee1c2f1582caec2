import { createHash } from 'node:crypto';
import ical from 'ical-generator';
import { escaped } from '../common/html-text';
import type { Language } from '../common/language.rules';
import { PUBLIC_PATH } from './public-path';
import { waitingText } from './waiting-text';
import type { WaitingView } from './waiting-view.rules';

/** A school with its classes, for who must say which is theirs. */
export interface ClassChoice {
  question: string;
  schools: { uai: string; name: string }[];
  school: { uai: string; name: string; classes: { key: string; name: string }[] } | undefined;
}

const STYLE = `:root{color-scheme:light}*{box-sizing:border-box}body{margin:0;font:18px/1.5 system-ui,sans-serif;color:#1b2733;background:#f4f6f8}
main{max-width:40rem;margin:0 auto;padding:24px 16px 48px}header{display:flex;justify-content:space-between;font-size:16px;color:#44525f}
h1{font-size:clamp(26px,6vw,38px);line-height:1.25;margin:32px 0 16px}h2{font-size:20px;margin:32px 0 8px}a{color:#0b4f8a}
#countdown{font-size:clamp(40px,13vw,72px);font-variant-numeric:tabular-nums;font-weight:600;margin:0}table{border-collapse:collapse;width:100%;background:#fff}
th,td{text-align:left;padding:12px;border-bottom:1px solid #d5dce2;font-variant-numeric:tabular-nums}ul{padding:0;list-style:none}li{margin:8px 0}
.way{display:block;padding:12px 16px;background:#fff;border:1px solid #b4bfc9;border-radius:8px;text-decoration:none}.way small{color:#44525f}
button,.go{font:inherit;padding:12px 20px;border:0;border-radius:8px;background:#0b4f8a;color:#fff;text-decoration:none;display:inline-block}
input{font:inherit;padding:11px;border:1px solid #66737f;border-radius:8px;width:100%;margin:4px 0 8px}:focus-visible{outline:3px solid #d97706;outline-offset:2px}`;

/** Counts down, and asks again when it is time, also where the device slept meanwhile. */
const SCRIPT = `(function(){var n=Date.now(),m=document.querySelector('main').dataset,c=document.getElementById('countdown'),a=m.again&&n+m.again*1000,
e=c&&n+c.dataset.seconds*1000;function p(n){return(n<10?'0':'')+n}function t(){var n=Date.now();if(a&&n>=a){a=0;location.replace(m.to)}if(!c)return;
var s=Math.max(0,Math.round((e-n)/1000)),h=Math.floor(s/3600),m2=Math.floor(s/60)%60;c.textContent=(h?h+':'+p(m2):m2)+':'+p(s%60)}
t();if(c)c.hidden=false;if(a||c)setInterval(t,1000)})()`;

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing runs or is shown but what is in the page; it may stand in no frame. */
export const WAITING_POLICY = `default-src 'none'; script-src ${hashOf(SCRIPT)}; style-src ${hashOf(STYLE)}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** Browsers that hear nothing of the countdown come back by themselves, as late as the gate wants them. */
const LONGEST_REFRESH_SECONDS = 86_400;

/** The page of those who wait: complete without JavaScript; the script only counts down. */
export function waitingPage(
  view: WaitingView,
  language: Language,
  returnPath: string,
  choice: ClassChoice | undefined,
): string {
  const say = (name: Parameters<typeof waitingText>[1], values = {}) => escaped(waitingText(language, name, values));
  const back = encodeURIComponent(returnPath);
  const other = language === 'fr' ? 'en' : 'fr';
  const seconds = Math.min(view.retryAfterSeconds, LONGEST_REFRESH_SECONDS);
  const untilOpening =
    view.opensAt === null || !isToldOfOpening(view)
      ? 0
      : Math.round((Date.parse(view.opensAt) - Date.parse(view.retryAt)) / 1000) + view.retryAfterSeconds;
  const isIn = view.kind === 'admit';
  // whom the room has called goes in at once
  const isCalled = view.reason === 'waiting_room';
  const asksAgain = !isIn && !choice;
  // a refresh that no script can hold back is for browsers that run none: others ask by the script
  const refresh = asksAgain
    ? `<noscript><meta http-equiv="refresh" content="${seconds};url=${escaped(returnPath)}"></noscript>`
    : isCalled && !choice
      ? `<meta http-equiv="refresh" content="0;url=${escaped(returnPath)}">`
      : '';
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">${refresh}
<title>${say('title')}</title><style>${STYLE}</style></head>
<body><main${asksAgain ? ` data-again="${seconds}" data-to="${escaped(returnPath)}"` : ''}>
<header><span>${say('title')}</span><a href="${PUBLIC_PATH}/wait?lang=${other}&amp;r=${back}" lang="${other}" hreflang="${other}">${say('other')}</a></header>
<h1>${escaped(view.sentence)}</h1>
${view.notices.map((notice) => `<p>${escaped(notice)}</p>`).join('')}
${isIn ? `<p><a class="go" href="${escaped(returnPath)}">${say('enter')}</a></p>` : ''}
${untilOpening > 0 ? `<p id="countdown" role="timer" aria-live="off" data-seconds="${untilOpening}" hidden></p>` : ''}
<p role="status" aria-live="polite">${view.hint ? escaped(view.hint) : ''}</p>
${choice ? choiceHtml(choice, language, back) : ''}
${view.windows.length > 0 ? windowsHtml(view, language) : view.mayChooseClass ? '' : `<p>${say('noWindows')}</p>`}
${waysHtml(view, language, back)}
</main>${asksAgain || untilOpening > 0 ? `<script>${SCRIPT}</script>` : ''}</body></html>
`;
}

/** Whether the sentence is about the opening: who is called before it, or whose place nobody knows, is told of the line. */
function isToldOfOpening({ room, opensAt, retryAt, retryAfterSeconds }: WaitingView): boolean {
  if (!room || room.isHeld) return true;
  if (room.position === null) return false;
  const untilOpening = (Date.parse(opensAt!) - Date.parse(retryAt)) / 1000 + retryAfterSeconds;
  return room.estimateSeconds === null || room.estimateSeconds >= untilOpening;
}

function windowsHtml(view: WaitingView, language: Language): string {
  const rows = view.windows.map(
    ({ subject, startsAt, endsAt, text }) =>
      `<tr><th scope="row">${escaped(subject)}</th><td><time datetime="${startsAt}/${endsAt}">${text}</time></td></tr>`,
  );
  const title = escaped(waitingText(language, 'windows'));
  const calendar = escaped(waitingText(language, 'calendar'));
  return `<h2 id="w">${title}</h2><table aria-labelledby="w"><tbody>${rows.join('')}</tbody></table>
<p><a href="${PUBLIC_PATH}/calendar.ics?lang=${language}">${calendar}</a></p>`;
}

function waysHtml(view: WaitingView, language: Language, back: string): string {
  const say = (name: Parameters<typeof waitingText>[1], values = {}) => escaped(waitingText(language, name, values));
  const ways: string[] = [];
  if (view.workUrl)
    ways.push(`<a class="way" href="${escaped(view.workUrl)}">${say('work')} <small>(${say('workHint')})</small></a>`);
  for (const { school, telephone } of view.telephones)
    ways.push(
      `<a class="way" href="tel:${escaped(telephone.replace(/[^+\d]/g, ''))}">${say('telephone', { school })} <small>${escaped(telephone)}</small></a>`,
    );
  ways.push(
    `<a class="way" href="${PUBLIC_PATH}/choose?lang=${language}&amp;r=${back}">${say(view.mayChooseClass ? 'choose' : 'add')}</a>`,
  );
  const urgent = view.mayAskUrgentPass
    ? `<form method="post" action="${PUBLIC_PATH}/urgent?lang=${language}&amp;r=${back}"><button>${say('urgent')}</button></form>`
    : '';
  return `<ul>${ways.map((way) => `<li>${way}</li>`).join('')}</ul>${urgent}`;
}

function choiceHtml(choice: ClassChoice, language: Language, back: string): string {
  const say = (name: Parameters<typeof waitingText>[1]) => escaped(waitingText(language, name));
  const path = `${PUBLIC_PATH}/choose`;
  const found = choice.school
    ? `<h2>${escaped(choice.school.name)}</h2><form method="post" action="${path}?lang=${language}&amp;r=${back}"><ul>${choice.school.classes
        .map(({ key, name }) => `<li><button name="class" value="${escaped(key)}">${escaped(name)}</button></li>`)
        .join('')}</ul></form>`
    : `<ul>${choice.schools
        .map(
          ({ uai, name }) =>
            `<li><a class="way" href="${path}?school=${escaped(uai)}&amp;lang=${language}&amp;r=${back}">${escaped(name)} <small>${escaped(uai)}</small></a></li>`,
        )
        .join(
          '',
        )}</ul>${choice.question !== '' && choice.schools.length === 0 ? `<p role="alert">${say('noSchool')}</p>` : ''}`;
  return `<form action="${path}"><label for="q">${say('schoolQuestion')}</label><input id="q" name="q" required minlength="2" maxlength="60" value="${escaped(choice.question)}">
<input type="hidden" name="lang" value="${language}"><input type="hidden" name="r" value="${escaped(decodeURIComponent(back))}"><button>${say('search')}</button></form>${found}`;
}

/** The day's windows for a calendar program, in UTC; the UID of a window is that of its class and start. */
export function waitingCalendar(view: WaitingView, language: Language, nowSeconds: number): string {
  const calendar = ical({ prodId: { company: 'Etale', product: 'Gateway', language: language.toUpperCase() } });
  for (const { subject, startsAt, endsAt } of view.windows) {
    const start = new Date(startsAt);
    calendar.createEvent({
      id: `${createHash('sha256').update(`${subject}/${startsAt}`).digest('hex').slice(0, 20)}@etale-gateway`,
      stamp: new Date(nowSeconds * 1000),
      start,
      end: new Date(endsAt),
      summary: `${waitingText(language, 'title')} (${subject})`,
    });
  }
  return calendar.toString();
}
