import type { Language } from '../common/language.rules';

const TEXTS = {
  fr: {
    title: 'Retour d’expérience', of: 'du {from} au {to}', ofDay: 'du {from}', made: 'Chiffres arrêtés le {at}.', other: 'English', print: 'Imprimer',
    summary: 'En bref', noSummary: 'Personne n’a encore écrit de résumé.',
    key: 'Les chiffres', expected: 'Attendus', admitted: 'Entrés', inWindow: 'dont dans leur créneau', deferred: 'Invités à attendre', refused: 'Refusés', attempts: 'Tentatives', amplification: 'Effet bulle (tentatives par visiteur)',
    curves: 'Sessions', curvesHint: 'Par tranche de cinq minutes. Capacité déclarée, plan, mesure et simulation de la journée telle qu’elle a été.',
    logins: 'Connexions et tentatives', loginsHint: 'Connexions prévues et mesurées, tentatives comptées aux passerelles, par tranche de cinq minutes.',
    limit: 'capacité', planned: 'plan', measured: 'mesure', simulated: 'simulation', attempted: 'tentatives',
    timeline: 'Ce qui a été fait', noTimeline: 'Rien n’a été fait ces jours-là.', when: 'Heure', what: 'Action', by: 'Par', about: 'Objet', why: 'Motif',
    crowds: 'Qui a attendu, qui a été refusé', territory: 'Département', kind: 'Type d’établissement', profile: 'Profil', hidden: 'moins de 5',
    replay: 'La même matinée, rejouée', replayHint: 'Le {on}, simulé avec d’autres mesures. Les hypothèses sont celles de la simulation n° {id}.', noReplay: 'La simulation est en cours, ou rien n’est publié.', variant: 'Variante', peak: 'Pic de sessions', at: 'à', wait: 'Attente moyenne', gaveUp: 'Ont renoncé',
    assumptions: 'Hypothèses, la plus fragile d’abord', noAssumptions: 'Aucune hypothèse ne peut être comparée : il manque des comptes ou des mesures.', assumption: 'Hypothèse', assumed: 'Supposé', observed: 'Observé', deviation: 'Écart',
    causes: 'Causes examinées', cause: 'Cause', verdict: 'Conclusion', figure: 'Chiffre', comment: 'Commentaire',
    improvements: 'Améliorations décidées', noImprovements: 'Aucune pour le moment.', improvement: 'Amélioration', owner: 'Responsable', due: 'Échéance', state: 'État',
    footer: 'Aucune donnée sur des élèves ou des parents ; rien en dessous de cinq personnes.', unit: 'tranche',
    as_it_was: 'telle qu’elle a été', without_steps: 'sans les paliers de délestage', without_plan: 'sans plan',
    plan_over_limit: 'Le plan dépassait la capacité', capacity_cut: 'La capacité a été réduite', platform_failed_below_capacity: 'La plateforme a échoué en dessous de sa capacité déclarée', more_came_than_planned: 'Il est venu plus de monde que prévu', outside_their_windows: 'On est venu hors de son créneau', came_again: 'On est revenu sans cesse (effet bulle)', otherCause: 'Autre cause',
    ruled_out: 'écartée', contributed: 'a contribué', open: 'à examiner', agreed: 'décidée', done: 'faite', dropped: 'abandonnée',
    participation: 'Participation (visiteurs)', adherence: 'Respect du créneau', peak_sessions: 'Pic de sessions', pupil: 'élèves', relative: 'parents', staff: 'personnels', unknown: 'inconnu',
    service: 'de lui-même', operator: 'exploitant', authority: 'autorité', auditor: 'auditeur', head: 'chef d’établissement', machine: 'programme',
  },
  en: {
    title: 'Post-mortem', of: 'from {from} to {to}', ofDay: 'of {from}', made: 'Figures as of {at}.', other: 'Français', print: 'Print',
    summary: 'In short', noSummary: 'Nobody has written a summary yet.',
    key: 'The figures', expected: 'Expected', admitted: 'Let in', inWindow: 'of whom in their window', deferred: 'Told to wait', refused: 'Refused', attempts: 'Attempts', amplification: 'Bubble effect (attempts per visitor)',
    curves: 'Sessions', curvesHint: 'Every five minutes. Declared capacity, plan, measurement and the simulation of the day as it was.',
    logins: 'Log-ins and attempts', loginsHint: 'Log-ins planned and measured, attempts counted at the gateways, every five minutes.',
    limit: 'capacity', planned: 'plan', measured: 'measured', simulated: 'simulation', attempted: 'attempts',
    timeline: 'What was done', noTimeline: 'Nothing was done in these days.', when: 'Time', what: 'Action', by: 'By', about: 'On', why: 'Reason',
    crowds: 'Who waited, who was refused', territory: 'Department', kind: 'Kind of establishment', profile: 'Profile', hidden: 'fewer than 5',
    replay: 'The same morning, replayed', replayHint: '{on}, simulated with other measures. The assumptions are those of simulation {id}.', noReplay: 'The simulation is under way, or nothing is published.', variant: 'Variant', peak: 'Peak of sessions', at: 'at', wait: 'Mean wait', gaveUp: 'Gave up',
    assumptions: 'Assumptions, the weakest first', noAssumptions: 'No assumption can be compared: counts or measurements are missing.', assumption: 'Assumption', assumed: 'Assumed', observed: 'Observed', deviation: 'Deviation',
    causes: 'Causes looked into', cause: 'Cause', verdict: 'Conclusion', figure: 'Figure', comment: 'Comment',
    improvements: 'Improvements agreed', noImprovements: 'None so far.', improvement: 'Improvement', owner: 'Owner', due: 'Due', state: 'State',
    footer: 'No data about pupils or parents; nothing below five people.', unit: 'cell',
    as_it_was: 'as it was', without_steps: 'without the protection steps', without_plan: 'without a plan',
    plan_over_limit: 'The plan was over the capacity', capacity_cut: 'The capacity was cut', platform_failed_below_capacity: 'The platform failed below its declared capacity', more_came_than_planned: 'More people came than planned', outside_their_windows: 'People came outside their windows', came_again: 'People came again and again (bubble effect)', otherCause: 'Another cause',
    ruled_out: 'ruled out', contributed: 'contributed', open: 'open', agreed: 'agreed', done: 'done', dropped: 'dropped',
    participation: 'Participation (visitors)', adherence: 'Adherence to windows', peak_sessions: 'Peak of sessions', pupil: 'pupils', relative: 'relatives', staff: 'staff', unknown: 'unknown',
    service: 'by itself', operator: 'operator', authority: 'authority', auditor: 'auditor', head: 'head', machine: 'program',
  },
} as const; // prettier-ignore

