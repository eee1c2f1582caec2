import { CELL_MINUTES } from '../kernel/cell-grid';
import { simulateStorm } from '../kernel/simulation/storm';
import type { StormStep } from '../kernel/simulation/storm-problem';
import {
  DEFAULT_RETURN_HABITS,
  STORM_PROFILES,
  type MinuteSpan,
  type StormDay,
  stormProblemOf,
  type StormPopulation,
} from './storm-day.rules';

/** A day that was, or that a letter wanted, with what was reported of it. */
export interface StormScenario {
  name: string;
  title: { fr: string; en: string };
  /** Where the figures come from. */
  source: string;
  /** What the reported figure counts, and what is not known of it. */
  scope: string;
  /** What its comparison hangs on and nobody knows, in a few words. */
  uncertain: string;
  day: StormDay;
  /** Sessions at the peak as they were reported, `null` where no peak was published. */
  reportedPeakSessions: number | null;
  /** The one scenario that the participation is fitted to. */
  isFitted: boolean;
}

const hours = (from: number, to: number): MinuteSpan => ({ fromMinute: from * 60, toMinute: to * 60 });

/** The Île-de-France letter of March 2020 for collèges: 6e in the morning, then 5e, the older ones in the afternoon. */
const COLLEGE_LETTER = {
  '6e': hours(8.5, 10.5),
  '5e': hours(10.5, 12.5),
  '4e': hours(13.5, 15.5),
  '3e': hours(15.5, 17.5),
};
const LYCEE_LETTER = {
  '2nde': hours(8, 11),
  '1re': hours(11, 14),
  terminale: hours(14, 17),
  'post-bac': hours(17, 20),
};

/** Levels of a collège in equal parts. */
const collegesOf = (territory: number, pupilCount: number): StormPopulation[] =>
  ['6e', '5e', '4e', '3e'].map((level) => ({ territory, levelGroup: 'college', level, pupilCount: pupilCount / 4 }));
const lyceesOf = (territory: number, pupilCount: number): StormPopulation[] =>
  ['2nde', '1re', 'terminale'].map((level) => ({ territory, levelGroup: 'lycee', level, pupilCount: pupilCount / 3 }));

/** The Eure's collèges: 15,000 at once were "one pupil in two". */
const EURE_PUPILS = 30_000;
/** Hauts-de-France: a million pupils, rounded shares of the ministry's published headcounts. */
const REGION = { preElementary: 190_000, elementary: 340_000, college: 320_000, lycee: 230_000 };
/** Lycées of Île-de-France, rounded. */
const ILE_DE_FRANCE_LYCEE_PUPILS = 500_000;
/**
 * No capacity of April 2021 was published. What held on 26 April (200,000 sessions) is taken, with log-ins in the proportion
 * of a mean visit of 36 minutes.
 */
const APRIL_2021_CAPACITY = { sessions: 200_000, loginsPerMinute: 5_500 };
/** Share of those told their hours that keeps to them: as the first simulations assumed it, not measured. */
const ADHERENCE_PER_MILLE = 900;
/** A page of refusal costs the platform a fiftieth of a log-in: assumed. */
const REFUSAL_COST_PER_MILLE = 20;

const usual = {
  dayKind: 'remote',
  territoryCount: 1,
  participationRatio: 1,
  announcedHours: {},
  adherencePerMille: ADHERENCE_PER_MILLE,
  habits: DEFAULT_RETURN_HABITS,
  refusalCostPerMille: REFUSAL_COST_PER_MILLE,
  steps: [],
} as const;

const cellAt = (minute: number): number => Math.round(minute / CELL_MINUTES);
const withoutRelatives: StormStep = {
  fromCell: cellAt(7.5 * 60),
  toCell: cellAt(17.5 * 60),
  territories: [],
  profiles: [STORM_PROFILES.indexOf('relative')],
  cohorts: [],
  isDeferred: true,
  isLiveOnly: false,
  walkInPerMille: 1000,
  idleSeconds: null,
  capacityPerMille: 1000,
};

const FRANCE_BLEU_2020 = 'France Bleu Normandie, 18 March 2020, quoting the département de l’Eure';

