import { LEVELS, levelGroupOf, type Level, type LevelGroup } from '../directory/level';
import { defaultLoadModel } from './load-model.rules';
import type { AllowedHours, CatchUp, LoadModel, WindowRule } from './window-rule';

export const PRESET_IDS = ['remote-week-secondary', 'remote-week-everybody', 'work-pick-up'] as const;
export type PresetId = (typeof PRESET_IDS)[number];

/** A campaign ready to be dated. */
export interface CampaignPreset {
  id: PresetId;
  /** What the screen shows. */
  title: string;
  description: string;
  keepsSameHours: boolean;
  /** Levels that take part; empty for all. */
  levels: Level[];
  windows: WindowRule[];
  catchUp: CatchUp;
  loadModel: LoadModel;
}

const WHOLE_DAYS = [1, 2, 4, 5];
/** Wednesday, and Saturday where a school teaches on it. */
const HALF_DAYS = [3, 6];
const EVERY_DAY = [1, 2, 3, 4, 5, 6];

/** Morning and afternoon on whole days, the morning alone on Wednesday and Saturday. */
const lessonHours = (morningFrom: string, morningTo: string, afternoonTo: string): AllowedHours[] => [
  { weekdays: WHOLE_DAYS, from: morningFrom, to: morningTo },
  { weekdays: WHOLE_DAYS, from: '13:30', to: afternoonTo },
  { weekdays: HALF_DAYS, from: morningFrom, to: morningTo },
];

const onceADay = { windowsPerDay: 1, windowsPerHalfDay: 1, windowsPerWeek: null, minimumGapMinutes: 30 };
const twiceADay = { windowsPerDay: 2, windowsPerHalfDay: 1, windowsPerWeek: null, minimumGapMinutes: 30 };

const ofPupils = (
  levelGroups: LevelGroup[],
  rule: Omit<WindowRule, 'audience' | 'levelGroups' | 'levels'>,
): WindowRule => ({
  audience: 'pupils',
  levelGroups,
  levels: [],
  ...rule,
});
const ofEstablishments = (audience: 'relatives' | 'staff', hours: AllowedHours[]): WindowRule => ({
  audience,
  levelGroups: [],
  levels: [],
  activity: 'open',
  windowMinutes: 30,
  ...onceADay,
  hours,
});

const SECONDARY_LIVE: WindowRule[] = [
  ofPupils(['college'], {
    activity: 'live',
    windowMinutes: 45,
    ...twiceADay,
    hours: lessonHours('08:00', '12:15', '17:00'),
  }),
  ofPupils(['lycee', 'post_bac'], {
    activity: 'live',
    windowMinutes: 60,
    ...twiceADay,
    hours: lessonHours('08:00', '12:30', '18:00'),
  }),
];
/** Young children come when somebody at home has time: their work is fetched and returned, no lesson is held. */
const PRIMARY_OPEN: WindowRule[] = [
  ofPupils(['pre_elementary'], {
    activity: 'open',
    windowMinutes: 30,
    ...onceADay,
    hours: lessonHours('08:30', '12:00', '18:00'),
  }),
  ofPupils(['elementary'], {
    activity: 'open',
    windowMinutes: 45,
    ...onceADay,
    hours: lessonHours('08:30', '12:00', '16:30'),
  }),
];
/** Around noon and after work: when pupils are not in their windows. */
const RELATIVES = ofEstablishments('relatives', [
  { weekdays: EVERY_DAY, from: '11:30', to: '14:00' },
  { weekdays: EVERY_DAY, from: '16:00', to: '19:30' },
]);
/** Advice: before and after lessons; staff always enter, but their load is planned. */
const STAFF = ofEstablishments('staff', [
  { weekdays: EVERY_DAY, from: '07:00', to: '08:30' },
  { weekdays: EVERY_DAY, from: '16:30', to: '18:30' },
]);

const EVENING: CatchUp = { from: '18:30', to: '21:00', missedPerMille: 150 };

const isSecondary = (level: Level): boolean => !['pre_elementary', 'elementary'].includes(levelGroupOf([level]));

/** The campaigns that are asked for most: a week of remote schooling, for the second degree or for all, and the pick-up of work. */
export const CAMPAIGN_PRESETS: readonly CampaignPreset[] = [
  {
    id: 'remote-week-secondary',
    title: 'Semaine à distance, collèges et lycées',
    description:
      'Two live windows a day and one on Wednesday morning for each class of the second degree, one window a day for relatives, an evening catch-up.',
    keepsSameHours: false,
    levels: LEVELS.filter(isSecondary),
    windows: [...SECONDARY_LIVE, RELATIVES],
    catchUp: EVENING,
    loadModel: defaultLoadModel('remote'),
  },
  {
    id: 'remote-week-everybody',
    title: 'Semaine à distance, toutes les écoles',
    description:
      'Two live windows a day for each class of the second degree, one open window a day for each class of the first, windows for relatives and (as advice) for staff, an evening catch-up.',
    keepsSameHours: false,
    levels: [],
    windows: [...PRIMARY_OPEN, ...SECONDARY_LIVE, RELATIVES, STAFF],
    catchUp: EVENING,
    loadModel: defaultLoadModel('remote'),
  },
  {
    id: 'work-pick-up',
    title: 'Retrait et dépôt du travail',
    description:
      'One short open window a day for each class to fetch and return work, at the same hours each week, an evening catch-up.',
    keepsSameHours: true,
    levels: [],
    windows: [
      ofPupils(['pre_elementary', 'elementary'], {
        activity: 'open',
        windowMinutes: 30,
        ...onceADay,
        hours: lessonHours('08:30', '12:00', '18:00'),
      }),
      ofPupils(['college', 'lycee', 'post_bac'], {
        activity: 'open',
        windowMinutes: 30,
        ...onceADay,
        hours: lessonHours('08:00', '12:30', '18:00'),
      }),
    ],
    catchUp: EVENING,
    loadModel: defaultLoadModel('ordinary'),
  },
];

export function presetOf(id: PresetId): CampaignPreset {
  return CAMPAIGN_PRESETS.find((preset) => preset.id === id)!;
}
