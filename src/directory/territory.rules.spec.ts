import { isZone } from '../common/civil-time';
import { FOUR_DAYS, FOUR_DAYS_AND_A_HALF, openHalfDaysOf } from './half-days.rules';
import { departmentCodeOf, departmentOf, departmentOfUai, DEPARTMENTS } from './territory.rules';

describe('departments', () => {
  it('are all there, once each, in thirteen regions of the mainland and Corsica, with zones that exist', () => {
    expect(DEPARTMENTS).toHaveLength(96 + 5 + 6);
    expect(new Set(DEPARTMENTS.map(({ code }) => code)).size).toBe(DEPARTMENTS.length);
    expect(new Set(DEPARTMENTS.map(({ uaiPrefix }) => uaiPrefix)).size).toBe(DEPARTMENTS.length);
    const european = DEPARTMENTS.filter(({ timeZone }) => timeZone === 'Europe/Paris');
    expect(european).toHaveLength(96);
    expect(new Set(european.map(({ regionCode }) => regionCode)).size).toBe(13);
    for (const department of DEPARTMENTS) {
      expect(isZone(department.timeZone)).toBe(true);
      for (const value of Object.values(department)) expect(value).toBeTruthy();
    }
  });

  it('have one holiday zone per academy on the mainland', () => {
    const zones = new Map<string, Set<string>>();
    for (const { academyCode, holidayZone, timeZone } of DEPARTMENTS)
      if (timeZone === 'Europe/Paris') zones.set(academyCode, (zones.get(academyCode) ?? new Set()).add(holidayZone));
    expect([...zones].filter(([, of]) => of.size !== 1)).toEqual([]);
    expect(zones.size).toBe(25);
  });

  it('are known by every spelling of their codes', () => {
    for (const [text, code] of [
      ['059', '59'],
      ['59', '59'],
      ['1', '01'],
      ['002', '02'],
      ['02A', '2A'],
      ['2b', '2B'],
      [' 974 ', '974'],
    ] as const)
      expect(departmentCodeOf(text)).toBe(code);
    for (const text of ['', '00', '20', '96', '099', '979', 'abc']) expect(departmentCodeOf(text)).toBeUndefined();
  });

  it('are told by the first digits of a UAI', () => {
    expect(departmentOfUai('0593690R')?.code).toBe('59');
    expect(departmentOfUai('6200001C')?.code).toBe('2A');
    expect(departmentOfUai('9740001X')).toMatchObject({ timeZone: 'Indian/Reunion', academyName: 'La Réunion' });
    expect(departmentOf('59')).toMatchObject({ academyName: 'Lille', regionName: 'Hauts-de-France', holidayZone: 'B' });
    expect(departmentOfUai('9990001X')).toBeUndefined();
  });
});

describe('half days', () => {
  it('are four whole days, with Wednesday morning in the second degree', () => {
    expect(FOUR_DAYS.toString(2)).toBe('1111001111');
    expect(FOUR_DAYS_AND_A_HALF - FOUR_DAYS).toBe(1 << 4);
    expect(openHalfDaysOf('primaire')).toBe(FOUR_DAYS);
    expect(openHalfDaysOf('erea')).toBe(FOUR_DAYS_AND_A_HALF);
  });
});
