import { LEVEL_GROUPS, type LevelGroup } from '../directory/level';
import type { LoadParameters } from '../kernel/load/profile';
import { ACTIVITIES, type Activity, type Audience } from './window-kind';
import type { Behaviour, LoadModel } from './window-rule';

/** What visitors come for: an ordinary day's visit is short, on a day of remote schooling it is three times as long. */
export type DayKind = 'ordinary' | 'remote';

/** Minutes after which the platform cuts an idle session: what the provider set in April 2021. */
const IDLE_MINUTES = 20;
/** Share of those who leave that logs out; the others idle until the time-out. Not measured yet: to be calibrated. */
const LOG_OUT_PER_MILLE = 300;

/** Share still active k cells after arrival; the sum of the table in cells is the mean visit: 2.4 cells = 12 minutes. */
const ORDINARY_STAY_PER_MILLE = [1000, 600, 360, 220, 130, 60, 30];
/** 7.2 cells = 36 minutes. */
const REMOTE_STAY_PER_MILLE = [1000, 950, 890, 820, 740, 650, 550, 450, 350, 270, 200, 140, 100, 60, 30];

/** Early and first shares of an `open` window: some wait at the door, most come when it suits them. */
const SPREAD = { shape: 'spread', earlyPerMille: 50, firstPerMille: 150 } as const;
/** Arrivals of a lesson peak five minutes before the hour. */
const LESSON_BURST = { shape: 'burst', perMille: [450, 300, 120, 60, 40, 30] } as const;
/** Young pupils are sat down by somebody, one after the other. */
const ELEMENTARY_BURST = { shape: 'burst', perMille: [250, 250, 200, 120, 100, 80] } as const;

/**
 * Share of the headcount that comes in a window. About half of the pupils connect on an unplanned morning (seen: 0.13 to
 * 0.6), more where a lesson is held.
 */
const PUPILS_PER_MILLE: Record<LevelGroup, Record<Activity, number>> = {
  pre_elementary: { open: 500, live: 500 },
  elementary: { open: 500, live: 550 },
  college: { open: 600, live: 650 },
  lycee: { open: 600, live: 650 },
  post_bac: { open: 600, live: 650 },
};
/** Of the accounts of relatives a tenth comes on a day; staff nearly all. */
const RELATIVES_PER_MILLE = 100;
const STAFF_PER_MILLE = 800;

/** Most come when they were told to; seen nowhere yet: to be calibrated. */
const ADHERENCE_PER_MILLE = 900;

/** Between the 170 and the 2,000 accounts per thousand pupils that were seen. */
const RELATIVE_ACCOUNTS_PER_THOUSAND_PUPILS = 1000;
/** One teacher per 15.7 pupils in the first degree, per 11.2 in the second. */
const STAFF_PER_THOUSAND_PUPILS = { firstDegree: 64, secondDegree: 89 };

/** The complete load model with its default parameters; every figure is to be calibrated from what gateways count. */
export function defaultLoadModel(day: DayKind): LoadModel {
  const behaviours: Behaviour[] = [];
  for (const activity of ACTIVITIES) {
    for (const levelGroup of LEVEL_GROUPS) {
      behaviours.push({
        audience: 'pupils',
        levelGroup,
        activity,
        participationPerMille: PUPILS_PER_MILLE[levelGroup][activity],
        adherencePerMille: ADHERENCE_PER_MILLE,
        ...ways(activity, day, levelGroup === 'elementary' || levelGroup === 'pre_elementary'),
      });
    }
    behaviours.push(
      {
        audience: 'relatives',
        levelGroup: null,
        activity,
        participationPerMille: RELATIVES_PER_MILLE,
        adherencePerMille: ADHERENCE_PER_MILLE,
        ...ways(activity, 'ordinary', false),
      },
      {
        audience: 'staff',
        levelGroup: null,
        activity,
        participationPerMille: STAFF_PER_MILLE,
        adherencePerMille: ADHERENCE_PER_MILLE,
        ...ways(activity, 'ordinary', false),
      },
    );
  }
  return {
    relativeAccountsPerThousandPupils: RELATIVE_ACCOUNTS_PER_THOUSAND_PUPILS,
    staffPerThousandPupils: { ...STAFF_PER_THOUSAND_PUPILS },
    behaviours,
  };
}

function ways(activity: Activity, day: DayKind, isYoung: boolean): Omit<LoadParameters, 'participationPerMille'> {
  const rest = { logOutPerMille: LOG_OUT_PER_MILLE, idleMinutes: IDLE_MINUTES };
  if (activity === 'live') {
    const { shape, perMille } = isYoung ? ELEMENTARY_BURST : LESSON_BURST;
    return { arrival: { shape, perMille: [...perMille] }, stay: 'toEnd', ...rest };
  }
  return {
    arrival: { ...SPREAD },
    stay: [...(day === 'remote' ? REMOTE_STAY_PER_MILLE : ORDINARY_STAY_PER_MILLE)],
    ...rest,
  };
}

/** What of a load model a campaign states itself; the rest stays as it was. */
export interface LoadModelChanges {
  relativeAccountsPerThousandPupils?: number;
  staffPerThousandPupils?: { firstDegree: number; secondDegree: number };
  behaviours?: readonly Behaviour[];
}

/** The model with the behaviours that differ put in the place of its own. */
export function withChanges(model: LoadModel, changes: LoadModelChanges): LoadModel {
  const changed = new Map((changes.behaviours ?? []).map((behaviour) => [kindOf(behaviour), behaviour]));
  return {
    relativeAccountsPerThousandPupils:
      changes.relativeAccountsPerThousandPupils ?? model.relativeAccountsPerThousandPupils,
    staffPerThousandPupils: changes.staffPerThousandPupils ?? model.staffPerThousandPupils,
    behaviours: model.behaviours.map((behaviour) => changed.get(kindOf(behaviour)) ?? behaviour),
  };
}

/** How the visitors of one kind of window behave. The model is complete: every kind is there. */
export function behaviourOf(
  model: LoadModel,
  audience: Audience,
  levelGroup: LevelGroup | null,
  activity: Activity,
): Behaviour {
  const kind = kindOf({ audience, levelGroup, activity });
  const found = model.behaviours.find((behaviour) => kindOf(behaviour) === kind);
  if (!found) throw new Error(`the load model has no behaviour for ${kind}`);
  return found;
}

/** Accounts of an audience of an establishment: its own number of pupils, as the model multiplies it. */
export function audienceCount(
  { relativeAccountsPerThousandPupils, staffPerThousandPupils }: LoadModel,
  audience: Exclude<Audience, 'pupils'>,
  pupilCount: number,
  isFirstDegree: boolean,
): number {
  const { firstDegree, secondDegree } = staffPerThousandPupils;
  const ofStaff = isFirstDegree ? firstDegree : secondDegree;
  const perThousandPupils = audience === 'relatives' ? relativeAccountsPerThousandPupils : ofStaff;
  return Math.ceil((pupilCount * perThousandPupils) / 1000);
}

/** `pupils college live`: names a behaviour within a model. */
export function kindOf({
  audience,
  levelGroup,
  activity,
}: Pick<Behaviour, 'audience' | 'levelGroup' | 'activity'>): string {
  return `${audience} ${levelGroup ?? '-'} ${activity}`;
}

/** The parameters alone, as the kernel takes them. */
export function parametersOf(behaviour: Behaviour): LoadParameters {
  const { participationPerMille, arrival, stay, logOutPerMille, idleMinutes } = behaviour;
  return { participationPerMille, arrival, stay, logOutPerMille, idleMinutes };
}
