import { behaviourOf, parametersOf } from '../campaign/load-model.rules';
import type { Activity, Audience } from '../campaign/window-kind';
import type { LoadModel } from '../campaign/window-rule';
import type { LevelGroup } from '../directory/level';
import { buildProfile } from '../kernel/load/profile';
import type { PlanProfile } from '../plan/plan-draft';

/** The load profiles of a campaign, built when the first window asks for them; an id is a place in the list. */
export class ProfileTable {
  readonly profiles: PlanProfile[] = [];
  private readonly known = new Map<string, PlanProfile>();

  constructor(private readonly model: LoadModel) {}

  of(audience: Audience, levelGroup: LevelGroup | null, activity: Activity, windowCells: number): PlanProfile {
    const key = `${audience} ${levelGroup} ${activity} ${windowCells}`;
    let profile = this.known.get(key);
    if (!profile) {
      const behaviour = behaviourOf(this.model, audience, levelGroup, activity);
      const { sessionsPerMille, loginsPerMille } = buildProfile(parametersOf(behaviour), windowCells);
      profile = {
        profileId: this.profiles.length,
        audience,
        levelGroup,
        activity,
        windowCells,
        participationPerMille: behaviour.participationPerMille,
        sessionsPerMille: [...sessionsPerMille],
        loginsPerMille: [...loginsPerMille],
      };
      this.known.set(key, profile);
      this.profiles.push(profile);
    }
    return profile;
  }

  /** All profiles as the kernel's concatenated columns. */
  columns(): { profileOffset: Int32Array; profileSessionsPerMille: Int32Array; profileLoginsPerMille: Int32Array } {
    const profileOffset = new Int32Array(this.profiles.length + 1);
    this.profiles.forEach(
      ({ sessionsPerMille }, k) => (profileOffset[k + 1] = profileOffset[k]! + sessionsPerMille.length),
    );
    return {
      profileOffset,
      profileSessionsPerMille: Int32Array.from(this.profiles.flatMap(({ sessionsPerMille }) => sessionsPerMille)),
      profileLoginsPerMille: Int32Array.from(this.profiles.flatMap(({ loginsPerMille }) => loginsPerMille)),
    };
  }
}
