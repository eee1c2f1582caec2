import { CELL_SECONDS } from '../cell-grid';
import { type Random, randomInteger, seededRandom } from '../random';
import { STEP_SECONDS, STEPS_PER_CELL, type StormGroup, type StormProblem, type StormStep } from './storm-problem';

/** A day that was simulated one visitor at a time, by class (territory x profile): index = class x cellCount + cell. */
export interface AgentDay {
  attempts: Float64Array;
  admitted: Float64Array;
  refused: Float64Array;
  /** Mean of the sessions open in the cell. */
  sessions: Float64Array;
  peakSessions: number;
  /** By class: those who left for the day, refused or from the waiting room. */
  gaveUp: Float64Array;
  /** By class: seconds from first attempt to admission, of all who were admitted. */
  waitSeconds: number[][];
  /** Questions of waiting pages, the one with which a ticket was taken aside. */
  pollCount: number;
}

type Habit = 'impatient' | 'threeMinutes' | 'asTold' | 'backOff';
const HABITS = ['impatient', 'threeMinutes', 'asTold', 'backOff'] as const;

/** What the gate says to a group in each cell. */
interface Hours {
  isOpen: readonly boolean[];
  /** A step keeps it out, of the quota too. */
  isHeld: readonly boolean[];
  /** The end of the last of the windows that are open, 0 where none is. */
  openUntil: readonly number[];
  /** Places of the cell's quota beyond which it is not let in by it. */
  walkInCount: readonly number[];
  idleSeconds: readonly number[];
}

interface Agent {
  group: StormGroup;
  hours: Hours;
  classIndex: number;
  firstStep: number;
  habit: Habit | undefined;
  refusalCount: number;
}

interface Ticket {
  agent: Agent;
  rank: number;
  /** Seconds of the day, as the others. */
  takenAt: number;
  asksAt: number;
  leavesAt: number;
}

const MINUTE_SECONDS = 60;
const LESSON_SECONDS = 3600;
/** A waiting page asks after half of what is left, this soon at the soonest, a fifth sooner or later. */
const SOONEST_POLL_SECONDS = 5;
const JITTER_RATIO = 0.2;

/**
 * The same day one visitor at a time, each with draws, a ticket and questions of its own, from the definitions. Slow: for small
 * days, to compare with. Shares only the problem's types with the simulation that it checks.
 */
export function simulateAgents(problem: StormProblem, seed: number): AgentDay {
  return new AgentStorm(problem, seededRandom(seed)).run();
}

class AgentStorm {
  private readonly day: AgentDay;
  private readonly stepCount: number;
  private readonly due: Agent[][];
  private readonly ends: number[][];
  /** In order of arrival. */
  private tickets: Ticket[] = [];
  private sessionCount = 0;
  private readonly sessionsOfClass: Float64Array;
  /** Places of the present cell's quota that are not spent, and that were spent; those that the plan leaves to the room, as they come. */
  private quota = 0;
  private walkedIn = 0;
  private left = 0;
  /** What may be spent of each cell's quota. */
  private readonly mostWalkIns: readonly number[];

  constructor(
    private readonly problem: StormProblem,
    private readonly random: Random,
  ) {
    const { cellCount, territoryCount, profileCount } = problem;
    const classCount = territoryCount * profileCount;
    this.stepCount = cellCount * STEPS_PER_CELL;
    const column = () => new Float64Array(classCount * cellCount);
    this.day = {
      attempts: column(),
      admitted: column(),
      refused: column(),
      sessions: column(),
      peakSessions: 0,
      gaveUp: new Float64Array(classCount),
      waitSeconds: Array.from({ length: classCount }, () => []),
      pollCount: 0,
    };
    this.sessionsOfClass = new Float64Array(classCount);
    this.due = Array.from({ length: this.stepCount }, () => []);
    this.ends = Array.from({ length: this.stepCount + 1 }, () => []);
    const ofGroups = problem.groups.map((group) => ({ group, hours: hoursOf(group, problem) }));
    const bound = ofGroups.filter(({ group }) => group.entryTimes !== null);
    this.mostWalkIns = Array.from(problem.walkInLimit, (limit, cell) =>
      bound.length === 0 ? limit : Math.max(...bound.map(({ hours }) => hours.walkInCount[cell]!)),
    );
    for (const { group, hours } of ofGroups) {
      const classIndex = group.territory * profileCount + group.profile;
      for (let n = 0; n < group.visitorCount; n++) {
        const cell = draw(problem.arrivals[group.arrival]!, random);
        const firstStep = cell * STEPS_PER_CELL + randomInteger(random, STEPS_PER_CELL);
        this.due[firstStep]!.push({ group, hours, classIndex, firstStep, habit: undefined, refusalCount: 0 });
      }
    }
  }

