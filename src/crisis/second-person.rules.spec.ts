import type { StepMeasures } from '../protection/protection-step';
import type { StepRow } from '../protection/protection.store';
import { countedTogether, prolongsGlass, sortsOf } from './second-person.rules';

const NOTHING: StepMeasures = {
  defersRelatives: false,
  relativesHours: null,
  isLiveOnly: false,
  walkInPerMille: 1000,
  idleMinutes: null,
  featuresOff: [],
  capacityPerMille: 1000,
};
const at = (clock: string): Date => new Date(`2026-12-07T${clock}:00Z`);
const step = (from: string, to: string, measures: Partial<StepMeasures>, more: Partial<StepRow> = {}): StepRow =>
  ({
    startsAt: at(from),
    endsAt: at(to),
    measures: { ...NOTHING, ...measures },
    state: 'in_force',
    isRegional: false,
    isBreakGlass: false,
    ...more,
  }) as StepRow;

describe('sorts of measures', () => {
  it('are those that a step has, and by hand for one without any', () => {
    expect([...sortsOf({ ...NOTHING, isLiveOnly: true, idleMinutes: 5 })]).toEqual(['live_only', 'idle']);
    expect([...sortsOf(NOTHING)]).toEqual(['by_hand']);
  });
});

describe('steps that count together', () => {
  const asked = step('08:00', '12:00', { defersRelatives: true });
  it.each([
    ['at the same time', step('07:00', '08:30', { defersRelatives: true }), 1],
    ['before it', step('07:00', '08:00', { defersRelatives: true }), 0],
    ['of another sort', step('08:00', '12:00', { idleMinutes: 5 }), 0],
    ['of two sorts', step('08:00', '12:00', { idleMinutes: 5, defersRelatives: true }), 1],
    [
      'of the whole region, which has its own rule',
      step('08:00', '12:00', { defersRelatives: true }, { isRegional: true }),
      0,
    ],
    ['that wait', step('08:00', '12:00', { defersRelatives: true }, { state: 'proposed' }), 0],
    ['that were taken back', step('08:00', '12:00', { defersRelatives: true }, { state: 'undone' }), 0],
  ])('%s', (_, other, count) => expect(countedTogether(asked, [other])).toHaveLength(count));
});

describe('a glass', () => {
  const first = step('07:10', '07:40', { defersRelatives: true }, { isBreakGlass: true });
  it.each([
    ['after it', step('07:40', '08:10', { defersRelatives: true }), true],
    ['after it, of another sort', step('07:40', '08:10', { idleMinutes: 5 }), true],
    ['before it', step('06:30', '07:00', { defersRelatives: true }), true],
    ['beside it, of the same sort', step('07:30', '08:00', { defersRelatives: true }), true],
    ['beside it, of another sort', step('07:20', '07:50', { idleMinutes: 5 }), false],
  ])('%s', (_, other, isRefused) => expect(prolongsGlass(other, [first])).toBe(isRefused));

  it('counts when it was taken back, and no more the next day', () => {
    const undone: StepRow = { ...first, state: 'undone', endsAt: at('07:12') };
    expect(prolongsGlass(step('07:13', '07:43', { defersRelatives: true }), [undone])).toBe(true);
    const next = { ...first, startsAt: new Date('2026-12-08T07:10:00Z'), endsAt: new Date('2026-12-08T07:40:00Z') };
    expect(prolongsGlass(next, [first])).toBe(false);
  });
});
