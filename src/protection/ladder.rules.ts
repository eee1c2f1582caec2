import type { StepMeasures, StepScope } from './protection-step';

/** Who carries a measure out: the gateway, its pass, the ENT's own administration, or a person with words to use. */
export const STEP_ARMS = ['gateway_rule', 'pass_life', 'ent_administration', 'by_hand', 'capacity'] as const;
export type StepArm = (typeof STEP_ARMS)[number];

/** What becomes of those who are inside already: nobody is thrown out, but some find less or must come in again. */
export const INSIDERS = ['stay', 'stay_without_features', 'stay_until_pass_ends', 'idle_out_sooner'] as const;
export type Insiders = (typeof INSIDERS)[number];

/** A text in the languages of the screens. */
export interface Words {
  fr: string;
  en: string;
}

/** When the service proposes a rung, and when it proposes to leave it: shares of the declared capacity, per mille. */
export interface RungThresholds {
  /** Observed load from which it is proposed ... */
  climbPerMille: number;
  /** ... and below which it is proposed to be left; lower, so that the two do not chase each other. */
  leavePerMille: number;
}

/** A rung of a platform's ladder, agreed beforehand; the mildest come first. */
export interface Rung {
  /** Names it in addresses and logs. */
  code: string;
  name: Words;
  scope: StepScope;
  measures: StepMeasures;
  /** How long it is in force where nobody says otherwise. */
  minutes: number;
  /** What to tell schools and families. */
  words: Words;
  thresholds: RungThresholds;
}

/** How long a break-glass holds that nobody confirms. */
export const BREAK_GLASS_MINUTES = 30;
/** A step ends by itself: the longest. */
export const LONGEST_STEP_HOURS = 72;
/** Relatives who are deferred for longer are told the hours of each day in which they come. */
const LONGEST_DEFERRAL_MINUTES = 12 * 60;

const UNTOUCHED = 1000;
/**
 * Words by which an ENT's operator may call, in French or English, what no step switches off because without it nobody works: work to do,
 * diary, messages. Any of them in a name makes it basic, compared without accents and without the plural: `cahier_texte`, `messagerie_eleves`.
 * A heavy feature of such a name is not switched off either: the mistake that shuts nobody out.
 */
const BASIC_WORDS: readonly string[] = [
  'work',
  'worktodo',
  'homework',
  'todo',
  'assignment',
  'exercise',
  'travail',
  'travaux',
  'devoir',
  'exercice',
  'diary',
  'textbook',
  'cahier',
  'cahierdetexte',
  'cdt',
  'agenda',
  'message',
  'messaging',
  'messagerie',
  'mail',
  'email',
  'mailbox',
  'courrier',
  'courriel',
  'boite',
  'boiteauxlettre',
  'conversation',
  'zimbra',
];
/** Features that many sessions wait for and that nobody needs to work, with what families call them. */
const HEAVY_FEATURES: readonly { names: readonly string[]; words: Words }[] = [
  {
    names: [
      'news',
      'news feed',
      'feed',
      'timeline',
      'actualités',
      'actus',
      'fil',
      'fil d’actualité',
      'fil actualité',
      'fil de nouveautés',
    ],
    words: { fr: 'le fil d’actualité', en: 'the news feed' },
  },
  { names: ['thumbnails', 'vignettes', 'miniatures'], words: { fr: 'les vignettes', en: 'thumbnails' } },
  { names: ['videos', 'films', 'web tv'], words: { fr: 'les vidéos', en: 'videos' } },
];

const plain = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();

const comparable = (name: string): string =>
  plain(name)
    .split(' ')
    .filter((word) => !['l', 'la', 'le', 'les', 'mes', 'mon', 'ma', 'my', 'the'].includes(word))
    .map((word) => word.replace(/s$/, ''))
    .join('');

const isCalled = (name: string, names: readonly string[]): boolean =>
  names.some((its) => comparable(its) === comparable(name));
const isBasic = (name: string): boolean => {
  const words = plain(name)
    .split(' ')
    .map((word) => word.replace(/s$/, ''));
  // `to_do`, `home-work` and `e-mail` are words in two parts
  const pairs = words.slice(1).map((word, k) => words[k]! + word);
  return [...words, ...pairs].some((word) => BASIC_WORDS.includes(word));
};

