import { parentPort } from 'node:worker_threads';
import type { AllocationProblem } from '../kernel/allocation/problem';
import { leftOutCounts } from './left-out.rules';

parentPort!.on('message', (problem: AllocationProblem) => parentPort!.postMessage(leftOutCounts(problem)));
