import type { Actor } from '../access/actor';

/** In which quality an answer is given: a role, never a name. */
export const QUALITIES = ['head', 'deputy', 'inspector', 'authority', 'operator'] as const;
export type Quality = (typeof QUALITIES)[number];

/** Whom a link may be given to. */
export const LINK_QUALITIES = ['head', 'deputy', 'inspector'] as const;
export type LinkQuality = (typeof LINK_QUALITIES)[number];

/** Characters of what should change. */
export const MOST_COMMENT = 1000;

export const VERDICTS = ['accept', 'change'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Where an establishment stands; after the deadline `none` and the rest of `partly_accepted` have accepted by silence. */
export const ANSWER_STATES = ['accepted', 'partly_accepted', 'change_asked', 'none'] as const;
export type AnswerState = (typeof ANSWER_STATES)[number];

export type ProposalPhase = 'open' | 'closed';

export const proposalPhase = (answersUntil: Date, now: Date): ProposalPhase => (now < answersUntil ? 'open' : 'closed');

/** The quality in which somebody who signed in answers; undefined for who may not. */
export function qualityOf({ role }: Actor): Quality | undefined {
  return QUALITIES.find((quality) => quality === role);
}

/** Whether the actor may answer after the deadline: the operator who says why. */
export function mayAnswerLate({ role }: Actor, lateReason: string | undefined): boolean {
  return role === 'operator' && lateReason !== undefined && lateReason.trim() !== '';
}
