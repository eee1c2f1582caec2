import { compileRule } from '../campaign/compiled-rule';
import { type ClassDay, dayWindows, type StatedStart } from './day-windows.rules';

const day = (fields: Partial<ClassDay> & { activity?: 'open' | 'live' } = {}): ClassDay => ({
  rule: compileRule({
    audience: 'pupils',
    levelGroups: [],
    levels: [],
    activity: fields.activity ?? 'live',
    windowMinutes: 60,
    windowsPerDay: 2,
    windowsPerHalfDay: 1,
    windowsPerWeek: null,
    minimumGapMinutes: 30,
    hours: [
      { weekdays: [1], from: '08:00', to: '12:00' },
      { weekdays: [1], from: '13:30', to: '17:00' },
    ],
  }),
  weekday: 1,
  openHalves: 3,
  windowCount: 2,
  isGroup: false,
  ...fields,
});
const at = (
  startMinute: number,
  kind: 'wished' | 'fixed' = 'wished',
  teacherKeyId: number | null = null,
): StatedStart => ({
  kind,
  startMinute,
  teacherKeyId,
});
const wishes = (asked: ClassDay, ...stated: StatedStart[]) =>
  dayWindows(asked, stated).map(({ wishMinute }) => wishMinute);

describe('the windows of a day', () => {
  it('wish the stated starts in the order of the day, each with its teacher', () => {
    expect(dayWindows(day(), [at(900, 'wished', 7), at(540)])).toEqual([
      { wishMinute: 540, isStated: true, isFixed: false, teacherKeyId: null },
      { wishMinute: 900, isStated: true, isFixed: false, teacherKeyId: 7 },
    ]);
  });

  it('wish the first lessons where a live class states nothing, and nothing where it is open', () => {
    expect(wishes(day())).toEqual([480, 810]);
    expect(wishes(day({ activity: 'open' }))).toEqual([null, null]);
  });

  it('fill up with the ordinary hours that are left', () => {
    expect(wishes(day(), at(540))).toEqual([540, 810]);
    expect(wishes(day(), at(900))).toEqual([480, 900]);
    expect(wishes(day({ activity: 'open' }), at(900))).toEqual([900, null]);
  });

  it('are no more than the rule gives, but every fixed one is there', () => {
    expect(wishes(day({ windowCount: 1 }), at(540), at(600), at(660))).toEqual([540]);
    expect(wishes(day({ windowCount: 1 }), at(540), at(600, 'fixed'), at(840, 'fixed'))).toEqual([600, 840]);
    expect(wishes(day(), at(540), at(600), at(840, 'fixed'))).toEqual([540, 840]);
  });

  it('are none on a day without windows, and those stated alone for a group', () => {
    expect(wishes(day({ windowCount: 0 }), at(540, 'fixed'))).toEqual([]);
    expect(wishes(day({ isGroup: true }))).toEqual([]);
    expect(wishes(day({ isGroup: true }), at(540))).toEqual([540]);
  });
});
