import { DateTime } from 'luxon';
import { escaped } from '../common/html-text';
import { type Language, withFirstOfMonth } from '../common/language.rules';
import type { WindowDto } from '../plan/window.dto';
import type { EstablishmentProposalDto } from './answer.dto';
import { MOST_COMMENT } from './proposal.rules';

const USUAL_ZONE = 'Europe/Paris';

const TEXTS = {
  fr: {
    title: 'Créneaux de connexion proposés',
    intro: (classes: number, atWish: number, wished: number) =>
      `${classes > 1 ? `${classes} classes ont` : `${classes} classe a`} des créneaux proposés` +
      (wished === 0 ? '.' : ` : ${atWish} ${atWish > 1 ? 'créneaux' : 'créneau'} sur ${wished} à l'heure souhaitée.`),
    until: (when: string) => `Sans réponse avant le ${when}, la proposition est acceptée.`,
    untilRest: (when: string) => `Sans réponse avant le ${when}, le reste est accepté.`,
    changeUntil: (when: string) => `Vous pouvez changer de réponse jusqu'au ${when}.`,
    closed: (when: string) => `Les réponses sont closes depuis le ${when} : sans réponse, la proposition est acceptée.`,
    closedRest: (when: string) => `Les réponses sont closes depuis le ${when} : sans réponse, le reste est accepté.`,
    closedAll: (when: string) => `Les réponses sont closes depuis le ${when}.`,
    state: {
      accepted: 'Vous avez accepté la proposition.',
      partly_accepted: 'Vous avez accepté pour une partie des classes.',
      change_asked: 'Vous avez demandé une modification.',
      none: "Vous n'avez pas encore répondu.",
    },
    last: 'La dernière réponse compte.',
    day: 'Jour',
    hour: 'Créneau',
    shift: 'Décalage',
    forClass: 'À modifier',
    own: { relatives: 'Parents', staff: 'Personnels' },
    days: (count: number) => (count > 0 ? `${count} j plus tard` : `${-count} j plus tôt`),
    minutes: (count: number) => (count > 0 ? `${count} min plus tard` : `${-count} min plus tôt`),
    atWish: "à l'heure souhaitée",
    accept: 'Accepter tout',
    ask: 'Demander une modification',
    comment: 'Ce qui doit changer (sans nom de personne). Cochez les classes concernées ; sans coche, toutes.',
    gone: "Ce lien n'est pas valable : il a expiré, a été retiré, ou une autre proposition l'a remplacé. Demandez-en un autre à votre académie.",
    late: 'Les réponses sont closes : sans réponse, la proposition est acceptée.',
    missing: 'Dites ce qui doit changer.',
    long: `Ce texte est trop long : ${MOST_COMMENT} caractères au plus. Rien n'a été enregistré ; le voici, pour le raccourcir.`,
    failed: "La réponse n'a pas été enregistrée.",
    back: 'Revenir à la proposition',
  },
  en: {
    title: 'Proposed connection windows',
    intro: (classes: number, atWish: number, wished: number) =>
      `${classes === 1 ? '1 class has' : `${classes} classes have`} proposed windows` +
      (wished === 0 ? '.' : `: ${atWish} of ${wished} ${atWish === 1 ? 'stands' : 'stand'} at the wished hour.`),
    until: (when: string) => `Without an answer before ${when} the proposal is accepted.`,
    untilRest: (when: string) => `Without an answer before ${when} the rest is accepted.`,
    changeUntil: (when: string) => `You may change your answer until ${when}.`,
    closed: (when: string) => `Answers closed at ${when}: without an answer the proposal is accepted.`,
    closedRest: (when: string) => `Answers closed at ${when}: without an answer the rest is accepted.`,
    closedAll: (when: string) => `Answers closed at ${when}.`,
    state: {
      accepted: 'You have accepted the proposal.',
      partly_accepted: 'You have accepted for some of the classes.',
      change_asked: 'You have asked for a change.',
      none: 'You have not answered yet.',
    },
    last: 'The last answer counts.',
    day: 'Day',
    hour: 'Window',
    shift: 'Displacement',
    forClass: 'To change',
    own: { relatives: 'Relatives', staff: 'Staff' },
    days: (count: number) => (count > 0 ? `${count} d later` : `${-count} d earlier`),
    minutes: (count: number) => (count > 0 ? `${count} min later` : `${-count} min earlier`),
    atWish: 'at the wished hour',
    accept: 'Accept all',
    ask: 'Ask for a change',
    comment: "What should change (no person's name). Tick the classes that it is about; without a tick, all.",
    gone: 'This link is not valid: it has expired, was withdrawn, or another proposal took its place. Ask your academy for another one.',
    late: 'Answers are closed: without an answer the proposal is accepted.',
    missing: 'Say what should change.',
    long: `This text is too long: ${MOST_COMMENT} characters at most. Nothing was recorded; here it is, to be shortened.`,
    failed: 'The answer was not recorded.',
    back: 'Back to the proposal',
  },
} as const;

