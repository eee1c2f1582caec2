import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/actor';
import { CapacityService } from '../capacity/capacity.service';
import { RegulationService } from '../capacity/regulation.service';
import { advisoryLock, inTransaction } from '../common/database';
import { CELL_MINUTES, cellOfSeconds, LOAD_SCALE, secondsOfCell } from '../kernel/cell-grid';
import { type CapacityNotice, type Declared, isAnswered } from './capacity-notice.rules';
import { LeastChange } from './least-change.service';
import { MeasurementService } from './measurement.service';
import { CapacityNoticeGone } from './protection.errors';

const USUAL_HOURS = 4;
const HOUR_MILLISECONDS = 3_600_000;

/** What was done with a capacity notice. */
export interface ApprovedCapacity {
  regulationId: number | null;
  capacityStepId: number | null;
  /** The campaigns whose plans are replanned. */
  campaignIds: number[];
}

/** Does what a capacity notice proposes, on the word of a person. */
@Injectable()
export class CapacityApproval {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly capacity: CapacityService,
    private readonly regulations: RegulationService,
    private readonly measurements: MeasurementService,
    private readonly leastChange: LeastChange,
  ) {}

  /**
   * `too_high`: a regulation from now to `endsAt` (four hours unless said) that leaves what was observed to hold of what the notice is
   * about. `too_low`: a capacity step from now on with what was held. What the notice leaves alone stays as declared. Either is followed
   * by a least-change replan.
   *
   * @throws NotFoundError, CapacityNoticeGone where the service says no such thing now
   */
  async approve(
    actor: Actor,
    platformId: number,
    asked: { kind: CapacityNotice['kind']; about?: Declared | undefined; endsAt?: Date | undefined; reason: string },
    now: Date,
  ): Promise<ApprovedCapacity> {
    const { notice } = await this.measurements.proposal(actor, platformId, now);
    if (notice?.kind !== asked.kind || (asked.about ?? notice.about) !== notice.about)
      throw new CapacityNoticeGone(asked.kind);
    const cell = cellOfSeconds(now.getTime() / 1000);
    const startsAt = new Date(secondsOfCell(cell) * 1000);
    const { reason } = asked;
    const done: ApprovedCapacity = { regulationId: null, capacityStepId: null, campaignIds: [] };
    await inTransaction(this.database, async (tx) => {
      await advisoryLock(tx, 'platform', platformId);
      const cells = await this.capacity.cells(platformId, cell, 1, tx);
      const planned = {
        sessions: cells.plannedSessions[0]! / LOAD_SCALE,
        logins: cells.plannedLogins[0]! / LOAD_SCALE / CELL_MINUTES,
      };
      const effective = {
        sessions: cells.effectiveSessions[0]! / LOAD_SCALE,
        logins: cells.effectiveLogins[0]! / LOAD_SCALE / CELL_MINUTES,
      };
      // somebody else has approved it while this waited
      if (isAnswered(notice, effective)) throw new CapacityNoticeGone(asked.kind);
      if (notice.kind === 'too_high') {
        const endsAt = asked.endsAt ?? new Date(startsAt.getTime() + USUAL_HOURS * HOUR_MILLISECONDS);
        const observed = notice.about === 'sessions' ? notice.observedSessions : notice.observedLogins!;
        const left = Math.floor((observed * 1000) / planned[notice.about]);
        const sessionsPerMille = notice.sessionsPerMille === null ? 1000 : left;
        const loginsPerMille = notice.loginsPerMille === null ? 1000 : left;
        done.regulationId = (
          await this.regulations.add(
            actor,
            platformId,
            { startsAt, endsAt, sessionsPerMille, loginsPerMille, reason },
            tx,
          )
        ).id;
      } else {
        // under a regulation it is what stands before it that rises
        const declared = (held: number | null, its: Declared): number =>
          Math.round(held === null ? planned[its] : (held * planned[its]) / effective[its]);
        const concurrentSessions = declared(notice.concurrentSessions, 'sessions');
        const loginsPerMinute = declared(notice.loginsPerMinute, 'logins');
        done.capacityStepId = (
          await this.capacity.addStep(actor, platformId, { startsAt, concurrentSessions, loginsPerMinute, reason }, tx)
        ).id;
      }
      done.campaignIds = await this.leastChange.request(tx, actor, platformId, now);
    });
    return done;
  }
}
