import { type Random, randomInteger, seededRandom } from '../random';
import { STEP_SECONDS, STEPS_PER_CELL, type StormGroup, type StormProblem } from './storm-problem';

/** Totals per cell of a day that was simulated one visitor at a time. */
export interface AgentDay {
  attempts: Float64Array;
  admitted: Float64Array;
  refused: Float64Array;
  /** Mean of the sessions open in the cell. */
  sessions: Float64Array;
  gaveUpCount: number;
  /** Seconds from first attempt to admission, of all who were admitted. */
  waitSeconds: number[];
}

interface Agent {
  group: StormGroup;
  firstStep: number;
  habit: 'impatient' | 'threeMinutes' | 'asTold' | 'backOff' | undefined;
  refusalCount: number;
}

/**
 * The same day one visitor at a time, each with draws of its own, from the definitions; steps of protection and the waiting room
 * are left out. Slow: for small days, to compare with. Shares only the problem's types with the simulation that it checks.
 */
export function simulateAgents(problem: StormProblem, seed: number): AgentDay {
  const random = seededRandom(seed);
  const { cellCount } = problem;
  const stepCount = cellCount * STEPS_PER_CELL;
  const day: AgentDay = {
    attempts: new Float64Array(cellCount),
    admitted: new Float64Array(cellCount),
    refused: new Float64Array(cellCount),
    sessions: new Float64Array(cellCount),
    gaveUpCount: 0,
    waitSeconds: [],
  };
  const due: Agent[][] = Array.from({ length: stepCount }, () => []);
  for (const group of problem.groups) {
    for (let n = 0; n < group.visitorCount; n++) {
      const firstStep =
        draw(problem.arrivals[group.arrival]!, random) * STEPS_PER_CELL + randomInteger(random, STEPS_PER_CELL);
      due[firstStep]!.push({ group, firstStep, habit: undefined, refusalCount: 0 });
    }
  }
  const ends = new Int32Array(stepCount + 1);
  let sessionCount = 0;
  let quota = 0;
  for (let step = 0; step < stepCount; step++) {
    const cell = Math.floor(step / STEPS_PER_CELL);
    if (step % STEPS_PER_CELL === 0) quota = 0;
    quota += problem.walkInLimit[cell]! / STEPS_PER_CELL;
    sessionCount -= ends[step]!;
    const crowd = due[step]!;
    day.attempts[cell]! += crowd.length;
    const inside = shuffled(
      crowd.filter(({ group }) => opening(group, cell) === cell),
      random,
    );
    const outside = shuffled(
      crowd.filter(({ group }) => opening(group, cell) !== cell),
      random,
    );
    const loginRoom = problem.loginLimit[cell]! / STEPS_PER_CELL;
    const cost = problem.refusalCostPerMille / 1000;
    let logins =
      inside.length <= loginRoom ? inside.length : Math.max(0, (loginRoom - cost * inside.length) / (1 - cost));
    logins = Math.min(chanceRound(logins, random), Math.floor(problem.sessionLimit[cell]! - sessionCount));
    const insideCount = Math.max(0, Math.min(inside.length, logins));
    const freeSessions = problem.sessionLimit[cell]! - sessionCount - insideCount;
    const walkIns = Math.min(
      chanceRound(Math.max(0, Math.min(quota, loginRoom - insideCount)), random),
      Math.floor(freeSessions),
    );
    const outsideCount = Math.max(0, Math.min(outside.length, walkIns));
    quota = Math.max(0, quota - outsideCount);
    const answer = (agent: Agent, isIn: boolean) => {
      if (isIn) {
        day.admitted[cell]!++;
        day.waitSeconds.push((step - agent.firstStep) * STEP_SECONDS);
        sessionCount++;
        ends[Math.min(stepCount, step + 1 + staySteps(problem, agent.group, step, random))]!++;
        return;
      }
      day.refused[cell]!++;
      if (random() * 1000 < problem.habits.givesUpPerMille) {
        day.gaveUpCount++;
        return;
      }
      const again = returnStep(problem, agent, step, cell, random);
      if (again < stepCount) due[again]!.push(agent);
    };
    inside.forEach((agent, k) => answer(agent, k < insideCount));
    outside.forEach((agent, k) => answer(agent, k < outsideCount));
    day.sessions[cell]! += sessionCount / STEPS_PER_CELL;
  }
  return day;
}

/** The cell itself when the group may enter in it, the next in which it may, or -1. */
function opening({ entryTimes }: StormGroup, cell: number): number {
  if (entryTimes === null) return cell;
  let next = -1;
  for (const { entryCell, endCell } of entryTimes) {
    if (cell >= entryCell && cell < endCell) return cell;
    if (entryCell > cell && (next < 0 || entryCell < next)) next = entryCell;
  }
  return next;
}

function returnStep(problem: StormProblem, agent: Agent, step: number, cell: number, random: Random): number {
  const { habits } = problem;
  agent.habit ??= (['impatient', 'threeMinutes', 'asTold', 'backOff'] as const)[
    draw(
      [habits.impatientPerMille, habits.threeMinutesPerMille, habits.asToldPerMille, habits.backOffPerMille].map(
        (perMille) => perMille / 1000,
      ),
      random,
    )
  ]!;
  agent.refusalCount++;
  const within = (fromSeconds: number, toSeconds: number) =>
    step + fromSeconds / STEP_SECONDS + randomInteger(random, (toSeconds - fromSeconds) / STEP_SECONDS);
  if (agent.habit === 'impatient') return within(10, 40);
  if (agent.habit === 'threeMinutes') return within(180, 210);
  if (agent.habit === 'backOff') return within(10, 10 + 30 * 2 ** Math.min(4, agent.refusalCount - 1));
  const next = opening(agent.group, cell);
  if (next > cell) return next * STEPS_PER_CELL + randomInteger(random, problem.entrySpreadSeconds / STEP_SECONDS);
  return within(60, 300);
}

function staySteps(problem: StormProblem, group: StormGroup, step: number, random: Random): number {
  const { stay, logOutPerMille } = problem.visits[group.visit]!;
  let active: number;
  if (stay === 'toEnd') {
    const cell = Math.floor(step / STEPS_PER_CELL);
    const ends = (group.entryTimes ?? []).filter(({ entryCell, endCell }) => cell >= entryCell && cell < endCell);
    active =
      ends.length > 0
        ? Math.max(...ends.map(({ endCell }) => endCell)) * STEPS_PER_CELL - step - 1
        : 3600 / STEP_SECONDS;
  } else {
    const leaving = stay.map((share, k) => (share - (stay[k + 1] ?? 0)) / 1000);
    active = draw(leaving, random) * STEPS_PER_CELL + randomInteger(random, STEPS_PER_CELL);
  }
  return random() * 1000 < logOutPerMille ? active : active + Math.ceil(problem.idleSeconds / STEP_SECONDS);
}

function draw(shares: ArrayLike<number>, random: Random): number {
  let rest = random();
  let k = 0;
  while (k < shares.length - 1 && rest >= shares[k]!) rest -= shares[k++]!;
  return k;
}

const chanceRound = (value: number, random: Random): number => Math.floor(value) + (random() < value % 1 ? 1 : 0);

function shuffled<T>(list: T[], random: Random): T[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = randomInteger(random, i + 1);
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
  return list;
}
