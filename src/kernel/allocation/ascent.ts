/** A concave function on x >= 0: returns its value and writes its gradient. */
export type ConcaveFunction = (x: Float64Array, gradient: Float64Array) => number;

const MEMORY = 12;
const LINE_STEPS = 25;
/** Armijo's share of the first-order gain that a step must keep. */
const SUFFICIENT_GAIN = 1e-4;

/**
 * Raises a smooth concave function over x >= 0 from `x` (changed in place) by limited-memory BFGS with two-metric
 * projection (Bertsekas 1982): coordinates held at zero by their gradient are left out of the metric.
 * Ends after `iterations` accepted steps, or when no step gains. `onStep` sees every accepted point; false ends the run.
 */
export function ascend(evaluate: ConcaveFunction, x: Float64Array, iterations: number, onStep?: () => boolean): number {
  const size = x.length;
  let gradient = new Float64Array(size);
  let trialGradient = new Float64Array(size);
  const trial = new Float64Array(size);
  const direction = new Float64Array(size);
  const steps: Float64Array[] = [];
  const changes: Float64Array[] = [];
  const curvatures: number[] = [];
  const alpha = new Float64Array(MEMORY);
  let value = evaluate(x, gradient);

  for (let iteration = 0; iteration < iterations; iteration++) {
    for (let j = 0; j < size; j++) direction[j] = x[j]! <= 0 && gradient[j]! <= 0 ? 0 : gradient[j]!;
    const steepest = dot(direction, direction);
    if (steepest === 0) break;
    for (let m = steps.length - 1; m >= 0; m--) {
      alpha[m] = dot(steps[m]!, direction) / curvatures[m]!;
      addScaled(direction, changes[m]!, -alpha[m]!);
    }
    const last = steps.length - 1;
    if (last >= 0) scale(direction, curvatures[last]! / dot(changes[last]!, changes[last]!));
    for (let m = 0; m < steps.length; m++) {
      addScaled(direction, steps[m]!, alpha[m]! - dot(changes[m]!, direction) / curvatures[m]!);
    }
    for (let j = 0; j < size; j++) if (x[j]! <= 0 && gradient[j]! <= 0) direction[j] = 0;
    let length = 1;
    if (last < 0) length = firstStep(x, steepest);
    if (!(dot(direction, gradient) > 0)) {
      if (last < 0) break;
      steps.length = changes.length = curvatures.length = 0;
      continue;
    }

    let gained = false;
    let trialValue = value;
    for (let attempt = 0; attempt < LINE_STEPS; attempt++) {
      let expected = 0;
      for (let j = 0; j < size; j++) {
        trial[j] = Math.max(0, x[j]! + length * direction[j]!);
        expected += gradient[j]! * (trial[j]! - x[j]!);
      }
      trialValue = evaluate(trial, trialGradient);
      if (expected > 0 && trialValue >= value + SUFFICIENT_GAIN * expected) {
        gained = true;
        break;
      }
      length *= attempt < 3 ? 0.5 : 0.2;
    }
    if (!gained) {
      if (last < 0) break;
      steps.length = changes.length = curvatures.length = 0;
      continue;
    }
    const full = steps.length === MEMORY;
    const step = full ? steps.shift()! : new Float64Array(size);
    const change = full ? changes.shift()! : new Float64Array(size);
    if (full) curvatures.shift();
    for (let j = 0; j < size; j++) {
      step[j] = trial[j]! - x[j]!;
      change[j] = gradient[j]! - trialGradient[j]!;
    }
    const curvature = dot(step, change);
    if (curvature > 1e-12 * dot(change, change) * 1e-6 && curvature > 0) {
      steps.push(step);
      changes.push(change);
      curvatures.push(curvature);
    }
    x.set(trial);
    value = trialValue;
    [gradient, trialGradient] = [trialGradient, gradient];
    if (onStep && !onStep()) break;
  }
  return value;
}

function firstStep(x: Float64Array, steepest: number): number {
  const length = Math.sqrt(dot(x, x));
  return (0.1 * (length > 0 ? length : 1)) / Math.sqrt(steepest);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}

function addScaled(a: Float64Array, b: Float64Array, times: number): void {
  for (let j = 0; j < a.length; j++) a[j]! += times * b[j]!;
}

function scale(a: Float64Array, times: number): void {
  for (let j = 0; j < a.length; j++) a[j]! *= times;
}
