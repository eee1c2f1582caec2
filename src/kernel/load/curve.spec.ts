import fc from 'fast-check';
import { anyLoadParameters as anyParameters } from '../../../test/kernel/any-load-parameters';
import { curveByVisitors } from './check-curve';
import { addWindow, addWindows, emptyCurve } from './curve';
import { buildProfile } from './profile';

describe('load curve', () => {
  it('agrees with the curve counted window by window, also where windows reach over its ends', () => {
    const window = fc.record({
      startCell: fc.integer({ min: 90, max: 150 }),
      windowCells: fc.integer({ min: 1, max: 12 }),
      headcount: fc.integer({ min: 0, max: 1500 }),
      parameters: anyParameters,
    });
    fc.assert(
      fc.property(fc.array(window, { maxLength: 8 }), (windows) => {
        const curve = emptyCurve(100, 40);
        for (const { startCell, windowCells, headcount, parameters } of windows) {
          const profile = buildProfile(parameters, windowCells);
          addWindows(curve, [startCell], [headcount * parameters.participationPerMille], profile);
        }
        expect(curve).toEqual(curveByVisitors(100, 40, windows));
      }),
    );
  });

  it('is empty again when its windows are taken away', () => {
    const profile = buildProfile(
      {
        participationPerMille: 500,
        arrival: { shape: 'spread', earlyPerMille: 100, firstPerMille: 200 },
        stay: [1000, 700, 300],
        logOutPerMille: 400,
        idleMinutes: 20,
      },
      6,
    );
    const curve = emptyCurve(0, 20);
    addWindow(curve, 4, 12_345, profile);
    addWindow(curve, 4, 12_345, profile, -1);
    expect(curve).toEqual(emptyCurve(0, 20));
  });
});
