import { parentPort, workerData } from 'node:worker_threads';
import type { StormProblem } from '../kernel/simulation/storm-problem';
import { simulatedVariant } from './simulated-variant';

const { problems, seed } = workerData as { problems: StormProblem[]; seed: number };
for (const problem of problems) parentPort!.postMessage(simulatedVariant(problem, seed));
