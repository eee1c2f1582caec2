import { CELLS_PER_DAY, CELL_MINUTES } from '../src/kernel/cell-grid';
import type { LetterHours } from '../src/kernel/allocation/baselines';
import type { AllocationProblem } from '../src/kernel/allocation/problem';
import { type Random, randomInteger, seededRandom, shuffle } from '../src/kernel/random';
import type { Level } from '../src/directory/level';
import { letterHours } from '../src/load/letter-hours.rules';
import { ALLOCATION_INSTANCE as P, type Scale } from './allocation-parameters';
import { Columns } from './instance-columns';

type Kind = 'primary' | 'college' | 'lycee';
/** Room for windows: more than schools have in the mean, and than a dozen of the largest have together. */
const MOST_MEAN_WINDOWS = 96;
const SPARE_WINDOWS = 8192;
const KINDS: readonly Kind[] = ['primary', 'college', 'lycee'];
const LEVEL_GROUPS = ['primary', 'secondary', 'relatives'] as const;
type LevelGroup = (typeof LEVEL_GROUPS)[number];

/**
 * A seeded instance of the benchmark's remote week for `establishmentCount` establishments. The limits of the result are the
 * shape of the capacity over the week, in per mille of a capacity of one: scale them with `withCapacity`. At the scales of the
 * benchmark the number of windows is that of the scale within its tolerance: schools are drawn anew until it is.
 */
export function allocationInstance(establishmentCount: number, seed: number): AllocationProblem {
  const scale = (Object.keys(P.scales) as Scale[]).find((name) => P.scales[name] === establishmentCount);
  for (let draw = 0; ; draw++) {
    const instance = drawInstance(establishmentCount, seed ^ Math.imul(draw, 0x9e3779b1));
    if (!scale) return instance;
    const wanted = P.windowCounts[scale];
    if (Math.abs(instance.demandCount - wanted) <= P.windowCountTolerance * wanted) return instance;
  }
}

function drawInstance(establishmentCount: number, seed: number): AllocationProblem {
  const random = seededRandom(seed);
  const columns = new Columns(establishmentCount * MOST_MEAN_WINDOWS + SPARE_WINDOWS);
  const hours = new CandidateSets();
  const siteLimit = new Int32Array(establishmentCount);
  const kinds = drawKinds(establishmentCount, random);
  let classCount = 0;
  let teacherCount = 0;
  for (let establishment = 0; establishment < establishmentCount; establishment++) {
    const kind = kinds[establishment]!;
    const group: LevelGroup = kind === 'primary' ? 'primary' : 'secondary';
    const [least, most] = P.participationPerMille[group];
    const participation = least + randomInteger(random, most - least + 1);
    const classes = drawClasses(kind, random);
    const heads = classes.map((headcount) => Math.round((headcount * participation) / 1000));
    const total = heads.reduce((sum, head) => sum + head, 0);
    const sitePerMille = P.siteLimit[`${kind}PerMille`];
    siteLimit[establishment] = Math.ceil(
      Math.max((total * sitePerMille) / 1000, P.siteLimit.leastLargestClasses * Math.max(...heads)),
    );
    const timetable =
      group === 'primary' ? primaryWeek(classes, teacherCount, random) : secondaryWeek(classes, teacherCount, random);
    for (const lesson of timetable.lessons) {
      const headcount = classes[lesson.classIndex]!;
      columns.add({
        day: lesson.day,
        cells: lesson.minutes / CELL_MINUTES,
        scale: headcount * participation,
        profile: profileIndex(group, lesson.minutes),
        candidates: hours.of(kind, lesson.day, lesson.minutes),
        wish: cellOf(lesson.day, lesson.wishMinute),
        classId: classCount + lesson.classIndex,
        establishment,
        teacher: lesson.teacher,
        gapCells: P.sameClassGapMinutes / CELL_MINUTES,
        siteUnits: heads[lesson.classIndex]!,
      });
    }
    const [relativesLeast, relativesMost] = P.participationPerMille.relatives;
    const relatives = relativesLeast + randomInteger(random, relativesMost - relativesLeast + 1);
    for (let day = 0; day < 5; day++) {
      columns.add({
        day,
        cells: P.relativesMinutes / CELL_MINUTES,
        scale: Math.round((classes.reduce((sum, headcount) => sum + headcount, 0) * relatives) / 5),
        profile: profileIndex('relatives', P.relativesMinutes),
        candidates: hours.of('relatives', day, P.relativesMinutes),
        wish: -1,
        classId: -1,
        establishment,
        teacher: -1,
        gapCells: 0,
        siteUnits: 0,
      });
    }
    classCount += classes.length;
    teacherCount += timetable.teacherCount;
  }
  const near = neighbours(establishmentCount, random);
  const shape = capacityShape();
  return {
    originCell: P.originCell,
    cellCount: 7 * CELLS_PER_DAY,
    sessionLimit: shape,
    loginLimit: Float64Array.from(shape),
    ...profiles(),
    candidateOffset: Int32Array.from(hours.offset),
    candidateCell: Int32Array.from(hours.cells),
    occurrenceOffset: Int32Array.of(0, 1),
    occurrenceShift: Int32Array.of(0),
    ...columns.toColumns(),
    classCount,
    classConflictOffset: new Int32Array(classCount + 1),
    classConflict: new Int32Array(0),
    establishmentCount,
    establishmentSiteLimit: siteLimit,
    neighbourOffset: near.offset,
    neighbour: near.list,
    neighbourSpacingCells: P.neighbourSpacingMinutes / CELL_MINUTES,
    teacherCount,
  };
}