  run(): AgentDay {
    for (let step = 0; step < this.stepCount; step++) {
      const cell = Math.floor(step / STEPS_PER_CELL);
      if (step % STEPS_PER_CELL === 0) {
        this.walkedIn = this.left = 0;
        this.quota = this.mostWalkIns[cell]!;
        this.callThoseWhoseHourComes(step, cell);
      }
      for (const classIndex of this.ends[step]!) {
        this.sessionCount--;
        this.sessionsOfClass[classIndex]!--;
      }
      this.tickets = this.tickets.filter(({ agent, leavesAt }) => {
        if (leavesAt > step * STEP_SECONDS) return true;
        this.day.gaveUp[agent.classIndex]!++;
        return false;
      });
      this.stand(step, cell);
      this.day.peakSessions = Math.max(this.day.peakSessions, this.sessionCount);
      this.sessionsOfClass.forEach(
        (count, k) => (this.day.sessions[k * this.problem.cellCount + cell]! += count / STEPS_PER_CELL),
      );
    }
    return this.day;
  }

  /** Whoever waits in the room and whose hour begins comes in by it. */
  private callThoseWhoseHourComes(step: number, cell: number): void {
    this.tickets = this.tickets.filter(({ agent }) => {
      if (!agent.hours.isOpen[cell]) return true;
      agent.habit = 'asTold';
      this.comesAt(step + randomInteger(this.random, this.problem.entrySpreadSeconds / STEP_SECONDS), agent);
      return false;
    });
  }

  /** Those who stand at the gate in a step, and the waiting pages that ask in it. */
  private stand(step: number, cell: number): void {
    const { problem, random } = this;
    const crowd = shuffled(this.due[step]!, random);
    for (const { classIndex } of crowd) this.day.attempts[classIndex * problem.cellCount + cell]!++;
    const inside = crowd.filter(({ hours }) => hours.isOpen[cell]);
    const outside = crowd.filter(({ hours }) => !hours.isOpen[cell]);
    const steps = inForce(problem, cell);
    const share = Math.min(1000, ...steps.map(({ capacityPerMille }) => capacityPerMille)) / 1000;
    const leftPerCell = problem.room?.leftPerCell?.[cell] ?? 0;
    this.left += leftPerCell / STEPS_PER_CELL;

    const loginRoom = (problem.loginLimit[cell]! * share) / STEPS_PER_CELL;
    const sessionLimit = problem.sessionLimit[cell]! * share;
    const cost = problem.refusalCostPerMille / 1000;
    const logins =
      inside.length <= loginRoom ? inside.length : Math.max(0, (loginRoom - cost * inside.length) / (1 - cost));
    const insideCount = bounded(chanceRound(logins, random), sessionLimit - this.sessionCount, inside.length);
    inside.forEach((agent, k) => (k < insideCount ? this.admit(agent, step, cell) : this.turnAway(agent, step, cell)));

    const free = Math.max(0, Math.min(this.quota, loginRoom - insideCount));
    if (problem.room) {
      for (const agent of outside) this.takeTicket(agent, step);
      // quotas are whole places, log-ins of a step are not
      const places = bounded(
        chanceRound(Math.max(0, loginRoom - insideCount), random),
        sessionLimit - this.sessionCount,
      );
      this.askedInTurn(step, cell, places, leftPerCell);
      return;
    }
    const mayWalkIn = outside.filter(({ hours }) => !hours.isHeld[cell]);
    const walkIns = bounded(chanceRound(free, random), sessionLimit - this.sessionCount, mayWalkIn.length);
    const walking = new Set<Agent>();
    for (const agent of mayWalkIn) {
      if (walking.size < walkIns && isWithin(this.walkedIn + walking.size, agent, cell)) walking.add(agent);
    }
    this.walkedIn += walking.size;
    this.quota = Math.max(0, this.quota - walking.size);
    for (const agent of outside)
      if (walking.has(agent)) this.admit(agent, step, cell);
      else this.turnAway(agent, step, cell);
  }

  private takeTicket(agent: Agent, step: number): void {
    const { rankOfProfile, leavesPerMillePerMinute } = this.problem.room!;
    const at = step * STEP_SECONDS;
    const stays = 1 - leavesPerMillePerMinute / 1000;
    // as many minutes as chance lets the page open
    const minutes = stays >= 1 ? Infinity : Math.log(1 - this.random()) / Math.log(stays);
    this.tickets.push({
      agent,
      rank: rankOfProfile[agent.group.profile]!,
      takenAt: at,
      asksAt: at,
      leavesAt: at + minutes * MINUTE_SECONDS,
    });
  }

