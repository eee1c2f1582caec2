import { randomInteger, type Random } from '../kernel/random';
import type { DemoClass } from './demo-region-classes';
import { DAY_OFFSETS, LESSON_DAYS, LESSON_MINUTES, SECOND_DEGREE } from './demo-region-parameters';

/** A lesson that its teacher would like to hold live: what a class wishes its window for. */
export interface DemoLesson {
  /** Position of the class in its establishment. */
  classIndex: number;
  /** Monday = 1 */
  weekday: number;
  startMinute: number;
  /** Position of the teacher in the establishment. */
  teacher: number;
}

export interface DemoTimetable {
  teacherCount: number;
  /** The teachers of each class, by position. */
  teachersOfClass: number[][];
  lessons: DemoLesson[];
}

/** First degree: one teacher a class, in one class of ten two who share the week. No live lessons. */
export function firstDegreeTeachers(classes: readonly DemoClass[], random: Random): DemoTimetable {
  let teacherCount = 0;
  const teachersOfClass = classes.map(() => (random() < 0.1 ? [teacherCount++, teacherCount++] : [teacherCount++]));
  return { teacherCount, teachersOfClass, lessons: [] };
}

/**
 * Second degree: for each division one live lesson a morning and one an afternoon (Wednesday morning only), all of them in
 * the hours that everybody likes best; a teacher holds one lesson at a time, and no class has the same teacher twice a day.
 * Language groups have one lesson a week, both at one time, with teachers of their own.
 */
export function secondDegreeTimetable(classes: readonly DemoClass[], random: Random): DemoTimetable {
  const divisions = classes.flatMap((one, index) => (one.kind === 'division' ? [index] : []));
  const staff = Math.ceil((divisions.length * 2) / SECOND_DEGREE.lessonsPerTeacherDay) + 2;
  const offset = weighted(DAY_OFFSETS, random);
  const teachersOfClass: number[][] = classes.map(() => []);
  for (const index of divisions) {
    const size = Math.min(staff, SECOND_DEGREE.teachersPerClass);
    while (teachersOfClass[index]!.length < size) {
      const teacher = randomInteger(random, staff);
      if (!teachersOfClass[index]!.includes(teacher)) teachersOfClass[index]!.push(teacher);
    }
  }
  const lessons: DemoLesson[] = [];
  for (const { weekday, halves } of LESSON_DAYS) {
    const day = new TeachersDay();
    for (const wishes of halves) {
      for (const classIndex of divisions) {
        const startMinute = weighted<number>(wishes, random) + offset;
        const team = teachersOfClass[classIndex]!;
        let teacher = day.leastBusy(team, classIndex, startMinute, random);
        if (teacher < 0) {
          // the team is busy at that hour: a colleague takes the class
          const everybody = Array.from({ length: staff }, (_, k) => k);
          teacher = day.leastBusy(everybody, classIndex, startMinute, random);
        }
        // where a whole staff is busy the class has no live lesson in this half day
        if (teacher < 0) continue;
        if (!team.includes(teacher)) team.push(teacher);
        day.take(teacher, classIndex, startMinute);
        lessons.push({ classIndex, weekday, startMinute, teacher });
      }
    }
  }
  const teacherCount = addGroupLessons(classes, staff, teachersOfClass, lessons, random);
  return { teacherCount, teachersOfClass, lessons };
}

/** Languages are taught early on a Friday afternoon, or late in the morning: when the divisions have no lesson of their own. */
function addGroupLessons(
  classes: readonly DemoClass[],
  staff: number,
  teachersOfClass: number[][],
  lessons: DemoLesson[],
  random: Random,
): number {
  let teacherCount = staff;
  const taken = new Map<string, { weekday: number; startMinute: number }>();
  const free = new Map<string, number[]>();
  classes.forEach((group, classIndex) => {
    if (group.kind !== 'group') return;
    let hour = taken.get(group.optionSet!);
    if (!hour) {
      const own = lessons.filter((lesson) => group.sources.includes(lesson.classIndex));
      const weekdays = [1, 2, 4, 5];
      const hours = weekdays.flatMap((weekday) =>
        [480, 540, 600, 660, 840, 900, 960]
          .filter((startMinute) =>
            own.every(
              (lesson) =>
                lesson.weekday !== weekday || Math.abs(lesson.startMinute - startMinute) >= 2 * LESSON_MINUTES,
            ),
          )
          .map((startMinute) => ({ weekday, startMinute })),
      );
      if (hours.length === 0) return;
      hour = hours[randomInteger(random, hours.length)]!;
      taken.set(group.optionSet!, hour);
    }
    // language teachers hold no lesson with divisions here, so an hour's teacher is one who is not yet in that hour
    const key = `${hour.weekday} ${hour.startMinute}`;
    const used = free.get(key) ?? [];
    let teacher = staff;
    while (used.includes(teacher)) teacher++;
    free.set(key, [...used, teacher]);
    teacherCount = Math.max(teacherCount, teacher + 1);
    teachersOfClass[classIndex]!.push(teacher);
    lessons.push({ classIndex, ...hour, teacher });
  });
  return teacherCount;
}

/** Who holds which lesson on one day. */
class TeachersDay {
  private readonly starts = new Map<number, number[]>();
  private readonly classesOf = new Map<number, Set<number>>();

  /** The teacher with the fewest lessons who is free at the hour and has not had the class today; -1 for nobody. */
  leastBusy(teachers: readonly number[], classIndex: number, startMinute: number, random: Random): number {
    let best = -1;
    let fewest = Infinity;
    const from = randomInteger(random, teachers.length);
    for (let k = 0; k < teachers.length; k++) {
      const teacher = teachers[(from + k) % teachers.length]!;
      const starts = this.starts.get(teacher) ?? [];
      if (starts.length >= fewest || this.classesOf.get(teacher)?.has(classIndex)) continue;
      if (starts.some((start) => Math.abs(start - startMinute) < LESSON_MINUTES)) continue;
      best = teacher;
      fewest = starts.length;
    }
    return best;
  }

  take(teacher: number, classIndex: number, startMinute: number): void {
    this.starts.set(teacher, [...(this.starts.get(teacher) ?? []), startMinute]);
    this.classesOf.set(teacher, (this.classesOf.get(teacher) ?? new Set()).add(classIndex));
  }
}

function weighted<T>(choices: readonly (readonly [T, number])[], random: Random): T {
  let left = random() * choices.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of choices) {
    left -= weight;
    if (left < 0) return value;
  }
  return choices.at(-1)![0];
}
