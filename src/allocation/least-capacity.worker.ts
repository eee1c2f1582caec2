import { parentPort, workerData } from 'node:worker_threads';
import { leastCapacityRatio } from '../kernel/allocation/least-capacity';
import type { AllocationProblem } from '../kernel/allocation/problem';

parentPort!.postMessage(leastCapacityRatio(workerData as AllocationProblem));
