/** What somebody may be here; what each may do is decided in this room alone. A visitor has not signed in. */
export const ROLES = ['visitor', 'head', 'inspector', 'authority', 'auditor', 'operator', 'machine'] as const;
export type Role = (typeof ROLES)[number];

/** What the key of a machine is for. */
export const KEY_SCOPES = ['roster', 'windows', 'gateway', 'metrics'] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

/** A part of the map and the kinds of establishments there: lycées of a region, collèges of a department, schools of a commune. */
export interface TerritoryScope {
  /** Code of a region (`R32`), an academy (`A09`), a department (`59`), or INSEE's code of a commune (`59350`). */
  readonly code: string;
  readonly level: 'territory' | 'commune';
  /** Kinds of establishments; empty for every kind. */
  readonly kinds: readonly string[];
}

/** On whose behalf a service acts. */
export interface Actor {
  readonly role: Role;
  /** What accountability records: never a person's name. */
  readonly subject: string;
  /** The establishments that the actor answers for, by UAI, those of its territories too; absent where the role is not bound to any. */
  readonly uais?: readonly string[];
  /** Those of `uais` that somebody else answers for and has handed over for a time. */
  readonly delegatedUais?: readonly string[];
  /** The territories that an authority or an inspector answers for. */
  readonly territories?: readonly TerritoryScope[];
  /** What a machine's key is for. */
  readonly keyScopes?: readonly KeyScope[];
  /** The platform that a machine's key is bound to, where it is. */
  readonly platformId?: number;
}

export const LOOPBACK_OPERATOR: Actor = Object.freeze({ role: 'operator', subject: 'operator@loopback' });
export const COMMAND_LINE_OPERATOR: Actor = Object.freeze({ role: 'operator', subject: 'operator@command-line' });

/** Whether somebody may act for an establishment: every one for who is bound to none, those of `uais` for all others. */
export function answersFor(actor: Actor, uai: string): boolean {
  if (actor.role === 'operator' || actor.role === 'auditor') return true;
  return actor.uais?.includes(uai) ?? false;
}
