import type { Step } from './data';

export type StepState = 'proposed' | 'undone' | 'over' | 'breakGlass' | 'active' | 'toCome';

/** A step ends by itself, also one that nobody approved. */
const isOver = ({ endsAt }: Step): boolean => Date.parse(endsAt) <= Date.now();

/** A second person is asked for a proposal, and for a break-glass that nobody confirmed. */
export const mayBeApproved = (step: Step): boolean =>
  !isOver(step) && step.approvedBy === null && (step.state === 'proposed' || (step.isActive && step.isBreakGlass));

/** How a step stands, as the list and the ladder call it. */
export function stateOf(step: Step): StepState {
  if (step.state === 'undone') return 'undone';
  if (isOver(step)) return 'over';
  if (step.state === 'proposed') return 'proposed';
  if (!step.isActive) return 'toCome';
  return step.isBreakGlass && step.approvedBy === null ? 'breakGlass' : 'active';
}

/** The step that a rung stands for: in force, to come, or waiting for a second person; undefined where the rung may be climbed. */
export function standingStep(steps: readonly Step[], rung: string): Step | undefined {
  const standing = steps.filter((step) => step.rung === rung && !['undone', 'over'].includes(stateOf(step)));
  return standing.find(({ isActive }) => isActive) ?? standing[0];
}
