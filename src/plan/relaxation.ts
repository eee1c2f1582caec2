export type RelaxationKind = 'wider_hours' | 'shorter_windows' | 'fewer_windows' | 'lower_participation';

/** What gives way instead of the capacity, and how far the limits would do then. */
export interface Relaxation {
  kind: RelaxationKind;
  /** Minutes more a day; per mille of the length of windows that is kept; most windows a week; per mille of the visitors who come. */
  amount: number;
  /** The certified least capacity as a multiple of the limits, once this has given way. */
  leastCapacityRatio: number;
  isEnough: boolean;
  /** Share of the time in windows, or of the visitors, that is given up. */
  lossRatio: number;
}
