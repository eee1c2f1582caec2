import type { CivilDate } from '../common/civil-time';
import type { DemoScale } from '../common/config';
import type { OnProgress } from '../common/progress';

export interface DemonstrationOptions {
  scale: DemoScale;
  /** 1 where absent: the same scale and seed give the same region. */
  seed?: number | undefined;
  onProgress?: OnProgress | undefined;
  signal?: AbortSignal | undefined;
}

export interface Demonstration {
  platformId: number;
  campaignId: number;
  planId: number;
  /** Monday of the week that is planned. */
  startsOn: CivilDate;
  /** An establishment to look at. */
  exampleUai: string;
  /** False where everything stood already. */
  isNew: boolean;
}
