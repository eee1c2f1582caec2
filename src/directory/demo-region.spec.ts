import { DEMO_DEPARTMENTS, DEMO_ESTABLISHMENT_COUNT, DEMO_KINDS, LESSON_MINUTES } from './demo-region-parameters';
import { DemoRegion, type DemoSchool } from './demo-region';
import { inventedCommunes } from './demo-region-names';
import { LEVELS } from './level';
import { readUai } from './uai.rules';
import { seededRandom } from '../kernel/random';

const small = new DemoRegion({ scale: 'S', seed: 7 });
const schools = [...small.schools()];
const divisionsOf = (school: DemoSchool) => school.classes.filter((one) => one.kind === 'division');

describe('the demonstration region (scale S, seed 7)', () => {
  it('is the same for the same scale and seed, school by school and in any order', () => {
    const again = new DemoRegion({ scale: 'S', seed: 7 });
    expect(again.school(640)).toEqual(schools[640]);
    expect(new DemoRegion({ scale: 'S', seed: 8 }).school(640)).not.toEqual(schools[640]);
  });

  it('has the stated number of establishments and the kinds in their shares', () => {
    expect(schools).toHaveLength(DEMO_ESTABLISHMENT_COUNT.S);
    const total = Object.values(DEMO_KINDS).reduce((sum, { sharePerMille }) => sum + sharePerMille, 0);
    for (const [kind, { sharePerMille }] of Object.entries(DEMO_KINDS)) {
      const count = schools.filter(({ establishment }) => establishment.kind === kind).length;
      expect(Math.abs(count - (1000 * sharePerMille) / total)).toBeLessThan(1);
    }
  });

  it('holds about 8,500 divisions of about 190 pupils an establishment, one in nine private', () => {
    const divisionCount = schools.reduce((sum, school) => sum + divisionsOf(school).length, 0);
    const pupilCount = schools.flatMap(divisionsOf).reduce((sum, one) => sum + one.headcount, 0);
    const privateCount = schools.filter(({ establishment }) => establishment.sector === 'private').length;
    expect(divisionCount).toBeGreaterThan(7_900);
    expect(divisionCount).toBeLessThan(9_100);
    expect(pupilCount / schools.length).toBeGreaterThan(180);
    expect(pupilCount / schools.length).toBeLessThan(202);
    expect(privateCount).toBeGreaterThan(80);
    expect(privateCount).toBeLessThan(150);
  });

  it('gives every establishment a valid UAI of its own that no real department has, and a telephone kept for fiction', () => {
    const uais = schools.map(({ establishment }) => establishment.uai);
    expect(new Set(uais).size).toBe(uais.length);
    expect(uais.filter((uai) => readUai(uai).uai !== uai || !/^99/.test(uai))).toEqual([]);
    const telephones = schools.map(({ establishment }) => establishment.telephone ?? '');
    expect(
      telephones.filter((text) => !/^(01 99 00|02 61 91|03 53 01|04 65 71|05 36 49) \d\d \d\d$/.test(text)),
    ).toEqual([]);
  });

  it('gives each class of an establishment a code of its own, known levels and pupils', () => {
    for (const { classes } of schools) {
      expect(new Set(classes.map(({ code }) => code)).size).toBe(classes.length);
      for (const one of classes) {
        expect(one.levels.length).toBeGreaterThan(0);
        expect(one.levels.filter((level) => !LEVELS.includes(level))).toEqual([]);
        expect(one.headcount).toBeGreaterThan(0);
        expect(one.headcount).toBeLessThan(60);
        expect(one.code).toMatch(/^[A-Z0-9][A-Z0-9 -]*$/);
      }
    }
  });

  it('holds several levels together where a school has fewer classes than levels', () => {
    const oneClass = schools.filter(
      ({ establishment, classes }) => establishment.kind === 'primaire' && classes.length === 3,
    );
    expect(oneClass.length).toBeGreaterThan(0);
    for (const { classes } of oneClass) expect(classes.every(({ levels }) => levels.length > 1)).toBe(true);
  });

  it('never has a teacher in two lessons at once, nor a class twice with one teacher on a day', () => {
    for (const { lessons } of schools) {
      const byTeacherDay = new Map<string, { startMinute: number; classIndex: number }[]>();
      for (const lesson of lessons) {
        const key = `${lesson.teacher} ${lesson.weekday}`;
        const others = byTeacherDay.get(key) ?? [];
        for (const other of others) {
          expect(Math.abs(other.startMinute - lesson.startMinute)).toBeGreaterThanOrEqual(LESSON_MINUTES);
          expect(other.classIndex).not.toBe(lesson.classIndex);
        }
        byTeacherDay.set(key, [...others, lesson]);
      }
    }
  });

  it('gives nearly every division of the second degree two live lessons a day and one on Wednesday', () => {
    const secondary = schools.filter(({ lessons }) => lessons.length > 0);
    const divisionCount = secondary.reduce((sum, school) => sum + divisionsOf(school).length, 0);
    const own = secondary.flatMap((school) =>
      school.lessons.filter(({ classIndex }) => school.classes[classIndex]!.kind === 'division'),
    );
    expect(own.length / divisionCount).toBeGreaterThan(8.9);
    expect(own.length / divisionCount).toBeLessThanOrEqual(9);
    expect(own.filter(({ weekday, startMinute }) => weekday === 3 && startMinute > 780)).toEqual([]);
    expect(own.filter(({ startMinute }) => startMinute % 5 !== 0 || startMinute < 480 || startMinute > 975)).toEqual(
      [],
    );
  });

  it('parts neighbouring divisions into language groups of one set that hold all their pupils', () => {
    const sets = schools.flatMap((school) =>
      school.classes.filter(({ kind }) => kind === 'group').map((group) => ({ group, school })),
    );
    expect(sets.length).toBeGreaterThan(100);
    for (const { group, school } of sets) {
      const sameSet = school.classes.filter((one) => one.optionSet === group.optionSet);
      const pupilCount = sameSet.reduce((sum, one) => sum + one.headcount, 0);
      expect(group.sources).toHaveLength(2);
      expect(pupilCount).toBe(group.sources.reduce((sum, k) => sum + school.classes[k]!.headcount, 0));
    }
  });

  it('puts schools in every department, overseas too, and most of them in towns', () => {
    const codes = new Set(schools.map(({ establishment }) => establishment.departmentCode));
    expect([...codes].sort()).toEqual(DEMO_DEPARTMENTS.map(({ code }) => code).sort());
    const perCommune = new Map<string, number>();
    for (const { establishment: e } of schools)
      perCommune.set(e.communeCode!, (perCommune.get(e.communeCode!) ?? 0) + 1);
    expect(perCommune.size).toBe(new Set(schools.map(({ establishment }) => establishment.communeName)).size);
    expect(Math.max(...perCommune.values())).toBeGreaterThan(20);
  });

  it('opens on Wednesday morning in one school of the first degree out of seven', () => {
    const first = schools.filter(({ lessons }) => lessons.length === 0);
    const openShare = first.filter(({ establishment }) => (establishment.openHalfDays >> 4) & 1).length / first.length;
    expect(openShare).toBeGreaterThan(0.1);
    expect(openShare).toBeLessThan(0.2);
  });
});

it('invents communes that all differ, as many as France needs', () => {
  expect(new Set(inventedCommunes(25_000, seededRandom(3))).size).toBe(25_000);
});