/** Who carries out what a step does. A feature that is off is a path rule of the gateway, and best also off at the ENT itself. */
export function armsOf({
  defersRelatives,
  isLiveOnly,
  walkInPerMille,
  idleMinutes,
  featuresOff,
  capacityPerMille,
}: StepMeasures): StepArm[] {
  const arms = new Set<StepArm>();
  if (defersRelatives || isLiveOnly || walkInPerMille < UNTOUCHED || featuresOff.length > 0) arms.add('gateway_rule');
  if (featuresOff.length > 0 || idleMinutes !== null) arms.add('ent_administration');
  if (idleMinutes !== null) arms.add('pass_life');
  if (capacityPerMille < UNTOUCHED) arms.add('capacity');
  return arms.size > 0 ? [...arms] : ['by_hand'];
}

/** What becomes of those who are inside when a step begins. */
export function insidersOf({ defersRelatives, isLiveOnly, idleMinutes, featuresOff }: StepMeasures): Insiders[] {
  const its: Insiders[] = [];
  if (defersRelatives || isLiveOnly) its.push('stay_until_pass_ends');
  if (featuresOff.length > 0) its.push('stay_without_features');
  if (idleMinutes !== null) its.push('idle_out_sooner');
  return its.length > 0 ? its : ['stay'];
}

/** Why a step or a ladder makes no sense, never changed once published: pages say it in the reader's language. */
type InvalidReason =
  | 'feature_unknown'
  | 'feature_basic'
  | 'capacity_scoped'
  | 'relatives_not_concerned'
  | 'hours_without_deferral'
  | 'hours_backwards'
  | 'hours_missing'
  | 'code_twice'
  | 'leave_not_lower'
  | 'climb_before_milder'
  | 'territory_unknown';

/** What is wrong with a step or a ladder: the reason with what it is about, and the same in a sentence. */
export interface Invalid {
  facts: { reason: InvalidReason; rung?: string; feature?: string; territory?: string };
  sentence: string;
}

const invalid = (reason: InvalidReason, sentence: string): Invalid => ({ facts: { reason }, sentence });

/** What is wrong with a step; undefined for nothing. */
export function stepProblem(
  { scope, measures, minutes }: Pick<Rung, 'scope' | 'measures' | 'minutes'>,
  features: readonly string[],
): Invalid | undefined {
  const { defersRelatives, relativesHours } = measures;
  const unknown = measures.featuresOff.find((name) => !features.includes(name));
  if (unknown !== undefined)
    return {
      facts: { reason: 'feature_unknown', feature: unknown },
      sentence: `The gateway's settings name no feature ${JSON.stringify(unknown)}.`,
    };
  const basic = measures.featuresOff.find((name) => isBasic(name));
  if (basic !== undefined)
    return {
      facts: { reason: 'feature_basic', feature: basic },
      sentence: `${JSON.stringify(basic)} is basic: work to do, diary and messages stay open.`,
    };
  const isEverybodys = Object.values(scope).every((list: readonly unknown[]) => list.length === 0);
  if (measures.capacityPerMille < UNTOUCHED && !isEverybodys)
    return invalid('capacity_scoped', 'A capacity is that of the whole platform: a step that cuts it has no scope.');
  if (defersRelatives && scope.profiles.length > 0 && !scope.profiles.includes('relative'))
    return invalid('relatives_not_concerned', 'A step that defers relatives must concern them.');
  if (relativesHours && !defersRelatives)
    return invalid('hours_without_deferral', 'Hours of relatives belong to a step that defers them.');
  if (relativesHours && relativesHours.from >= relativesHours.to)
    return invalid('hours_backwards', 'The hours of relatives end after they begin, on the same day.');
  if (defersRelatives && !relativesHours && minutes > LONGEST_DEFERRAL_MINUTES)
    return invalid(
      'hours_missing',
      'A step that defers relatives for more than 12 hours states the hours of each day in which they come.',
    );
  return undefined;
}

