import { type Language, localeOf } from '../common/language.rules';
import type { ReplayAdherence } from './replay-adherence.rules';

const TEXTS = {
  fr: {
    title: 'Bilan', of: 'du {from} au {to}', ofDay: 'du {from}', made: 'Chiffres arrêtés le {at}.', other: 'English', print: 'Imprimer',
    summary: 'En bref', noSummary: 'Personne n’a encore écrit de résumé.',
    key: 'Les chiffres', expected: 'Attendus', admitted: 'Entrés', inWindow: 'dont dans leur créneau', deferred: 'Invités à attendre', refused: 'Refusés', attempts: 'Tentatives', amplification: 'Effet bulle (tentatives par visiteur)',
    curves: 'Sessions', curvesHint: 'Par tranche de cinq minutes. Capacité déclarée, plan, mesure et simulation de la journée telle qu’elle a été.',
    logins: 'Connexions et tentatives', loginsHint: 'Connexions prévues et mesurées, tentatives comptées aux passerelles, par tranche de cinq minutes.',
    limit: 'capacité', planned: 'plan', measured: 'mesure', simulated: 'simulation', attempted: 'tentatives',
    timeline: 'Ce qui a été fait', noTimeline: 'Rien n’a été fait ces jours-là.', when: 'Heure', what: 'Action', by: 'Par', about: 'Objet', why: 'Motif',
    crowds: 'Qui a attendu, qui a été refusé', noCrowds: 'Aucune passerelle n’a compté de visiteurs ces jours-là.', territory: 'Département', criterion: 'Critère', value: 'Valeur', kind: 'Type d’établissement', profile: 'Profil', hidden: 'moins de 5',
    replay: 'La même matinée, rejouée', replayHint: 'Le {on}, simulé avec d’autres mesures. Les hypothèses sont celles de la simulation n° {id}.', noReplay: 'La simulation est en cours, ou rien n’est publié.', variant: 'Variante', peak: 'Pic de sessions', at: 'à', wait: 'Attente moyenne', gaveUp: 'Ont renoncé',
    keeping: 'Respect du créneau dans ce rejeu', keepingHint: 'Part de ceux qui viennent dans leur créneau, comptée ce jour-là aux passerelles ; qui a été invité à attendre et est revenu dans son créneau y compte. Les autres viennent à l’heure d’un jour sans plan.', share: 'Part', counted: 'Entrés comptés', basis: 'D’où', basis_kind: 'compté', basis_profile: 'trop peu de comptes : tous types ensemble', basis_assumed: 'non compté, {share} % supposé', allAssumed: 'Respect du créneau non compté, {share} % supposé.', noWindows: 'Personne n’avait de créneau ce jour-là.',
    assumptions: 'Hypothèses, la plus fragile d’abord', noAssumptions: 'Aucune hypothèse ne peut être comparée : il manque des comptes ou des mesures.', assumption: 'Hypothèse', assumed: 'Supposé', observed: 'Observé', deviation: 'Écart',
    causes: 'Causes examinées', cause: 'Cause', verdict: 'Conclusion', figure: 'Chiffre', comment: 'Commentaire',
    improvements: 'Améliorations décidées', noImprovements: 'Aucune pour le moment.', improvement: 'Amélioration', owner: 'Responsable', due: 'Échéance', state: 'État',
    footer: 'Aucune donnée sur des élèves ou des parents ; rien en dessous de cinq personnes.', unit: 'tranche',
    as_it_was: 'telle qu’elle a été', without_steps: 'sans les mesures de protection', without_plan: 'sans plan',
    plan_over_limit: 'Le plan dépassait la capacité', capacity_cut: 'La capacité a été réduite', platform_failed_below_capacity: 'La plateforme a échoué en dessous de sa capacité déclarée', more_came_than_planned: 'Il est venu plus de monde que prévu', outside_their_windows: 'On est venu hors de son créneau', came_again: 'On est revenu sans cesse (effet bulle)', otherCause: 'Autre cause',
    ruled_out: 'écartée', contributed: 'a contribué', open: 'à examiner', agreed: 'décidée', done: 'faite', dropped: 'abandonnée',
    participation: 'Participation (visiteurs)', adherence: 'Respect du créneau', peak_sessions: 'Pic de sessions', maternelle: 'écoles maternelles', elementaire: 'écoles élémentaires', primaire: 'écoles primaires', college: 'collèges', lycee_gt: 'lycées généraux et technologiques', lycee_pro: 'lycées professionnels', lycee_polyvalent: 'lycées polyvalents', erea: 'établissements d’enseignement adapté',
    pupil: 'élèves', relative: 'parents', staff: 'personnels', unknown: 'inconnu', chosen: 'classe seulement choisie',
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
    crowds: 'Who waited, who was refused', noCrowds: 'No gateway counted anybody in these days.', territory: 'Department', criterion: 'Criterion', value: 'Value', kind: 'Kind of establishment', profile: 'Profile', hidden: 'fewer than 5',
    replay: 'The same morning, replayed', replayHint: '{on}, simulated with other measures. The assumptions are those of simulation {id}.', noReplay: 'The simulation is under way, or nothing is published.', variant: 'Variant', peak: 'Peak of sessions', at: 'at', wait: 'Mean wait', gaveUp: 'Gave up',
    keeping: 'Adherence to windows in this replay', keepingHint: 'Share of those who come in their window, as gateways counted on that day; who was told to wait and came back in the window is among them. The others come at the time of a day without a plan.', share: 'Share', counted: 'Let in and counted', basis: 'From', basis_kind: 'counted', basis_profile: 'too few counts: all kinds together', basis_assumed: 'not counted, {share} % assumed', allAssumed: 'Adherence to windows not counted, {share} % assumed.', noWindows: 'Nobody had a window on that day.',
    assumptions: 'Assumptions, the weakest first', noAssumptions: 'No assumption can be compared: counts or measurements are missing.', assumption: 'Assumption', assumed: 'Assumed', observed: 'Observed', deviation: 'Deviation',
    causes: 'Causes looked into', cause: 'Cause', verdict: 'Conclusion', figure: 'Figure', comment: 'Comment',
    improvements: 'Improvements agreed', noImprovements: 'None so far.', improvement: 'Improvement', owner: 'Owner', due: 'Due', state: 'State',
    footer: 'No data about pupils or parents; nothing below five people.', unit: 'cell',
    as_it_was: 'as it was', without_steps: 'without the protection steps', without_plan: 'without a plan',
    plan_over_limit: 'The plan was over the capacity', capacity_cut: 'The capacity was cut', platform_failed_below_capacity: 'The platform failed below its declared capacity', more_came_than_planned: 'More people came than planned', outside_their_windows: 'People came outside their windows', came_again: 'People came again and again (bubble effect)', otherCause: 'Another cause',
    ruled_out: 'ruled out', contributed: 'contributed', open: 'open', agreed: 'agreed', done: 'done', dropped: 'dropped',
    participation: 'Participation (visitors)', adherence: 'Adherence to windows', peak_sessions: 'Peak of sessions', maternelle: 'pre-elementary schools', elementaire: 'elementary schools', primaire: 'primary schools', college: 'collèges', lycee_gt: 'general and technological lycées', lycee_pro: 'vocational lycées', lycee_polyvalent: 'comprehensive lycées', erea: 'adapted education establishments',
    pupil: 'pupils', relative: 'relatives', staff: 'staff', unknown: 'unknown', chosen: 'class only chosen',
    service: 'by itself', operator: 'operator', authority: 'authority', auditor: 'auditor', head: 'head', machine: 'program',
  },
} as const; // prettier-ignore