/** The same instance with limits: the shape times a capacity in whole thousandths of sessions and of logins. */
export function withCapacity(problem: AllocationProblem, sessions: number, logins: number): AllocationProblem {
  const scaled = (shape: Float64Array, capacity: number) =>
    shape.map((perMille) => Math.floor((perMille * capacity) / 1000));
  return {
    ...problem,
    sessionLimit: scaled(problem.sessionLimit, sessions),
    loginLimit: scaled(problem.loginLimit, logins),
  };
}

/** The level of the class of a window: those of a secondary school have its levels in turn; null in primary schools and for relatives. */
export function instanceLevel(problem: AllocationProblem, i: number): Level | null {
  const secondary = profileIndex('secondary', PROFILE_MINUTES[0]!);
  const profile = problem.demandProfile[i]!;
  if (profile < secondary || profile >= secondary + PROFILE_MINUTES.length) return null;
  // what tells a lycée from a collège is how late its windows may end
  const day = problem.demandDay[i]!;
  const last = problem.candidateCell[problem.candidateOffset[problem.demandCandidates[i]! + 1]! - 1]!;
  const end = last + problem.demandCells[i]! + problem.originCell - P.originCell;
  const isLycee = P.hours.lycee.some(([, to]) => cellOf(day, to) === end);
  const levels = isLycee ? P.levels.lycee : P.levels.college;
  return levels[problem.demandClass[i]! % levels.length]!;
}

/** The letter by level on this instance or a part of it; it says nothing about primary schools and relatives. */
export function instanceLetter(problem: AllocationProblem): LetterHours {
  const shift = problem.originCell - P.originCell;
  return {
    hoursOf: (i) => {
      const level = instanceLevel(problem, i);
      const hours = level && letterHours([level]);
      if (!hours) return null;
      const day = problem.demandDay[i]!;
      return { from: cellOf(day, hours.fromMinute) - shift, to: cellOf(day, hours.toMinute) - shift };
    },
  };
}

interface Lesson {
  classIndex: number;
  day: number;
  minutes: number;
  wishMinute: number;
  teacher: number;
}

function primaryWeek(classes: number[], firstTeacher: number, random: Random) {
  const days = random() * 1000 < P.primaryOpenWednesdayPerMille ? [0, 1, 2, 3, 4] : [0, 1, 3, 4];
  const lessons: Lesson[] = [];
  classes.forEach((_, classIndex) => {
    const minutes = pick(P.lengthMinutes.primary, random);
    for (const day of days) {
      // no afternoon on Wednesday
      const wishes = day === 2 ? P.wishes.primary.filter(([minute]) => minute < 720) : P.wishes.primary;
      lessons.push({ classIndex, day, minutes, wishMinute: pick(wishes, random), teacher: firstTeacher + classIndex });
    }
  });
  return { lessons, teacherCount: classes.length };
}