  /** Each page whose time has come asks, and is let in where there is a place for it after all who stand before it have theirs. */
  private askedInTurn(step: number, cell: number, places: number, leftPerCell: number): void {
    const { random, problem } = this;
    const until = (step + 1) * STEP_SECONDS;
    const inOrder = this.tickets
      .map((ticket, order) => ({ ticket, order }))
      .sort((a, b) => a.ticket.rank - b.ticket.rank || a.order - b.order)
      .map(({ ticket }) => ticket);
    const standing = inOrder.filter(({ agent }) => !agent.hours.isHeld[cell]);
    const aside = inOrder.filter(({ agent }) => agent.hours.isHeld[cell]);
    const gone = new Set<Ticket>();
    for (let asking = this.dueOf(until, gone); asking.length > 0; asking = this.dueOf(until, gone)) {
      for (const ticket of asking) {
        if (ticket.asksAt > ticket.takenAt) this.day.pollCount++;
        const place = standing.indexOf(ticket);
        const way = place < 0 ? undefined : this.placesOf(standing, places, cell)[place];
        if (way) {
          standing.splice(place, 1);
          gone.add(ticket);
          places--;
          this[way]--;
          if (way === 'quota') this.walkedIn++;
          this.admit(ticket.agent, step, cell);
          continue;
        }
        const ahead = place >= 0 ? place : standing.length + aside.indexOf(ticket);
        const perSecond = (ticket.agent.hours.walkInCount[cell]! + leftPerCell) / CELL_SECONDS;
        const left = perSecond > 0 ? ahead / perSecond : Infinity;
        const pause = Math.min(problem.room!.pollSeconds, Math.max(SOONEST_POLL_SECONDS, left / 2));
        ticket.asksAt += pause * (1 - JITTER_RATIO + 2 * JITTER_RATIO * random());
      }
    }
    this.tickets = this.tickets.filter((ticket) => !gone.has(ticket));
  }

  /** The places of those who stand in line: of the quota as far as it may be theirs, else one that the plan leaves; who has none stops nobody. */
  private placesOf(standing: readonly Ticket[], places: number, cell: number): ('quota' | 'left' | undefined)[] {
    let [quota, left] = [bounded(this.quota), bounded(this.left)];
    let walkedIn = this.walkedIn;
    let fewest = Infinity;
    let free = places;
    const ways: ('quota' | 'left' | undefined)[] = [];
    for (const { agent } of standing) {
      if (free < 1 || quota + left < 1) break;
      free--;
      if (quota > 0 && isWithin(walkedIn, agent, cell)) {
        quota--;
        walkedIn++;
        fewest = Math.min(fewest, agent.hours.walkInCount[cell]!);
        // who has more of it than somebody before waits until that one has taken theirs
        ways.push(walkedIn <= fewest + 1e-9 ? 'quota' : undefined);
      } else if (left > 0) {
        left--;
        ways.push('left');
      } else {
        free++;
        ways.push(undefined);
      }
    }
    return ways;
  }

  private dueOf(until: number, gone: ReadonlySet<Ticket>): Ticket[] {
    return this.tickets
      .filter((ticket) => ticket.asksAt < until && !gone.has(ticket))
      .sort((a, b) => a.asksAt - b.asksAt);
  }

  private admit({ group, hours, classIndex, firstStep }: Agent, step: number, cell: number): void {
    this.day.admitted[classIndex * this.problem.cellCount + cell]!++;
    this.day.waitSeconds[classIndex]!.push((step - firstStep) * STEP_SECONDS);
    this.sessionCount++;
    this.sessionsOfClass[classIndex]!++;
    this.ends[Math.min(this.stepCount, this.endOf(group, hours, step, cell))]!.push(classIndex);
  }

  private turnAway(agent: Agent, step: number, cell: number): void {
    this.day.refused[agent.classIndex * this.problem.cellCount + cell]!++;
    if (this.random() * 1000 < this.problem.habits.givesUpPerMille) this.day.gaveUp[agent.classIndex]!++;
    else this.comesAt(this.returnStep(agent, step, cell), agent);
  }

  private comesAt(step: number, agent: Agent): void {
    if (step < this.stepCount) this.due[step]!.push(agent);
  }

