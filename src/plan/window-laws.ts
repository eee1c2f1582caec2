import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { WindowChange } from './sequencer.rules';

/** Asked about the changes of each request of a batch, in their order; it remembers those that it let pass. @throws DomainError to refuse them */
export type WindowJudge = (changes: readonly WindowChange[]) => void;

/** A law of a room above over single published windows. */
export interface WindowLaw {
  /** Whether there is anything to ask at this moment: one cheap look for each batch, which leaves with its other reads. */
  stands(tx: EntityManager, platformId: number, now: Date): Promise<boolean>;
  /** The judge of a batch, where there is. @param owners whose windows may change */
  judge(
    tx: EntityManager,
    platformId: number,
    owners: { classIds: readonly number[]; establishmentIds: readonly number[] },
    now: Date,
  ): Promise<WindowJudge>;
}

/** How rooms above forbid a change of single windows, under the platform's lock and without being known here. */
@Injectable()
export class WindowLaws {
  private readonly laws: WindowLaw[] = [];

  add(law: WindowLaw): void {
    this.laws.push(law);
  }

  /** Those that have something to ask. */
  async standing(tx: EntityManager, platformId: number, now: Date): Promise<WindowLaw[]> {
    const stand = await Promise.all(this.laws.map((law) => law.stands(tx, platformId, now)));
    return this.laws.filter((_, k) => stand[k]);
  }
}
