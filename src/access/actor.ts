/** On whose behalf a service acts. Until people sign in, everybody who reaches the loopback address is the operator. */
export interface Actor {
  readonly role: 'operator';
  /** What accountability records: never a person's name. */
  readonly subject: string;
}

export const LOOPBACK_OPERATOR: Actor = Object.freeze({ role: 'operator', subject: 'operator@loopback' });
export const COMMAND_LINE_OPERATOR: Actor = Object.freeze({ role: 'operator', subject: 'operator@command-line' });