/** What is wrong with a ladder, and with which of its rungs; undefined for nothing. */
export function ladderProblem(rungs: readonly Rung[], features: readonly string[]): Invalid | undefined {
  const codes = new Set<string>();
  let before = 0;
  for (const rung of rungs) {
    const { code, thresholds } = rung;
    const itsOwn = (reason: InvalidReason, sentence: string): Invalid => ({ facts: { reason, rung: code }, sentence });
    if (codes.has(code)) return itsOwn('code_twice', `Two rungs are called ${code}.`);
    codes.add(code);
    const wrong = stepProblem(rung, features);
    if (wrong !== undefined)
      return { facts: { ...wrong.facts, rung: code }, sentence: `Rung ${code}: ${wrong.sentence}` };
    if (thresholds.leavePerMille >= thresholds.climbPerMille)
      return itsOwn('leave_not_lower', `Rung ${code} must be left at a lower load than it is climbed to at.`);
    if (thresholds.climbPerMille < before)
      return itsOwn('climb_before_milder', `Rung ${code} is climbed to before the milder one below it.`);
    before = thresholds.climbPerMille;
  }
  return undefined;
}

const TO_ALL: StepScope = { territories: [], establishmentKinds: [], levels: [], profiles: [] };
const NOTHING: StepMeasures = {
  defersRelatives: false,
  relativesHours: null,
  isLiveOnly: false,
  walkInPerMille: 1000,
  idleMinutes: null,
  featuresOff: [],
  capacityPerMille: 1000,
};

/** A ladder to begin with: what was done by hand in April 2021, from what touches almost nobody to what touches most. */
export function usualLadder(features: readonly string[]): Rung[] {
  const known = HEAVY_FEATURES.map(({ names, words }) => ({
    its: features.filter((name) => isCalled(name, names)),
    words,
  }));
  const suspended = known.filter(({ its }) => its.length > 0);
  const heavy = features.filter((name) => suspended.some(({ its }) => its.includes(name)));
  const rung = (
    code: string,
    fr: string,
    en: string,
    measures: Partial<StepMeasures>,
    words: Words,
    climbPerMille: number,
    minutes: number,
  ): Rung => ({
    code,
    name: { fr, en },
    scope: TO_ALL,
    measures: { ...NOTHING, ...measures },
    minutes,
    words,
    thresholds: { climbPerMille, leavePerMille: climbPerMille - 150 },
  });
  return [
    rung(
      'idle',
      'Sessions inactives fermées après 10 min',
      'Idle sessions end after 10 min',
      { idleMinutes: 10 },
      {
        fr: 'Les sessions inactives sont fermées après dix minutes : enregistrez votre travail.',
        en: 'Idle sessions end after ten minutes: save your work.',
      },
      800,
      120,
    ),
    rung(
      'walk-in',
      'Moins d’entrées hors créneau',
      'Fewer entries outside windows',
      { walkInPerMille: 300 },
      {
        fr: 'Venez à l’heure de votre créneau : les entrées hors créneau sont réduites.',
        en: 'Come in your window: entries outside windows are reduced.',
      },
      850,
      120,
    ),
    ...(heavy.length === 0
      ? []
      : [
          rung(
            'features',
            'Fonctions lourdes suspendues',
            'Heavy features off',
            { featuresOff: heavy },
            {
              fr: `Sont suspendus : ${suspended.map(({ words: { fr } }) => fr).join(', ')}. Le travail à faire, le cahier de textes et la messagerie restent ouverts.`,
              en: `Off for the moment: ${suspended.map(({ words: { en } }) => en).join(', ')}. Work to do, diary and messages stay open.`,
            },
            900,
            120,
          ),
        ]),
    rung(
      'relatives',
      'Parents différés',
      'Relatives deferred',
      { defersRelatives: true },
      {
        fr: 'L’accès des parents est différé afin que les élèves puissent travailler. Les classes maternelles ne sont pas concernées.',
        en: 'Relatives are deferred so that pupils can work. Pre-elementary classes are not concerned.',
      },
      950,
      240,
    ),
    rung(
      'live-only',
      'Classes en direct, examens et personnels seulement',
      'Live classes, exams and staff only',
      { isLiveOnly: true },
      {
        fr: 'Seuls les cours en direct et les examens sont ouverts pour le moment. Chaque élève retrouve un accès dans la journée.',
        en: 'Only live classes and exams are open for now. Every pupil has an access again on the same day.',
      },
      1000,
      60,
    ),
  ];
}
