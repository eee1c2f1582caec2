import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { CapacityService } from '../capacity/capacity.service';
import { addDays, cellOfCivil, type CivilDate, civilOfCell } from '../common/civil-time';
import { DomainError } from '../common/domain-error';
import { CELL_MINUTES, cellOfSeconds, LOAD_SCALE, secondsOfCell } from '../kernel/cell-grid';
import { ProtectionStore } from '../protection/protection.store';
import { capacityNotice, type CapacityNotice, isAnswered } from './capacity-notice.rules';
import { type MeasuredCurve, measuredCurve } from './measured-curve.rules';
import { type Measurement, type MeasurementSource, MeasurementStore } from './measurement.store';
import { type MeasuredMinute, rungProposal, type RungProposal } from './proposal.rules';

const MINUTE = 60_000;
const LOOK_BACK_MINUTES = 30;
/** A clock that is ahead by more is wrong. */
const AHEAD_MINUTES = 2;
const OLDEST_HOURS = 48;

/** The live capacity: what is measured, and what the service makes of it. */
@Injectable()
export class MeasurementService {
  constructor(
    private readonly capacity: CapacityService,
    private readonly protection: ProtectionStore,
    private readonly store: MeasurementStore,
  ) {}

  /** Takes what a source measured of the platform, or of its share. @throws NotFoundError, DomainError */
  async report(
    actor: Actor,
    platformId: number,
    source: MeasurementSource,
    measurements: readonly Measurement[],
    now: Date,
  ): Promise<void> {
    if (actor.platformId !== undefined && actor.platformId !== platformId)
      throw new DomainError(
        'measurement.other_platform',
        'forbidden',
        `The key is bound to platform ${actor.platformId}.`,
      );
    await this.capacity.platform(platformId);
    for (const { measuredAt, sessions, loginsPerMinute, latencyMilliseconds, errorsPerMille } of measurements) {
      const age = (now.getTime() - measuredAt.getTime()) / MINUTE;
      if (age < -AHEAD_MINUTES || age > OLDEST_HOURS * 60)
        throw new DomainError(
          'measurement.instant_invalid',
          'unprocessable',
          `A measurement is of the last ${OLDEST_HOURS} hours, not of ${measuredAt.toISOString()}.`,
        );
      if ([sessions, loginsPerMinute, latencyMilliseconds, errorsPerMille].every((value) => value === null))
        throw new DomainError('measurement.empty', 'unprocessable', 'A measurement says something.');
    }
    await this.store.put(platformId, source, measurements);
  }

  /** Minutes in a range, each against what the platform was declared to bear. @throws NotFoundError */
  async minutes(platformId: number, from: Date, to: Date): Promise<MeasuredMinute[]> {
    const rows = await this.store.minutes(platformId, from, to);
    const firstCell = cellOfSeconds(from.getTime() / 1000);
    const cellCount = cellOfSeconds(to.getTime() / 1000) - firstCell + 1;
    const cells = await this.capacity.cells(platformId, firstCell, cellCount);
    return rows.map((row) => {
      const cell = cellOfSeconds(row.at.getTime() / 1000) - firstCell;
      return {
        ...row,
        sessionLimit: Math.round(cells.effectiveSessions[cell]! / LOAD_SCALE),
        loginLimit: Math.round(cells.effectiveLogins[cell]! / LOAD_SCALE / CELL_MINUTES),
      };
    });
  }

  /** What was measured on a civil date of the platform, on the cells of its plans. @throws NotFoundError */
  async ofDay(
    platformId: number,
    asked: CivilDate | undefined,
    now: Date,
  ): Promise<{ date: CivilDate; timeZone: string; firstCell: number; curve: MeasuredCurve }> {
    const { timeZone } = await this.capacity.platform(platformId);
    const date = asked ?? civilOfCell(cellOfSeconds(now.getTime() / 1000), timeZone).on;
    const firstCell = cellOfCivil(date, 0, timeZone);
    const endCell = cellOfCivil(addDays(date, 1), 0, timeZone);
    const [from, to] = [firstCell, endCell].map((cell) => new Date(secondsOfCell(cell) * 1000)) as [Date, Date];
    const minutes = await this.store.minutes(platformId, from, to);
    return { date, timeZone, firstCell, curve: measuredCurve(minutes, firstCell, endCell - firstCell) };
  }

  /** The rung to climb to or to leave, and whether the declared capacity looks wrong. @throws NotFoundError */
  async proposal(
    _actor: Actor,
    platformId: number,
    now: Date,
  ): Promise<{ proposal: RungProposal; notice: CapacityNotice | null; minutes: MeasuredMinute[] }> {
    await this.capacity.platform(platformId);
    const minutes = await this.minutes(
      platformId,
      new Date(now.getTime() - LOOK_BACK_MINUTES * MINUTE),
      new Date(now.getTime() + MINUTE),
    );
    const ladder = await this.protection.ladder(platformId);
    const steps = await this.protection.current(platformId, now);
    // one that is scheduled does nothing yet
    const active = steps.flatMap(({ rung, id, startsAt }) =>
      rung === null || startsAt > now ? [] : [{ code: rung, stepId: id, since: startsAt }],
    );
    const notice = capacityNotice(minutes);
    const cells = await this.capacity.cells(platformId, cellOfSeconds(now.getTime() / 1000), 1);
    const effective = {
      sessions: cells.effectiveSessions[0]! / LOAD_SCALE,
      logins: cells.effectiveLogins[0]! / LOAD_SCALE / CELL_MINUTES,
    };
    return {
      proposal: rungProposal(ladder?.rungs ?? [], active, minutes, now),
      notice: notice && !isAnswered(notice, effective) ? notice : null,
      minutes,
    };
  }
}
