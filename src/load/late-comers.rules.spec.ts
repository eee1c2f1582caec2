import { behaviourOf, defaultLoadModel } from '../campaign/load-model.rules';
import { emptyCurve } from '../kernel/load/curve';
import { curveByVisitors } from '../kernel/load/check-curve';
import { addLateComers } from './late-comers.rules';

const model = defaultLoadModel('remote');

describe('the share kept for those who come late', () => {
  it('is the load of an open window in the evening of the share that missed its own', () => {
    const curve = emptyCurve(1000, 200);
    // 40 classes of 25 at 500 per mille, of whom 150 per mille come back
    addLateComers(
      curve,
      [{ audience: 'pupils', levelGroup: 'elementary', scale: 40 * 25 * 500 }],
      model,
      150,
      1100,
      30,
    );
    const parameters = behaviourOf(model, 'pupils', 'elementary', 'open');
    const expected = curveByVisitors(1000, 200, [
      { startCell: 1100, windowCells: 30, headcount: 150, parameters: { ...parameters, participationPerMille: 500 } },
    ]);
    expect(curve).toEqual(expected);
    expect(curve.logins.reduce((sum, load) => sum + load, 0) / 1000).toBeCloseTo(75, 0);
  });

  it('is nothing where nobody is expected or nobody misses a window', () => {
    const curve = emptyCurve(1000, 200);
    addLateComers(curve, [{ audience: 'relatives', levelGroup: null, scale: 0 }], model, 150, 1100, 30);
    addLateComers(curve, [{ audience: 'relatives', levelGroup: null, scale: 10_000 }], model, 0, 1100, 30);
    expect(curve).toEqual(emptyCurve(1000, 200));
  });
});
