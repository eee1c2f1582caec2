import type { KeyScope, Role } from './actor';

/** A territory in somebody's scope. */
export class TerritoryScopeDto {
  /** Code of a region, an academy, a department or a commune. */
  code!: string;
  /** Whether the code is one of a territory or INSEE's code of a commune. */
  level!: 'territory' | 'commune';
  /** Kinds of establishments there; empty for every kind. */
  kinds!: string[];
}

/** Who the service takes the caller for. */
export class SessionDto {
  /** The role; `visitor` without sign-in, or while nobody gave a role. */
  role!: Role;
  /** What the record of changes will say; never a name. */
  subject!: string;
  /** Establishments that the caller answers for, by UAI. */
  uais!: string[];
  /** Those of them that their head has handed to the caller for a time. */
  delegatedUais!: string[];
  /** Territories that the caller answers for. */
  territories!: TerritoryScopeDto[];
  /** What the caller's key is for; empty for people. */
  keyScopes!: KeyScope[];
  /** Where a browser goes to sign in. */
  signInPath!: string;
  /** Whether signing in is set up here. */
  canSignIn!: boolean;
}