/** Each class gets an hour of the morning and one of the afternoon; each hour's lessons have different teachers, and no class one teacher twice a day. */
function secondaryWeek(classes: number[], firstTeacher: number, random: Random) {
  const lessons: Lesson[] = [];
  let teacherCount = Math.ceil((classes.length * 2) / P.windowsPerTeacherDay) + 2;
  for (let day = 0; day < 5; day++) {
    const bySlot = new Map<number, Lesson[]>();
    classes.forEach((_, classIndex) => {
      const halves = day === 2 ? [P.wishes.secondaryMorning] : [P.wishes.secondaryMorning, P.wishes.secondaryAfternoon];
      for (const wishes of halves) {
        const lesson = {
          classIndex,
          day,
          minutes: pick(P.lengthMinutes.secondary, random),
          wishMinute: pick<number>(wishes, random),
          teacher: -1,
        };
        const slot = bySlot.get(lesson.wishMinute);
        if (slot) slot.push(lesson);
        else bySlot.set(lesson.wishMinute, [lesson]);
        lessons.push(lesson);
      }
    });
    const teacherOfClass = new Int32Array(classes.length).fill(-1);
    const taught = new Map<number, number>();
    for (const [minute, slot] of [...bySlot].sort(([a], [b]) => a - b)) {
      // half past one and two o'clock would overlap: a teacher has one of them
      const clash = minute === 840 ? (bySlot.get(810) ?? []) : [];
      const busy = new Set(clash.map((lesson) => lesson.teacher));
      for (const lesson of slot) {
        let best = -1;
        for (let k = 0, from = randomInteger(random, teacherCount); k < teacherCount; k++) {
          const teacher = (from + k) % teacherCount;
          if (busy.has(teacher) || teacherOfClass[lesson.classIndex] === teacher) continue;
          if (best < 0 || (taught.get(teacher) ?? 0) < (taught.get(best) ?? 0)) best = teacher;
        }
        if (best < 0) best = teacherCount++;
        busy.add(best);
        lesson.teacher = best;
        teacherOfClass[lesson.classIndex] = best;
        taught.set(best, (taught.get(best) ?? 0) + 1);
      }
    }
  }
  for (const lesson of lessons) lesson.teacher += firstTeacher;
  return { lessons, teacherCount };
}

/** The shares of the kinds exactly, in a random order: the number of windows hardly depends on the seed. */
function drawKinds(count: number, random: Random): Kind[] {
  const ends = [P.kinds.primary.sharePerMille, P.kinds.primary.sharePerMille + P.kinds.college.sharePerMille];
  const order = Int32Array.from({ length: count }, (_, i) => i);
  shuffle(order, random);
  return Array.from(order, (rank) => KINDS[ends.filter((end) => (rank + 0.5) * 1000 >= end * count).length]!);
}

function drawClasses(kind: Kind, random: Random): number[] {
  const shape = P.kinds[kind];
  const drawn = shape.meanClasses * Math.exp(shape.spread * gaussian(random) - (shape.spread * shape.spread) / 2);
  const count = Math.min(shape.mostClasses, Math.max(shape.leastClasses, Math.round(drawn)));
  return Array.from({ length: count }, () =>
    Math.max(5, Math.round(shape.meanHeadcount + shape.headcountSpread * gaussian(random))),
  );
}

function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function pick<T>(choices: readonly (readonly [T, number])[], random: Random): T {
  let left = random() * choices.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of choices) {
    left -= weight;
    if (left < 0) return value;
  }
  return choices[choices.length - 1]![0];
}

const cellOf = (day: number, localMinute: number): number =>
  // the week begins on Sunday at 12:00 UTC: Monday 00:00 local is half a day less the offset later
  CELLS_PER_DAY / 2 - P.utcOffsetCells + day * CELLS_PER_DAY + localMinute / CELL_MINUTES;

class CandidateSets {
  readonly offset = [0];
  readonly cells: number[] = [];
  private readonly known = new Map<string, number>();

