import type { Language } from '../common/language.rules';
import { civilDateOf, clockText, dayOfWords } from './zone-clock';

/** Sentences of the waiting page; `{x}` is filled in. */
const TEXTS = {
  fr: {
    title: 'Votre créneau de connexion',
    opens: 'Votre classe {subject} ouvre à {time}, {delay}.',
    opensRelatives: 'Votre accès ouvre à {time}, {delay}.',
    onDay: '{time} {day}',
    noOpening: "Il n'y a pas de place pour le moment. Cette page réessaie toute seule à {time}.",
    mayEnter: "C'est à vous : vous pouvez entrer.",
    enter: 'Entrer',
    relativesWait: "L'espace numérique est réservé aux élèves pour le moment. Merci de votre patience.",
    liveOnly: 'Seules les classes en direct entrent pour le moment.',
    featureOff: 'Ce service est suspendu pour le moment, pour laisser la place aux classes.',
    unknown: 'Dites-nous votre classe pour connaître votre créneau.',
    comeBack: 'Inutile de recharger : cette page réessaie toute seule à {time}.',
    windows: 'Créneaux du jour',
    noWindows: "Plus de créneau aujourd'hui.",
    calendar: 'Ajouter à mon agenda',
    work: 'Le travail du jour',
    workHint: 'sans se connecter',
    telephone: 'Téléphone de {school}',
    urgent: 'Demander un laissez-passer urgent',
    choose: 'Choisir une classe',
    add: 'Ajouter un enfant',
    schoolQuestion: "Nom ou UAI de l'établissement",
    search: 'Chercher',
    noSchool: 'Aucun établissement ne correspond. Essayez un autre mot du nom.',
    inSeconds: 'dans moins d’une minute',
    inMinutes: 'dans {n} min',
    inHours: 'dans {h} h {m}',
    roomFirst: 'Vous êtes en tête de la file.',
    roomPosition: 'Vous êtes au rang {position} de la file.',
    roomEstimate: 'Votre tour viendra dans {delay} environ.',
    roomAtLeast: 'Votre tour viendra dans {delay} au moins : les élèves passent d’abord.',
    roomWindow: 'Votre créneau ouvre avant votre tour, à {time}, {delay}.',
    roomNoEstimate: "Personne ne peut dire pour l'instant quand votre tour viendra.",
    roomKept: "Votre place dans la file est gardée. Le rang n'est pas connu pour l'instant.",
    roomAlso: 'À {time} votre créneau ouvre de toute façon.',
    roomHint:
      'Gardez cette page ouverte : elle se renouvelle toute seule, dans {seconds} s. Si vous la fermez, votre place est gardée cinq minutes.',
    waitSeconds: 'moins d’une minute',
    waitMinutes: '{n} min',
    waitHours: '{h} h {m}',
    other: 'English',
  },
  en: {
    title: 'Your connection window',
    opens: 'Your class {subject} opens at {time}, {delay}.',
    opensRelatives: 'Your access opens at {time}, {delay}.',
    onDay: '{time} on {day}',
    noOpening: 'There is no room for the moment. This page tries again by itself at {time}.',
    mayEnter: 'It is your turn: you may enter.',
    enter: 'Enter',
    relativesWait: 'The digital workspace is kept for pupils for the moment. Thank you for your patience.',
    liveOnly: 'Only live classes enter for the moment.',
    featureOff: 'This service is suspended for the moment, to leave room for classes.',
    unknown: 'Tell us your class to know your window.',
    comeBack: 'No need to reload: this page tries again by itself at {time}.',
    windows: 'Windows of the day',
    noWindows: 'No further window today.',
    calendar: 'Add to my calendar',
    work: "Today's work",
    workHint: 'without signing in',
    telephone: 'Telephone of {school}',
    urgent: 'Ask for an urgent pass',
    choose: 'Choose a class',
    add: 'Add a child',
    schoolQuestion: 'Name or UAI of the school',
    search: 'Search',
    noSchool: 'No school fits. Try another word of its name.',
    inSeconds: 'in less than a minute',
    inMinutes: 'in {n} min',
    inHours: 'in {h} h {m}',
    roomFirst: 'You are first in the line.',
    roomPosition: 'You are number {position} in the line.',
    roomEstimate: 'Your turn comes in about {delay}.',
    roomAtLeast: 'Your turn comes in {delay} at least: pupils go first.',
    roomWindow: 'Your window opens before your turn, at {time}, {delay}.',
    roomNoEstimate: 'Nobody can say yet when your turn comes.',
    roomKept: 'Your place in the line is kept. Its number is not known for the moment.',
    roomAlso: 'At {time} your window opens in any case.',
    roomHint:
      'Keep this page open: it renews itself in {seconds} s. If you close it, your place is kept for five minutes.',
    waitSeconds: 'less than a minute',
    waitMinutes: '{n} min',
    waitHours: '{h} h {m}',
    other: 'Français',
  },
} as const;

export type TextName = keyof (typeof TEXTS)['fr'];

/** Each text taken apart once: what stands there, and the names of what is filled in, in turns. */
const partsOf = (texts: Record<TextName, string>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, text.split(/\{(\w+)\}/)]));
const PARTS: Record<Language, Record<string, string[]>> = { fr: partsOf(TEXTS.fr), en: partsOf(TEXTS.en) };

export function waitingText(language: Language, name: TextName, values: Record<string, string> = {}): string {
  const parts = PARTS[language][name]!;
  let text = parts[0]!;
  for (let k = 1; k < parts.length; k += 2) text += (values[parts[k]!] ?? '') + parts[k + 1]!;
  return text;
}

/** How long still, in words. */
export function delayText(language: Language, seconds: number): string {
  if (seconds < 60) return waitingText(language, 'inSeconds');
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return waitingText(language, 'inMinutes', { n: String(minutes) });
  const rest = String(minutes % 60).padStart(2, '0');
  return waitingText(language, 'inHours', { h: String(Math.floor(minutes / 60)), m: rest });
}

/** A length of waiting, rounded up. */
export function waitText(language: Language, seconds: number): string {
  if (seconds < 60) return waitingText(language, 'waitSeconds');
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 120) return waitingText(language, 'waitMinutes', { n: String(minutes) });
  return waitingText(language, 'waitHours', {
    h: String(Math.floor(minutes / 60)),
    m: String(minutes % 60).padStart(2, '0'),
  });
}

/** A time of the school's clock; with its day where that is not the present one. */
export function timeText(language: Language, seconds: number, now: number, zone: string): string {
  const time = clockText(seconds, zone, language);
  if (civilDateOf(seconds, zone) === civilDateOf(now, zone)) return time;
  return waitingText(language, 'onDay', { time, day: dayOfWords(seconds, zone, language) });
}
