/** What somebody may be here; what each may do is decided in this room alone. */
export type Role = 'operator' | 'authority' | 'inspector' | 'head' | 'auditor' | 'machine';

/** On whose behalf a service acts. Until people sign in, everybody who reaches the loopback address is the operator. */
export interface Actor {
  readonly role: Role;
  /** What accountability records: never a person's name. */
  readonly subject: string;
  /** The establishments that the actor answers for, by UAI; absent where the role is not bound to any. */
  readonly uais?: readonly string[];
}

export const LOOPBACK_OPERATOR: Actor = Object.freeze({ role: 'operator', subject: 'operator@loopback' });
export const COMMAND_LINE_OPERATOR: Actor = Object.freeze({ role: 'operator', subject: 'operator@command-line' });

/** Whether somebody may act for an establishment: every one where the role is bound to none. */
export function answersFor(actor: Actor, uai: string): boolean {
  return actor.uais === undefined || actor.uais.includes(uai);
}