  of(kind: Kind | 'relatives', day: number, minutes: number): number {
    const key = `${kind} ${day} ${minutes}`;
    let set = this.known.get(key);
    if (set === undefined) {
      set = this.offset.length - 1;
      this.known.set(key, set);
      for (const [from, to] of P.hours[kind]) {
        if (day === 2 && kind !== 'relatives' && from >= 720) continue;
        for (let minute = from; minute + minutes <= to; minute += CELL_MINUTES) this.cells.push(cellOf(day, minute));
      }
      this.offset.push(this.cells.length);
    }
    return set;
  }
}

const PROFILE_MINUTES = [30, 45, 60];
const profileIndex = (group: LevelGroup, minutes: number): number =>
  LEVEL_GROUPS.indexOf(group) * PROFILE_MINUTES.length + PROFILE_MINUTES.indexOf(minutes);

function profiles() {
  const sessions: number[] = [];
  const logins: number[] = [];
  const offset = [0];
  for (const group of LEVEL_GROUPS) {
    for (const minutes of PROFILE_MINUTES) {
      const arrivals = P.arrivalsPerMille[group];
      let present = 0;
      // a profile begins one cell before the start; in this case nobody comes early
      sessions.push(0);
      logins.push(0);
      for (let k = 0; k < minutes / CELL_MINUTES; k++) {
        const arriving = arrivals[k] ?? 0;
        present += arriving;
        sessions.push(present);
        logins.push(arriving);
      }
      for (const idle of P.idleTailPerMille) {
        sessions.push(idle);
        logins.push(0);
      }
      offset.push(sessions.length);
    }
  }
  return {
    profileOffset: Int32Array.from(offset),
    profileSessionsPerMille: Int32Array.from(sessions),
    profileLoginsPerMille: Int32Array.from(logins),
  };
}

function capacityShape(): Float64Array {
  const shape = new Float64Array(7 * CELLS_PER_DAY).fill(1000 - P.backgroundAlwaysPerMille);
  for (let day = 0; day < 5; day++) {
    for (const [from, to, perMille] of P.backgroundPerMille) {
      for (let cell = cellOf(day, from); cell < cellOf(day, to); cell++) shape[cell]! -= perMille;
    }
  }
  for (const { day, from, to, capacityPerMille } of P.events) {
    for (let cell = cellOf(day, from); cell < cellOf(day, to); cell++) shape[cell]! += capacityPerMille - 1000;
  }
  return shape;
}

/** Establishments on a square; each and its nearest ones are neighbours, in both directions. */
function neighbours(count: number, random: Random) {
  const side = Math.max(1, Math.floor(Math.sqrt(count / 4)));
  const x = Float64Array.from({ length: count }, () => random() * side);
  const y = Float64Array.from({ length: count }, () => random() * side);
  const boxes: number[][] = Array.from({ length: side * side }, () => []);
  const boxOf = (i: number) => Math.floor(y[i]!) * side + Math.floor(x[i]!);
  for (let i = 0; i < count; i++) boxes[boxOf(i)]!.push(i);
  const sets = Array.from({ length: count }, () => new Set<number>());
  for (let i = 0; i < count; i++) {
    const around: number[] = [];
    for (let ring = 1; around.length <= P.nearestEstablishments + 6 && ring <= side; ring++) {
      around.length = 0;
      for (let row = Math.floor(y[i]!) - ring; row <= Math.floor(y[i]!) + ring; row++) {
        for (let column = Math.floor(x[i]!) - ring; column <= Math.floor(x[i]!) + ring; column++) {
          if (row >= 0 && row < side && column >= 0 && column < side) around.push(...boxes[row * side + column]!);
        }
      }
    }
    const distance = (j: number) => (x[i]! - x[j]!) ** 2 + (y[i]! - y[j]!) ** 2;
    const nearest = around.filter((j) => j !== i).sort((a, b) => distance(a) - distance(b) || a - b);
    for (const j of nearest.slice(0, P.nearestEstablishments)) {
      sets[i]!.add(j);
      sets[j]!.add(i);
    }
  }
  const offset = new Int32Array(count + 1);
  sets.forEach((set, i) => (offset[i + 1] = offset[i]! + set.size));
  return { offset, list: Int32Array.from(sets.flatMap((set) => [...set].sort((a, b) => a - b))) };
}
