import type { AllocationProblem } from './problem';

/**
 * What the solver derives once from the columns: trimmed profiles, and *kinds*: the distinct pairs of a load shape
 * (profile and repetitions) and a list of usable starts. Thousands of classes share a few dozen kinds, so everything that
 * depends on prices alone is computed per kind.
 */
export interface AllocationModel {
  problem: AllocationProblem;
  sessions: TrimmedProfiles;
  logins: TrimmedProfiles;

  /** Shapes: a profile with a set of repetitions. */
  shapeCount: number;
  shapeProfile: Int32Array;
  shapeOccurrences: Int32Array;
  /** Starts that any kind of the shape may take: [shapeFirst, shapeLast]. */
  shapeFirst: Int32Array;
  shapeLast: Int32Array;

  kindCount: number;
  kindShape: Int32Array;
  /** Usable starts of kind k, ascending: [kindOffset[k], kindOffset[k + 1]) of `kindStart`. */
  kindOffset: Int32Array;
  kindStart: Int32Array;
  demandKind: Int32Array;
}

/** Profiles without their empty ends: shares (1 = all visitors) from cell `first` relative to the start. */
export interface TrimmedProfiles {
  from: Int32Array;
  to: Int32Array;
  first: Int32Array;
  share: Float64Array;
}

/** Derives the model. Starts that load a cell without any room are left out: no plan can use them. */
export function buildModel(problem: AllocationProblem): AllocationModel {
  const sessions = trimProfiles(problem.profileOffset, problem.profileSessionsPerMille);
  const logins = trimProfiles(problem.profileOffset, problem.profileLoginsPerMille);
  const setOf = internSets(problem);

  const shapeOf = new Map<number, number>();
  const shapeProfile: number[] = [];
  const shapeOccurrences: number[] = [];
  const kindOf = new Map<number, number>();
  const kindShape: number[] = [];
  const kindSet: number[] = [];
  const demandKind = new Int32Array(problem.demandCount);
  const occurrenceSets = problem.occurrenceOffset.length - 1;
  const sets = problem.candidateOffset.length - 1;
  for (let i = 0; i < problem.demandCount; i++) {
    const shapeKey = problem.demandProfile[i]! * occurrenceSets + problem.demandOccurrences[i]!;
    let shape = shapeOf.get(shapeKey);
    if (shape === undefined) {
      shape = shapeProfile.length;
      shapeOf.set(shapeKey, shape);
      shapeProfile.push(problem.demandProfile[i]!);
      shapeOccurrences.push(problem.demandOccurrences[i]!);
    }
    const set = setOf[problem.demandCandidates[i]!]!;
    const kindKey = shape * sets + set;
    let kind = kindOf.get(kindKey);
    if (kind === undefined) {
      kind = kindShape.length;
      kindOf.set(kindKey, kind);
      kindShape.push(shape);
      kindSet.push(set);
    }
    demandKind[i] = kind;
  }
  const model: AllocationModel = {
    problem,
    sessions,
    logins,
    shapeCount: shapeProfile.length,
    shapeProfile: Int32Array.from(shapeProfile),
    shapeOccurrences: Int32Array.from(shapeOccurrences),
    shapeFirst: new Int32Array(shapeProfile.length).fill(problem.cellCount),
    shapeLast: new Int32Array(shapeProfile.length).fill(-1),
    kindCount: kindShape.length,
    kindShape: Int32Array.from(kindShape),
    kindOffset: new Int32Array(kindShape.length + 1),
    kindStart: new Int32Array(0),
    demandKind,
  };
  fillKinds(model, kindSet);
  return model;
}

function fillKinds(model: AllocationModel, kindSet: number[]): void {
  const { problem } = model;
  const usable: number[] = [];
  for (let kind = 0; kind < model.kindCount; kind++) {
    const shape = model.kindShape[kind]!;
    const set = kindSet[kind]!;
    for (let k = problem.candidateOffset[set]!; k < problem.candidateOffset[set + 1]!; k++) {
      const start = problem.candidateCell[k]!;
      if (!isOpen(model, shape, start)) continue;
      usable.push(start);
      model.shapeFirst[shape] = Math.min(model.shapeFirst[shape]!, start);
      model.shapeLast[shape] = Math.max(model.shapeLast[shape]!, start);
    }
    model.kindOffset[kind + 1] = usable.length;
  }
  model.kindStart = Int32Array.from(usable);
}

function isOpen(model: AllocationModel, shape: number, start: number): boolean {
  const { problem, sessions, logins } = model;
  const profile = model.shapeProfile[shape]!;
  const occurrences = model.shapeOccurrences[shape]!;
  for (let o = problem.occurrenceOffset[occurrences]!; o < problem.occurrenceOffset[occurrences + 1]!; o++) {
    const at = start + problem.occurrenceShift[o]!;
    if (meetsClosedCell(sessions, profile, at, problem.sessionLimit)) return false;
    if (meetsClosedCell(logins, profile, at, problem.loginLimit)) return false;
  }
  return true;
}

function meetsClosedCell(profiles: TrimmedProfiles, profile: number, at: number, limit: Float64Array): boolean {
  let cell = at + profiles.first[profile]!;
  for (let k = profiles.from[profile]!; k < profiles.to[profile]!; k++, cell++) {
    if (profiles.share[k]! > 0 && limit[cell]! <= 0) return true;
  }
  return false;
}

function trimProfiles(offset: Int32Array, perMille: Int32Array): TrimmedProfiles {
  const count = offset.length - 1;
  const from = new Int32Array(count);
  const to = new Int32Array(count);
  const first = new Int32Array(count);
  for (let profile = 0; profile < count; profile++) {
    let low = offset[profile]!;
    let high = offset[profile + 1]!;
    while (low < high && perMille[low] === 0) low++;
    while (high > low && perMille[high - 1] === 0) high--;
    from[profile] = low;
    to[profile] = high;
    first[profile] = low - offset[profile]! - 1;
  }
  return { from, to, first, share: Float64Array.from(perMille, (value) => value / 1000) };
}

/** The first set with the same starts, for each candidate set. */
function internSets({ candidateOffset, candidateCell }: AllocationProblem): Int32Array {
  const count = candidateOffset.length - 1;
  const same = new Int32Array(count);
  const byHash = new Map<number, number[]>();
  for (let set = 0; set < count; set++) {
    const from = candidateOffset[set]!;
    const to = candidateOffset[set + 1]!;
    let hash = 0x811c9dc5;
    for (let k = from; k < to; k++) hash = Math.imul(hash ^ candidateCell[k]!, 0x01000193);
    const bucket = byHash.get(hash);
    const twin = bucket?.find((other) => {
      const otherFrom = candidateOffset[other]!;
      if (candidateOffset[other + 1]! - otherFrom !== to - from) return false;
      for (let k = 0; k < to - from; k++) if (candidateCell[otherFrom + k] !== candidateCell[from + k]) return false;
      return true;
    });
    same[set] = twin ?? set;
    if (twin === undefined) {
      if (bucket) bucket.push(set);
      else byHash.set(hash, [set]);
    }
  }
  return same;
}
