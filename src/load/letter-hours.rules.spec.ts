import { letterHours } from './letter-hours.rules';

describe('the letter by level', () => {
  it('gives each level of the second degree its hours, and nothing to first-degree schools', () => {
    expect(letterHours(['6E'])).toEqual({ fromMinute: 510, toMinute: 630 });
    expect(letterHours(['CAP1'])).toEqual({ fromMinute: 480, toMinute: 660 });
    expect(letterHours(['1GT'])).toEqual({ fromMinute: 660, toMinute: 840 });
    expect(letterHours(['TPRO'])).toEqual({ fromMinute: 840, toMinute: 1020 });
    expect(letterHours(['POSTBAC'])).toEqual({ fromMinute: 1020, toMinute: 1200 });
    expect(letterHours(['CM1', 'CM2'])).toBeUndefined();
  });

  it('gives a class of several levels the hours of the oldest one that it names', () => {
    expect(letterHours(['6E', '5E', 'ULIS_COLLEGE'])).toEqual({ fromMinute: 630, toMinute: 750 });
  });
});
