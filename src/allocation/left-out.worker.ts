import { parentPort, workerData } from 'node:worker_threads';
import type { AllocationProblem } from '../kernel/allocation/problem';
import { leftOutCounts } from './left-out.rules';

parentPort!.postMessage(leftOutCounts(workerData as AllocationProblem));
