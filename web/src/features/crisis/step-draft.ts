import type { Schema } from '../../shared/api';

type Scope = Required<Schema<'StepScopeDto'>>;

/** A step lasts three days at the most. */
export const MOST_MINUTES = 4320;

/** A step as a form holds it: one of one's own, or a rung of the ladder. */
export interface StepDraft {
  name: string;
  nameEn: string;
  wordsFr: string;
  wordsEn: string;
  minutes: number | string;
  /** Codes; none: the whole platform. */
  territories: string[];
  establishmentKinds: Scope['establishmentKinds'];
  levels: Scope['levels'];
  profiles: Scope['profiles'];
  defersRelatives: boolean;
  /** Hours in which relatives come; empty: when the step ends. */
  relativesFrom: string;
  relativesTo: string;
  isLiveOnly: boolean;
  /** Per cent that are left. */
  walkInPercent: number | string;
  /** Empty: sessions end as ever. */
  idleMinutes: number | string;
  featuresOff: string[];
  /** Per cent that is left. */
  capacityPercent: number | string;
}

export const EMPTY_STEP: StepDraft = {
  name: '',
  nameEn: '',
  wordsFr: '',
  wordsEn: '',
  minutes: 120,
  territories: [],
  establishmentKinds: [],
  levels: [],
  profiles: [],
  defersRelatives: false,
  relativesFrom: '',
  relativesTo: '',
  isLiveOnly: false,
  walkInPercent: 100,
  idleMinutes: '',
  featuresOff: [],
  capacityPercent: 100,
};

/** A field of clock times knows midnight as the beginning of a day only, where a day of the service ends at 24:00. */
const [MIDNIGHT, END_OF_DAY] = ['00:00', '24:00'];

/** What is tried: whom it concerns, what it does, for how long. */
export function trialOf(step: StepDraft): Pick<Schema<'RungDto'>, 'scope' | 'measures' | 'minutes'> {
  const { territories, establishmentKinds, levels, profiles, defersRelatives, relativesFrom, relativesTo } = step;
  const hasHours = defersRelatives && relativesFrom !== '' && relativesTo !== '';
  return {
    scope: { territories, establishmentKinds, levels, profiles },
    measures: {
      defersRelatives,
      relativesHours: hasHours
        ? { from: relativesFrom, to: relativesTo === MIDNIGHT ? END_OF_DAY : relativesTo }
        : null,
      isLiveOnly: step.isLiveOnly,
      walkInPerMille: Math.round(Number(step.walkInPercent) * 10),
      idleMinutes: step.idleMinutes === '' ? null : Number(step.idleMinutes),
      featuresOff: step.featuresOff,
      capacityPerMille: Math.round(Number(step.capacityPercent) * 10),
    },
    minutes: Number(step.minutes),
  };
}

/** What people call it, and what they are told; where no English was written the French stands. */
export const textsOf = ({ name, nameEn, wordsFr, wordsEn }: StepDraft): Pick<Schema<'RungDto'>, 'name' | 'words'> => ({
  name: { fr: name, en: nameEn === '' ? name : nameEn },
  words: { fr: wordsFr, en: wordsEn === '' ? wordsFr : wordsEn },
});

/** A step that is known already, as a form begins with it. */
export function draftOf({
  name,
  words,
  minutes,
  scope,
  measures,
}: Omit<Schema<'RungDto'>, 'code' | 'thresholds'>): StepDraft {
  const { territories = [], establishmentKinds = [], levels = [], profiles = [] } = scope;
  const { relativesHours, walkInPerMille = 1000, capacityPerMille = 1000 } = measures;
  return {
    name: name.fr,
    nameEn: name.en === name.fr ? '' : name.en,
    wordsFr: words.fr,
    wordsEn: words.en === words.fr ? '' : words.en,
    minutes,
    territories,
    establishmentKinds,
    levels,
    profiles,
    defersRelatives: measures.defersRelatives ?? false,
    relativesFrom: relativesHours?.from ?? '',
    relativesTo: relativesHours?.to === END_OF_DAY ? MIDNIGHT : (relativesHours?.to ?? ''),
    isLiveOnly: measures.isLiveOnly ?? false,
    walkInPercent: walkInPerMille / 10,
    idleMinutes: measures.idleMinutes ?? '',
    featuresOff: measures.featuresOff ?? [],
    capacityPercent: capacityPerMille / 10,
  };
}
