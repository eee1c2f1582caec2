import { DomainError } from '../common/domain-error';
import { compileRule } from '../campaign/compiled-rule';
import { checkWishes, type ClassDays, mostFixedWindows, type Wish } from './wish.rules';

/** Monday 2 to Sunday 8 November 2026; closed on Wednesday, morning only on Friday. */
const days: ClassDays = {
  dates: ['2026-11-02', '2026-11-03', '2026-11-04', '2026-11-05', '2026-11-06', '2026-11-07', '2026-11-08'],
  firstWeekday: 1,
  openHalves: Uint8Array.of(3, 3, 0, 3, 1, 0, 0),
  rule: compileRule({
    audience: 'pupils',
    levelGroups: [],
    levels: [],
    activity: 'live',
    windowMinutes: 60,
    windowsPerDay: 2,
    windowsPerHalfDay: 1,
    windowsPerWeek: null,
    minimumGapMinutes: 30,
    hours: [{ weekdays: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }],
  }),
};
const wish = (fields: Partial<Wish> = {}): Wish => ({
  kind: 'wished',
  weekday: 1,
  on: null,
  startMinute: 540,
  endMinute: null,
  teacherKeyId: null,
  reason: null,
  ...fields,
});
const fixed = (fields: Partial<Wish> = {}) => wish({ kind: 'fixed', reason: 'a visit', ...fields });
const closed = (fields: Partial<Wish> = {}) => wish({ kind: 'closed', endMinute: 600, ...fields });

function refusal(...wishes: Wish[]): string | undefined {
  try {
    checkWishes(wishes, days);
    return undefined;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return error.code;
  }
}

describe('wishes', () => {
  it('are accepted by weekday and by date, wished, closed and fixed', () => {
    expect(
      refusal(
        wish(),
        wish({ weekday: null, on: '2026-11-03', teacherKeyId: 4 }),
        closed({ weekday: 2 }),
        fixed({ weekday: 4 }),
      ),
    ).toBeUndefined();
  });

  it('may ask for the last hour of the day, and close time until midnight', () => {
    expect(refusal(wish({ startMinute: 1380 }), closed({ startMinute: 1380, endMinute: 1440 }))).toBeUndefined();
  });

  it.each<[string, Wish[]]>([
    ['wish.off_grid', [wish({ startMinute: 541 })]],
    ['wish.off_grid', [closed({ endMinute: 601 })]],
    ['wish.over_midnight', [wish({ startMinute: 1385 })]],
    ['wish.over_midnight', [closed({ startMinute: 1200, endMinute: 60 })]],
    ['wish.end', [wish({ endMinute: 600 })]],
    ['wish.end', [closed({ endMinute: null })]],
    ['wish.teacher', [closed({ teacherKeyId: 1 })]],
    ['wish.day', [wish({ weekday: null })]],
    ['wish.day', [wish({ on: '2026-11-02' })]],
    ['wish.outside_campaign', [wish({ weekday: null, on: '2026-11-09' })]],
    ['wish.fixed_without_reason', [fixed({ reason: null })]],
    ['wish.fixed_without_reason', [fixed({ reason: '  ' })]],
    ['wish.fixed_on_closed_day', [fixed({ weekday: 3 })]],
    ['wish.fixed_on_closed_day', [fixed({ weekday: null, on: '2026-11-04' })]],
    ['wish.fixed_outside_hours', [fixed({ startMinute: 420 })]],
    ['wish.fixed_outside_hours', [fixed({ weekday: 5, startMinute: 840 })]],
    ['wish.fixed_in_closed_time', [fixed(), closed({ startMinute: 570, endMinute: 660 })]],
    ['wish.fixed_too_close', [fixed(), fixed({ startMinute: 620 })]],
    ['wish.fixed_too_close', [fixed(), fixed({ weekday: null, on: '2026-11-02', startMinute: 600 })]],
  ])('are refused with %s: %j', (code, wishes) => expect(refusal(...wishes)).toBe(code));

  it('are refused with their place in the list', () => {
    expect.assertions(1);
    try {
      checkWishes([wish(), wish({ startMinute: 1 })], days);
    } catch (error) {
      expect((error as DomainError).facts).toEqual({ index: 1 });
    }
  });
});

describe('the cap of fixed windows', () => {
  const cap = { fixedWindowsPerMille: 50, fixedWindowsPerWeekLeast: 2 };
  it('is a share of the windows, and two a week at least', () => {
    expect(mostFixedWindows(100, 7, 1, cap)).toBe(5);
    expect(mostFixedWindows(10, 7, 1, cap)).toBe(2);
    expect(mostFixedWindows(10, 8, 1, cap)).toBe(4);
    expect(mostFixedWindows(10, 3, 6, cap)).toBe(4);
  });
});
