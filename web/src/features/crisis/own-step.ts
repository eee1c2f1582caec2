import type { Schema } from '../../shared/api';

type Scope = Required<Schema<'StepScopeDto'>>;

/** A step of one's own as its form holds it. */
export interface OwnStep {
  name: string;
  nameEn: string;
  wordsFr: string;
  wordsEn: string;
  reason: string;
  minutes: number | string;
  /** Code of a territory; empty: the whole platform. */
  territory: string;
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

export const EMPTY_STEP: OwnStep = {
  name: '',
  nameEn: '',
  wordsFr: '',
  wordsEn: '',
  reason: '',
  minutes: 120,
  territory: '',
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

/** What is tried: whom it concerns, what it does, for how long. */
export function trialOf(step: OwnStep): Schema<'StepTrialRequestDto'> {
  const { territory, establishmentKinds, levels, profiles, defersRelatives, relativesFrom, relativesTo } = step;
  const hasHours = defersRelatives && relativesFrom !== '' && relativesTo !== '';
  return {
    scope: { territories: territory === '' ? [] : [territory], establishmentKinds, levels, profiles },
    measures: {
      defersRelatives,
      relativesHours: hasHours ? { from: relativesFrom, to: relativesTo } : null,
      isLiveOnly: step.isLiveOnly,
      walkInPerMille: Math.round(Number(step.walkInPercent) * 10),
      idleMinutes: step.idleMinutes === '' ? null : Number(step.idleMinutes),
      featuresOff: step.featuresOff,
      capacityPerMille: Math.round(Number(step.capacityPercent) * 10),
    },
    minutes: Number(step.minutes),
  };
}

/** What is put in force; where no English was written the French stands. */
export const requestOf = (
  step: OwnStep,
  more: { isBreakGlass: boolean; simulationId?: number },
): Schema<'StepRequestDto'> => ({
  ...trialOf(step),
  ...more,
  name: { fr: step.name, en: step.nameEn === '' ? step.name : step.nameEn },
  words: { fr: step.wordsFr, en: step.wordsEn === '' ? step.wordsFr : step.wordsEn },
  reason: step.reason,
});
