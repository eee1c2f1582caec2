import type { PartAnswer, PartTask } from './part-tasks';
import type { Part } from './parts';
import type { PartFigures } from './place';
import type { Allocation, AllocationProgress, Starts } from './problem';

/** How far a run has come, and what is known of its parts: the share of each task of a batch, the bound and the plan of each part. */
export interface RunProgress {
  /** A batch of tasks begins. */
  begin(wanted: readonly PartTask[]): void;
  /** Task k of the batch has come so far. */
  hear(k: number, phase: AllocationProgress['phase'], share: number, figures?: PartFigures): void;
  /** Task k of the batch is done. */
  end(k: number, answer: PartAnswer): void;
}

export function runProgress(parts: readonly Part[], tell: (progress: AllocationProgress) => void): RunProgress {
  const known: PartFigures[] = parts.map(() => ({}));
  let batch: readonly PartTask[] = [];
  let shares = new Float64Array(0);
  return {
    begin(wanted) {
      batch = wanted;
      shares = new Float64Array(wanted.length);
    },
    hear(k, phase, share, figures) {
      shares[k] = share;
      Object.assign(known[batch[k]!.part]!, figures);
      tell({ phase, ...shareDone(parts, batch, shares), ...figuresOf(known) });
    },
    end(k, answer) {
      shares[k] = 1;
      if (answer.kind === 'bound') return;
      const { part } = batch[k]!;
      if (answer.kind !== 'solve') known[part] = {};
      else {
        const { lowerBound, objective, starts } = answer;
        known[part] = isComplete(starts) ? { lowerBound, objective, overCellCount: 0 } : { lowerBound };
      }
    },
  };
}

/** The last word of a run: its plan. The bound is one of complete plans: where somebody is left out there is no gap to it. */
export function progressOfPlan({ starts, objective, objectiveLowerBound }: Allocation): AllocationProgress {
  const count = { doneCount: starts.length, totalCount: starts.length };
  const told = { phase: 'polish' as const, ...count, lowerBound: objectiveLowerBound };
  if (!isComplete(starts)) return told;
  return {
    ...told,
    objective,
    overCellCount: 0,
    ...(objectiveLowerBound > 0 ? { gapRatio: objective / objectiveLowerBound - 1 } : {}),
  };
}

const isComplete = (starts: Starts): boolean => starts.every((start) => start >= 0);

/** Demands done when these shares of the tasks of a batch are. */
function shareDone(parts: readonly Part[], wanted: readonly PartTask[], shares: Float64Array) {
  let doneCount = 0;
  let totalCount = 0;
  wanted.forEach((task, k) => {
    const count = parts[task.part]!.demand.length;
    totalCount += count;
    doneCount += Math.floor(shares[k]! * count);
  });
  return { doneCount, totalCount };
}

/** Displacement is never below nothing, so what is proven of some parts holds for all together. */
function figuresOf(known: readonly PartFigures[]): Partial<AllocationProgress> {
  const figures: Partial<AllocationProgress> = {};
  const bounded = known.filter(({ lowerBound }) => lowerBound !== undefined);
  if (bounded.length === 0) return figures;
  const sum = (of: readonly PartFigures[], name: keyof PartFigures) =>
    of.reduce((total, part) => total + Math.max(0, part[name]!), 0);
  figures.lowerBound = sum(bounded, 'lowerBound');
  const planned = bounded.filter(({ objective }) => objective !== undefined);
  if (planned.length === 0) return figures;
  figures.overCellCount = sum(planned, 'overCellCount');
  if (planned.length === known.length) figures.objective = sum(planned, 'objective');
  const least = sum(planned, 'lowerBound');
  if (least > 0) figures.gapRatio = sum(planned, 'objective') / least - 1;
  return figures;
}
