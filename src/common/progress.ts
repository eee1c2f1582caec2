/** What a long work says of itself; `totalCount` 0 means that the end is not known yet. */
export interface Progress {
  phase: string;
  doneCount: number;
  totalCount: number;
  /** Further figures of the moment (bound, gap, refused lines ...). */
  figures?: Record<string, number>;
}
export type OnProgress = (progress: Progress) => void;
export const unheard: OnProgress = () => undefined;
