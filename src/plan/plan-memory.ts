/** What a plan remembered of earlier weeks when it was computed: one entry per class that it treats otherwise for it. */
export interface PlanMemory {
  classId: Int32Array;
  /** Weight w of displacement squared; 1 for all classes that are not named. */
  weight: Float64Array;
  /** Most displacement that its windows may have, -1 where nothing but the cap of the plan limits it. */
  limitMinutes: Int32Array;
}

/** The same of one class. */
export interface ClassMemory {
  weight: number;
  /** Null for none. */
  limitMinutes: number | null;
}

export const NO_MEMORY: ClassMemory = { weight: 1, limitMinutes: null };