export const STORM_SCENARIOS: readonly StormScenario[] = [
  {
    name: 'eure-2020-03-16',
    title: { fr: 'Eure, lundi 16 mars 2020', en: 'Eure, Monday 16 March 2020' },
    source: FRANCE_BLEU_2020,
    uncertain: 'whether 15,000 were there at once or came one after the other; how far above it was',
    scope:
      'Connections wanted at once on the ENT of the collèges, more than 15,000, one pupil in two, on a platform for 5,000: read as the peak that there would have been with room for all. All accounts are in it.',
    day: { ...usual, population: collegesOf(0, EURE_PUPILS), capacity: null },
    reportedPeakSessions: 15_000,
    isFitted: true,
  },
  {
    name: 'eure-2020-03-18',
    title: { fr: 'Eure, mercredi 18 mars 2020 : plages horaires', en: 'Eure, Wednesday 18 March 2020: hours by level' },
    source: FRANCE_BLEU_2020,
    uncertain: 'which hours were told to whom, and how many kept to them',
    scope:
      'Peak of the morning after hours had been announced and the platform raised to 8,500. Which hours were told to whom was not reported: those of the letter of Île-de-France are taken, kept by nine in ten.',
    day: {
      ...usual,
      population: collegesOf(0, EURE_PUPILS),
      capacity: { sessions: 8_500, loginsPerMinute: 1e6 },
      announcedHours: COLLEGE_LETTER,
    },
    reportedPeakSessions: 6_160,
    isFitted: false,
  },
  {
    name: 'hauts-de-france-2021-04-26',
    title: {
      fr: 'Hauts-de-France, lundi 26 avril 2021 : sans les parents',
      en: 'Hauts-de-France, Monday 26 April 2021: without relatives',
    },
    source: 'France Bleu Nord, 26 April 2021, quoting the provider',
    uncertain: 'whether Picardie and the primary schools are in the 200,000; what relatives did',
    scope:
      'People connected at once in the morning, 200,000, relatives kept out from 7:30 to 17:30. Whether Picardie and the primary schools are counted is not said: all collèges and lycées of the region are taken.',
    day: {
      ...usual,
      population: [...collegesOf(0, REGION.college), ...lyceesOf(0, REGION.lycee)],
      capacity: null,
      steps: [withoutRelatives],
    },
    reportedPeakSessions: 200_000,
    isFitted: false,
  },
  {
    name: 'hauts-de-france-2021-04-06',
    title: { fr: 'Hauts-de-France, mardi 6 avril 2021', en: 'Hauts-de-France, Tuesday 6 April 2021' },
    source: 'La Voix du Nord and others, April 2021, quoting the provider',
    uncertain: 'capacity, regional peak, habits of those who came again',
    scope:
      'No regional peak and no capacity were published; nationwide 6 million connections and attempts against 3 million usual. Only amplification and shape can be compared.',
    day: {
      ...usual,
      population: [
        { territory: 0, levelGroup: 'pre_elementary', level: 'maternelle', pupilCount: REGION.preElementary },
        { territory: 0, levelGroup: 'elementary', level: 'élémentaire', pupilCount: REGION.elementary },
        ...collegesOf(0, REGION.college),
        ...lyceesOf(0, REGION.lycee),
      ],
      capacity: APRIL_2021_CAPACITY,
    },
    reportedPeakSessions: null,
    isFitted: false,
  },
  {
    name: 'ile-de-france-letter',
    title: {
      fr: 'Île-de-France, mars 2020 : la lettre par niveau',
      en: 'Île-de-France, March 2020: the letter by level',
    },
    source: 'Letter of the région to lycées, March 2020',
    uncertain: 'everything but the hours: nothing was reported',
    scope: 'For comparison: hours by level as the letter gave them, kept by nine in ten; no load was published.',
    day: {
      ...usual,
      population: lyceesOf(0, ILE_DE_FRANCE_LYCEE_PUPILS),
      capacity: null,
      announcedHours: LYCEE_LETTER,
    },
    reportedPeakSessions: null,
    isFitted: false,
  },
];

/**
 * The participation that makes the fitted scenario's peak the reported one: with room for all, sessions are in proportion to
 * visits, so one run tells it.
 */
export function fittedParticipation(scenarios: readonly StormScenario[] = STORM_SCENARIOS): number {
  const fitted = scenarios.find(({ isFitted }) => isFitted);
  if (!fitted?.reportedPeakSessions) throw new Error('no scenario to fit the participation to');
  return fitted.reportedPeakSessions / simulateStorm(stormProblemOf(fitted.day)).peakSessions;
}