/** What was done, in words; an action that is not here is shown as the trail has it. */
const ACTIONS: Record<string, readonly [fr: string, en: string]> = {
  'establishment.limit_windows': ['Limite de classes connectées à la fois', 'Limit of classes connected at once'],
  'protection_step.begins': ['Début d’une mesure', 'A step begins'],
  'protection_step.ends': ['Fin automatique d’une mesure', 'A step ends by itself'],
  'protection_step.propose': [
    'Mesure proposée, en attente d’une seconde personne',
    'Step proposed, waiting for a second person',
  ],
  'protection_step.enforce': ['Mesure demandée', 'Step asked for'],
  'protection_step.approve': ['Mesure approuvée', 'Step approved'],
  'protection_step.undo': ['Mesure levée', 'Step taken back'],
  'protection_ladder.set': ['Échelle modifiée', 'Ladder changed'],
  'protection_ladder.approve': ['Échelle approuvée', 'Ladder approved'],
  'regulation.add': ['Régulation posée', 'Regulation added'],
  'regulation.end': ['Régulation levée', 'Regulation ended'],
  'regulation.delete': ['Régulation levée', 'Regulation removed'],
  'capacity_step.add': ['Capacité déclarée', 'Capacity declared'],
  'capacity_step.delete': ['Capacité retirée', 'Capacity step removed'],
  'plan.publish': ['Plan publié', 'Plan published'],
  'plan.roll_back': ['Retour au plan d’avant', 'Plan rolled back'],
  'gateway_settings.set': ['Réglages des passerelles', 'Gateway settings'],
  'job.request': ['Calcul demandé', 'Computation asked for'],
  'bookings.made': [
    'Changements de créneaux par les établissements (nombre, heure du dernier)',
    'Changes of windows by establishments (count, time of the last)',
  ],
  'post_mortem.make': ['Bilan établi', 'Post-mortem made'],
  'account.grant': ['Compte habilité', 'Account granted'],
  'answer.give': ['Réponse donnée', 'Answer given'],
  'answer_link.create': ['Lien de réponse créé', 'Answer link made'],
  'answer_link.revoke': ['Lien de réponse retiré', 'Answer link taken back'],
  'background.replace': ['Charge de fond remplacée', 'Background load replaced'],
  'calendar_exception.create': ['Jour d’exception déclaré', 'Exceptional day declared'],
  'calendar_exception.delete': ['Jour d’exception retiré', 'Exceptional day removed'],
  'calibration.make': ['Modèle étalonné', 'Model calibrated'],
  'campaign.create': ['Campagne créée', 'Campaign created'],
  'campaign.decide': ['Accord sur une campagne', 'Decision on a campaign'],
  'campaign.delete': ['Campagne supprimée', 'Campaign deleted'],
  'delegation.create': ['Délégation donnée', 'Delegation given'],
  'delegation.revoke': ['Délégation retirée', 'Delegation taken back'],
  'epoch.begin': ['Nouvelle époque', 'New epoch'],
  'establishment.assign': ['Établissements rattachés', 'Establishments assigned'],
  'feed.create': ['Abonnement créé', 'Feed created'],
  'feed.delete': ['Abonnement supprimé', 'Feed deleted'],
  'feed.replace': ['Abonnement remplacé', 'Feed replaced'],
  'fixed_window.decide': ['Créneau fixe tranché', 'Fixed window decided'],
  'holiday.import': ['Vacances importées', 'Holidays imported'],
  'import.run': ['Fichier importé', 'File imported'],
  'job.cancel': ['Calcul arrêté', 'Computation cancelled'],
  'key.make': ['Clé créée', 'Key made'],
  'key.revoke': ['Clé retirée', 'Key revoked'],
  'key.rotate': ['Clé remplacée', 'Key replaced'],
  'pass_key.rotate': ['Clé des liens et laissez-passer remplacée', 'Key of links and passes replaced'],
  'plan.delete': ['Brouillon jeté', 'Draft deleted'],
  'platform.change': ['Plateforme modifiée', 'Platform changed'],
  'platform.create': ['Plateforme déclarée', 'Platform declared'],
  'post_mortem.write': ['Bilan complété', 'Post-mortem written'],
  'proposal.open': ['Proposition ouverte', 'Proposal opened'],
  'retention.remove': ['Données échues effacées', 'Expired data removed'],
  'signing_key.rotate': ['Clé de signature remplacée', 'Signing key replaced'],
  'swap.accept': ['Échange accepté', 'Swap accepted'],
  'swap.decline': ['Échange refusé', 'Swap declined'],
  'swap.propose': ['Échange proposé', 'Swap proposed'],
  'swap.withdraw': ['Échange retiré', 'Swap withdrawn'],
  'waiting.join': ['Attente d’une place', 'Waits for a place'],
  'waiting.leave': ['Fin de l’attente d’une place', 'Waits no more'],
  'webhook.delete': ['Avis automatique supprimé', 'Webhook deleted'],
  'webhook.make': ['Avis automatique créé', 'Webhook made'],
  'wish.copy': ['Souhaits repris', 'Wishes copied'],
  'wish.replace': ['Souhaits donnés', 'Wishes given'],
  'wish_period.set': ['Période des souhaits fixée', 'Wish period set'],
};

export type PostMortemText = keyof (typeof TEXTS)['fr'];

export const postMortemText = (language: Language, name: PostMortemText, values: Record<string, string> = {}): string =>
  TEXTS[language][name].replace(/\{(\w+)\}/g, (_, key: string) => values[key] ?? '');

/** A word that a code stands for; the code itself where there is none. */
export const wordOf = (language: Language, code: string): string => {
  const name = code === 'other' ? 'otherCause' : code;
  return name in TEXTS[language] ? TEXTS[language][name as PostMortemText] : code;
};

/** From what the share that keeps to its window is known, in words. */
export const basisText = (language: Language, { basis, adherencePerMille }: Pick<ReplayAdherence, 'basis' | 'adherencePerMille'>): string =>
  postMortemText(language, `basis_${basis}`, { share: shareText(language, adherencePerMille) }); // prettier-ignore

/** A share per mille in per cent, without its sign. */
export const shareText = (language: Language, perMille: number): string =>
  new Intl.NumberFormat(localeOf(language), { maximumFractionDigits: 1 }).format(perMille / 10);

export const actionText = (language: Language, action: string): string => ACTIONS[action]?.[language === 'fr' ? 0 : 1] ?? action; // prettier-ignore
