/** What the rules of the campaign give way by, and what single laws do. */
export type RelaxationKind =
  | 'wider_hours'
  | 'shorter_windows'
  | 'fewer_windows'
  | 'lower_participation'
  | 'lift_closed_times'
  | 'lift_fixed_windows'
  | 'lift_gaps'
  | 'lift_site_limits'
  | 'lift_teachers'
  | 'lift_groups';

/** What gives way, instead of the capacity or where no capacity helps, and how far everybody would have a place then. */
export interface Relaxation {
  kind: RelaxationKind;
  /** What is in the way: the capacity, or the laws between windows, hours and closed times whatever the capacity. */
  cause: 'capacity' | 'laws';
  /**
   * Minutes more a day; per mille of the length of windows that is kept; most windows a week; per mille of the visitors who come; where
   * a law is lifted, the establishments concerned.
   */
  amount: number;
  /** The certified least capacity as a multiple of the limits, once this has given way; null where the cause is not the capacity. */
  leastCapacityRatio: number | null;
  /** Windows that no capacity would give a place even so, against `leftOutBefore` as things are; null where the cause is the capacity. */
  leftOutCount: number | null;
  leftOutBefore: number | null;
  isEnough: boolean;
  /** Share of the time in windows, or of the visitors, that is given up. */
  lossRatio: number;
  /** The establishments concerned where the cause is not the capacity, at most twenty. */
  uais: string[];
}
