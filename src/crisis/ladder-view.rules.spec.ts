import { BASELINE, effectOf, TRIAL } from './ladder-view.rules';

type Simulated = NonNullable<Parameters<typeof effectOf>[1]>;

const scope = { territories: [], establishmentKinds: [], levels: [], profiles: [] };
const measures = {
  defersRelatives: false,
  relativesHours: null,
  isLiveOnly: true,
  walkInPerMille: 1000,
  idleMinutes: null,
  featuresOff: [],
  capacityPerMille: 1000,
};
const at = (clock: string): Date => new Date(`2026-12-07T${clock}:00+01:00`);
const steps = [{ scope, measures, startsAt: at('08:30').toISOString(), endsAt: at('09:30').toISOString() }];
const simulated = {
  hasWaitingRoom: false,
  variants: [
    { name: BASELINE, steps: [] },
    { name: TRIAL, steps },
  ],
} as unknown as Simulated;

describe('the effect of a step', () => {
  it.each([
    ['08:30', true],
    ['08:45', true],
    ['08:46', false],
    ['18:00', false],
  ])('that begins at %s is known of one of 8:30: %s', (clock, isKnown) => {
    const effect = effectOf(TRIAL, simulated, { scope, measures, minutes: 60, startsAt: at(clock) });
    expect(effect !== null).toBe(isKnown);
  });
});