/** What is said of the deadline: what silence means still, to whom has not answered, or not for all. */
const SILENCE = {
  none: { open: 'until', closed: 'closed' },
  partly_accepted: { open: 'untilRest', closed: 'closedRest' },
  accepted: { open: 'changeUntil', closed: 'closedAll' },
  change_asked: { open: 'changeUntil', closed: 'closedAll' },
} as const;

/** A date and a time as the windows below them say theirs, with their zone where it is not that of nearly all schools. */
function instantOf(language: Language, instant: string, zone: string): string {
  const format = language === 'fr' ? "d MMMM yyyy 'à' H 'h' mm" : "d MMMM yyyy 'at' HH:mm";
  const said = withFirstOfMonth(DateTime.fromISO(instant, { zone }).setLocale(language).toFormat(format), language);
  return zone === USUAL_ZONE ? said : `${said} (${zone})`;
}

/** The proposal of one establishment with its two buttons: plain HTML, no script. */
export function proposalPage(
  language: Language,
  view: EstablishmentProposalDto,
  windows: readonly WindowDto[],
): string {
  const texts = TEXTS[language];
  const zone = windows[0]?.timeZone ?? USUAL_ZONE;
  const when = escaped(instantOf(language, view.proposal.answersUntil, zone));
  const isOpen = view.proposal.phase === 'open';
  const sum = (count: (one: (typeof view.classes)[number]) => number) =>
    view.classes.reduce((total, one) => total + count(one), 0);
  const own = (['relatives', 'staff'] as const).map((audience) =>
    sectionOf(
      language,
      texts.own[audience],
      '',
      windows.filter((window) => window.audience === audience),
    ),
  );
  const classes = view.classes.map(({ classId, classCode }) =>
    sectionOf(
      language,
      classCode,
      isOpen ? `<label><input type="checkbox" name="classId" value="${classId}"> ${texts.forClass}</label>` : '',
      windows.filter((window) => window.classId === classId),
    ),
  );
  const accept = `<form method="post"><input type="hidden" name="verdict" value="accept"><button>${texts.accept}</button></form>`;
  const change = `<label for="comment">${texts.comment}</label>
<textarea id="comment" name="comment" maxlength="${MOST_COMMENT}" rows="4" required></textarea>
<button name="verdict" value="change">${texts.ask}</button>`;
  return documentOf(
    language,
    `<p>${escaped(view.establishmentName)} (${escaped(view.uai)})</p>
<p><strong>${texts.state[view.answer]}</strong> ${texts[SILENCE[view.answer][view.proposal.phase]](when)}</p>
<p>${texts.intro(
      view.classes.length,
      sum((one) => one.atWishCount),
      sum((one) => one.wishedCount),
    )}</p>
${isOpen ? accept : ''}
<form method="post">${classes.join('')}${own.join('')}${isOpen ? change : ''}</form>
${isOpen ? `<p>${texts.last}</p>` : ''}`,
  );
}

/** Why the link does not answer, with what was written where it would be lost. */
export function refusalPage(
  language: Language,
  why: 'gone' | 'late' | 'missing' | 'long' | 'failed',
  written?: string,
): string {
  const texts = TEXTS[language];
  const back = why === 'gone' ? '' : `<p><a href="">${texts.back}</a></p>`;
  const lost = written === undefined ? '' : `<p class="written">${escaped(written)}</p>`;
  return documentOf(language, `<p><strong>${texts[why]}</strong></p>${lost}${back}`);
}

function sectionOf(language: Language, title: string, control: string, windows: readonly WindowDto[]): string {
  if (windows.length === 0) return '';
  const texts = TEXTS[language];
  const rows = windows.map((window) => {
    const at = (instant: string, format: string) =>
      escaped(
        withFirstOfMonth(DateTime.fromISO(instant, { setZone: true }).setLocale(language).toFormat(format), language),
      );
    const shift = window.wishedAt === null ? '' : shiftOf(texts, window.displacementDays!, window.displacementMinutes!);
    // no line breaks within an hour
    const hour = language === 'fr' ? "H'\u00a0h\u00a0'mm" : 'HH:mm';
    return `<tr><td>${at(window.startsAt, 'cccc d LLLL')}</td><td>${at(window.startsAt, hour)} - ${at(window.endsAt, hour)}</td><td>${shift}</td></tr>`;
  });
  return `<h2>${escaped(title)}</h2>${control}
<table><thead><tr><th>${texts.day}</th><th>${texts.hour}</th><th>${texts.shift}</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

/** How far a window stands from its wish, by days and by the clock. */
function shiftOf(texts: (typeof TEXTS)[Language], days: number, minutes: number): string {
  if (days === 0 && minutes === 0) return texts.atWish;
  return [...(days === 0 ? [] : [texts.days(days)]), ...(minutes === 0 ? [] : [texts.minutes(minutes)])].join(', ');
}

function documentOf(language: Language, body: string): string {
  const { title } = TEXTS[language];
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${title}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.25rem .5rem;border-bottom:1px solid #ccc;font-variant-numeric:tabular-nums}
button{font:inherit;padding:.75rem 1.5rem;margin:1rem 0}textarea{font:inherit;width:100%;box-sizing:border-box}.written{white-space:pre-wrap;overflow-wrap:anywhere}</style></head>
<body><main><h1>${title}</h1>${body}</main></body></html>
`;
}
