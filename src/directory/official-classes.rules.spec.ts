import * as fc from 'fast-check';
import type { Level } from './level';
import { firstDegreeClasses, levelOfMef, mefDivisions, secondDegreeDivisions } from './official-classes.rules';

const LINE: Level[] = ['MAT', 'CP', 'CE1', 'CE2', 'CM1', 'CM2'];
const levelsOf = (...headcounts: number[]) => headcounts.map((headcount, i) => ({ level: LINE[i]!, headcount }));
const summary = (classes: { code: string; headcount: number }[]): string =>
  classes.map(({ code, headcount }) => `${code}:${headcount}`).join(' ');

describe('classes of a first-degree school', () => {
  it('are one for each level where the numbers say so', () => {
    expect(summary(firstDegreeClasses(levelsOf(46, 24, 25, 23, 26, 24), 0, 7))).toBe(
      'MAT A:23 MAT B:23 CP A:24 CE1 A:25 CE2 A:23 CM1 A:26 CM2 A:24',
    );
  });

  it('put neighbouring levels together where there are fewer classes than levels', () => {
    expect(summary(firstDegreeClasses(levelsOf(23, 9, 9, 10, 9, 5), 0, 3))).toBe(
      'MAT A:23 CP-CE1 A:18 CE2-CM1-CM2 A:24',
    );
    expect(summary(firstDegreeClasses(levelsOf(5, 2, 3, 2, 1, 0), 0, 1))).toBe('MAT-CM1 A:13');
  });

  it('count those of pupils with special needs', () => {
    expect(summary(firstDegreeClasses(levelsOf(0, 24, 24, 24, 24, 24), 12, 6))).toBe(
      'CP A:24 CE1 A:24 CE2 A:24 CM1 A:24 CM2 A:24 ULIS A:12',
    );
    expect(firstDegreeClasses(levelsOf(0, 9), 3, 1)).toEqual([
      { code: 'CP-ULIS A', levels: ['CP', 'ULIS_ECOLE'], headcount: 12 },
    ]);
  });

  it('are as many as the official number, lose no pupil, differ in code, and name every level', () =>
    fc.assert(
      fc.property(
        fc.array(fc.nat(60), { minLength: 1, maxLength: 6 }),
        fc.nat(14),
        fc.integer({ min: 0, max: 20 }),
        (headcounts, ulis, classCount) => {
          const levels = levelsOf(...headcounts);
          const pupilCount = headcounts.reduce((sum, n) => sum + n, 0);
          const classes = firstDegreeClasses(levels, ulis, classCount);
          const total = pupilCount + ulis;
          expect(classes).toHaveLength(total > 0 ? Math.max(1, classCount) : classCount);
          expect(classes.reduce((sum, { headcount }) => sum + headcount, 0)).toBe(total);
          expect(new Set(classes.map(({ code }) => code)).size).toBe(classes.length);
          for (const made of classes) {
            expect(made.levels.length).toBeGreaterThan(0);
            expect(made.levels).toEqual(
              [...LINE, 'ULIS_ECOLE' as Level].filter((level) => made.levels.includes(level)),
            );
          }
          for (const { level, headcount } of levels)
            if (headcount > 0) expect(classes.some((made) => made.levels.includes(level))).toBe(true);
        },
      ),
    ));
});

describe('divisions of the second degree', () => {
  it('are ceil(level / size), as equal as can be', () => {
    expect(
      summary(
        secondDegreeDivisions(
          [
            { level: '6E', headcount: 51 },
            { level: '5E', headcount: 0 },
            { level: '4E', headcount: 25 },
          ],
          25,
        ),
      ),
    ).toBe('6E A:17 6E B:17 6E C:17 4E A:25');
    fc.assert(
      fc.property(fc.nat(900), fc.constantFrom(25, 30), (headcount, size) => {
        const made = secondDegreeDivisions([{ level: '6E', headcount }], size);
        expect(made).toHaveLength(Math.ceil(headcount / size));
        expect(made.reduce((sum, division) => sum + division.headcount, 0)).toBe(headcount);
        for (const division of made) expect(division.headcount).toBeLessThanOrEqual(size);
      }),
    );
  });

  it('are one for each MEF of a vocational school, more where it is large, under codes of at most 40 signs', () => {
    expect(mefDivisions('23810033007', '2NDPRO ACCOMP. SOINS-SERVICES PERSONNE', 29)).toEqual([
      { code: '2NDPRO ACCOMP. SOINS-SER 23810033007', levels: ['2PRO'], headcount: 29 },
    ]);
    const large = mefDivisions('23830025403', 'TLEPRO3 METIERS DU COMMERCE ET DE LA VENTE', 130);
    expect(large.map(({ headcount }) => headcount)).toEqual([26, 26, 26, 26, 26]);
    for (const { code } of large) expect(code.length).toBeLessThanOrEqual(40);
    expect(mefDivisions('32211031408', '1BTS2', 35)).toHaveLength(1);
  });

  it('have the level of their MEF', () => {
    const expected: Record<string, Level> = {
      '238100': '2PRO',
      '238210': '1PRO',
      '238310': 'TPRO',
      '232100': 'CAP1',
      '232210': 'CAP2',
      '322110': 'POSTBAC',
      '23K000': 'PRO_OTHER',
      '511100': 'PRO_OTHER',
      '32A310': 'POSTBAC',
    };
    for (const [mef, level] of Object.entries(expected)) expect(levelOfMef(mef)).toBe(level);
  });
});
