import { parentPort } from 'node:worker_threads';
import { leastCapacityRatio } from '../kernel/allocation/least-capacity';
import type { AllocationProblem } from '../kernel/allocation/problem';

parentPort!.on('message', (problem: AllocationProblem) => parentPort!.postMessage(leastCapacityRatio(problem)));