  private returnStep(agent: Agent, step: number, cell: number): number {
    const { random } = this;
    const { habits, cellCount, entrySpreadSeconds } = this.problem;
    const shares = [
      habits.impatientPerMille,
      habits.threeMinutesPerMille,
      habits.asToldPerMille,
      habits.backOffPerMille,
    ];
    agent.habit ??=
      HABITS[
        draw(
          shares.map((perMille) => perMille / 1000),
          random,
        )
      ]!;
    agent.refusalCount++;
    const within = (fromSeconds: number, toSeconds: number) =>
      step + fromSeconds / STEP_SECONDS + randomInteger(random, (toSeconds - fromSeconds) / STEP_SECONDS);
    if (agent.habit === 'impatient') return within(10, 40);
    if (agent.habit === 'threeMinutes') return within(180, 210);
    if (agent.habit === 'backOff') return within(10, 10 + 30 * 2 ** Math.min(4, agent.refusalCount - 1));
    if (!agent.hours.isOpen[cell]) {
      for (let next = cell + 1; next < cellCount; next++) {
        if (agent.hours.isOpen[next])
          return next * STEPS_PER_CELL + randomInteger(random, entrySpreadSeconds / STEP_SECONDS);
      }
    }
    return within(60, 300);
  }

  /** The step in which a session ends that begins now. */
  private endOf(group: StormGroup, { openUntil, idleSeconds }: Hours, step: number, cell: number): number {
    const { random } = this;
    const { visits, cellCount } = this.problem;
    const { stay, logOutPerMille } = visits[group.visit]!;
    let idleFrom: number;
    if (stay === 'toEnd') {
      const end = openUntil[cell]!;
      idleFrom = end > 0 ? end * STEPS_PER_CELL : step + LESSON_SECONDS / STEP_SECONDS;
    } else {
      const leaving = stay.map((share, k) => (share - (stay[k + 1] ?? 0)) / 1000);
      idleFrom = step + 1 + draw(leaving, random) * STEPS_PER_CELL + randomInteger(random, STEPS_PER_CELL);
    }
    if (random() * 1000 < logOutPerMille) return idleFrom;
    const idleCell = Math.min(cellCount - 1, Math.floor(idleFrom / STEPS_PER_CELL));
    return idleFrom + Math.ceil(idleSeconds[idleCell]! / STEP_SECONDS);
  }
}

const inForce = ({ steps }: StormProblem, cell: number): StormStep[] =>
  steps.filter(({ fromCell, toCell }) => fromCell <= cell && cell < toCell);

function hoursOf(group: StormGroup, problem: StormProblem): Hours {
  const { territory, profile, cohort, entryTimes } = group;
  const has = (list: readonly number[], one: number) => list.length === 0 || list.includes(one);
  const cells = Array.from({ length: problem.cellCount }, (_, cell) => {
    const its = inForce(problem, cell).filter(
      ({ territories, profiles, cohorts }) =>
        has(territories, territory) && has(profiles, profile) && has(cohorts, cohort),
    );
    const shutting = its.filter(({ isDeferred, isLiveOnly }) => isDeferred || isLiveOnly);
    const open = (entryTimes ?? []).filter(
      ({ entryCell, endCell, isLive }) =>
        entryCell <= cell && cell < endCell && shutting.every(({ isDeferred }) => isLive && !isDeferred),
    );
    const isOpen = entryTimes === null ? shutting.length === 0 : open.length > 0;
    return {
      isOpen,
      isHeld: shutting.length > 0 && !isOpen,
      openUntil: Math.max(0, ...open.map(({ endCell }) => endCell)),
      walkInCount:
        (problem.walkInLimit[cell]! * Math.min(1000, ...its.map(({ walkInPerMille }) => walkInPerMille))) / 1000,
      idleSeconds: Math.min(problem.idleSeconds, ...its.flatMap(({ idleSeconds }) => idleSeconds ?? [])),
    };
  });
  return {
    isOpen: cells.map(({ isOpen }) => isOpen),
    isHeld: cells.map(({ isHeld }) => isHeld),
    openUntil: cells.map(({ openUntil }) => openUntil),
    walkInCount: cells.map(({ walkInCount }) => walkInCount),
    idleSeconds: cells.map(({ idleSeconds }) => idleSeconds),
  };
}

function draw(shares: ArrayLike<number>, random: Random): number {
  let rest = random();
  let k = 0;
  while (k < shares.length - 1 && rest >= shares[k]!) rest -= shares[k++]!;
  return k;
}

/** Whether the quota has a place for somebody after so many of the cell, whoever they were. */
const isWithin = (walkedIn: number, { hours }: Agent, cell: number): boolean =>
  walkedIn + 1 <= hours.walkInCount[cell]! + 1e-9;

/** The least of some numbers as whole visitors. */
const bounded = (...most: number[]): number => Math.max(0, Math.floor(Math.min(...most) + 1e-9));

const chanceRound = (value: number, random: Random): number => Math.floor(value) + (random() < value % 1 ? 1 : 0);

function shuffled<T>(list: readonly T[], random: Random): T[] {
  const mixed = [...list];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = randomInteger(random, i + 1);
    [mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!];
  }
  return mixed;
}
