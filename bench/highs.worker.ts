import loadHighs from 'highs';
import { parentPort, workerData } from 'node:worker_threads';
import type { HighsAnswer, HighsTask } from './highs-thread';

/** Solves one model: HiGHS blocks its thread until it has an answer or its time is over. */
async function solve({ model: source, timeLimitSeconds }: HighsTask): Promise<HighsAnswer> {
  const highs = await loadHighs();
  return highs.withModel(source, (model) => {
    model.options.set({ time_limit: timeLimitSeconds, output_flag: false, random_seed: 1 });
    const from = performance.now();
    const cpuFrom = process.cpuUsage();
    model.run();
    const wallSeconds = (performance.now() - from) / 1000;
    const cpu = process.cpuUsage(cpuFrom);
    const hasSolution = model.info.get('primal_solution_status') === FEASIBLE;
    const isIntegral = source.integrality !== undefined;
    const isOptimal = model.getModelStatus() === OPTIMAL;
    const bound = isIntegral ? Number(model.info.get('mip_dual_bound')) : isOptimal ? model.getObjectiveValue() : null;
    return {
      wallSeconds,
      cpuSeconds: (cpu.user + cpu.system) / 1e6,
      isOptimal,
      objective: hasSolution ? model.getObjectiveValue() : null,
      bound: bound !== null && Number.isFinite(bound) ? Math.max(0, bound) : null,
      value: hasSolution ? model.getSolution().colValue : null,
    };
  });
}

const FEASIBLE = 2;
const OPTIMAL = 7;

void solve(workerData as HighsTask).then((answer) => parentPort!.postMessage(answer));