/** What was done, in words; an action that is not here is shown as the trail has it. */
const ACTIONS: Record<string, readonly [fr: string, en: string]> = {
  'protection_step.begins': ['Début d’un palier', 'A step begins'],
  'protection_step.ends': ['Fin automatique d’un palier', 'A step ends by itself'],
  'protection_step.enforce': ['Palier demandé', 'Step asked for'],
  'protection_step.approve': ['Palier approuvé', 'Step approved'],
  'protection_step.undo': ['Palier levé', 'Step taken back'],
  'protection_ladder.set': ['Échelle modifiée', 'Ladder changed'],
  'protection_ladder.approve': ['Échelle approuvée', 'Ladder approved'],
  'regulation.add': ['Régulation posée', 'Regulation added'],
  'regulation.delete': ['Régulation levée', 'Regulation removed'],
  'capacity_step.add': ['Capacité déclarée', 'Capacity declared'],
  'capacity_step.delete': ['Capacité retirée', 'Capacity step removed'],
  'plan.publish': ['Plan publié', 'Plan published'],
  'plan.roll_back': ['Retour au plan d’avant', 'Plan rolled back'],
  'gateway_settings.set': ['Réglages des passerelles', 'Gateway settings'],
  'job.request': ['Calcul demandé', 'Computation asked for'],
  'booking.move': ['Créneau déplacé', 'Window moved'],
  'post_mortem.make': ['Retour d’expérience établi', 'Post-mortem made'],
};

export type PostMortemText = keyof (typeof TEXTS)['fr'];

export const postMortemText = (language: Language, name: PostMortemText, values: Record<string, string> = {}): string =>
  TEXTS[language][name].replace(/\{(\w+)\}/g, (_, key: string) => values[key] ?? '');

/** A word that a code stands for; the code itself where there is none. */
export const wordOf = (language: Language, code: string): string => {
  const name = code === 'other' ? 'otherCause' : code;
  return name in TEXTS[language] ? TEXTS[language][name as PostMortemText] : code;
};

export const actionText = (language: Language, action: string): string => ACTIONS[action]?.[language === 'fr' ? 0 : 1] ?? action; // prettier-ignore
