import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import { behaviourDtoOf } from '../campaign/campaign-rules.dto';
import { CampaignService } from '../campaign/campaign.service';
import { type CalibrationRow, CalibrationStore } from '../campaign/calibration.store';
import { behaviourOf, kindOf } from '../campaign/load-model.rules';
import { addDays, cellOfCivil, type CivilDate } from '../common/civil-time';
import { inTransaction } from '../common/database';
import { DomainError, NotFoundError } from '../common/domain-error';
import { decodeCursor, type Page, pageOf } from '../common/keyset';
import type { PageQuery } from '../common/page-query.dto';
import { CapacityService } from '../capacity/capacity.service';
import { secondsOfCell } from '../kernel/cell-grid';
import type { CalibrationFindings } from './calibration';
import type { CalibrateDto, CalibrationDto } from './calibration.dto';
import { CalibrationFactsStore } from './calibration-facts.store';
import { calibrate } from './calibration.rules';

/** Counts are kept by class for two weeks. */
const MOST_DAYS = 14;

/** Load models proposed from what gateways counted and the platform measured. */
@Injectable()
export class CalibrationService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly campaigns: CampaignService,
    private readonly capacity: CapacityService,
    private readonly facts: CalibrationFactsStore,
    private readonly store: CalibrationStore,
  ) {}

  /** @throws NotFoundError; DomainError (422) for days that are none, (409) where no plan is in force or nothing was counted */
  async calibrate(actor: Actor, campaignId: number, { firstOn, lastOn }: CalibrateDto): Promise<CalibrationDto> {
    const campaign = await this.campaigns.find(actor, campaignId);
    const dates: CivilDate[] = [];
    for (let on = firstOn; on <= lastOn && dates.length <= MOST_DAYS; on = addDays(on, 1)) dates.push(on);
    const isOfCampaign = firstOn >= campaign.startsOn && lastOn <= campaign.endsOn;
    if (dates.length === 0 || dates.length > MOST_DAYS || !isOfCampaign) {
      const message = `Calibrate from 1 to ${MOST_DAYS} days of the campaign, which lasts from ${campaign.startsOn} to ${campaign.endsOn}.`;
      throw new DomainError('calibration.days', 'unprocessable', message, { firstOn, lastOn });
    }
    const plan = await this.facts.plan(campaignId);
    if (!plan) {
      const message = `Campaign ${campaignId} has no plan in force: nothing was enforced that could be counted.`;
      throw new DomainError('calibration.no_plan', 'conflict', message);
    }
    const { planId, platformId, timeZone, loadModel } = plan;
    const dayCells = [...dates, addDays(lastOn, 1)].map((on) => cellOfCivil(on, 0, timeZone));
    const [firstCell, endCell] = [dayCells[0]!, dayCells.at(-1)!];
    const days = { planId, platformId, firstOn, lastOn };
    const expected = await this.facts.expected(days);
    if (!expected.some(({ came }) => came > 0)) {
      const message = 'No gateway counted anybody at the windows of these days.';
      throw new DomainError('calibration.nothing_counted', 'conflict', message, { firstOn, lastOn });
    }
    const instant = (cell: number): Date => new Date(secondsOfCell(cell) * 1000);
    const found = calibrate({
      plan,
      dayCells,
      expected,
      silentEstablishmentCount: await this.facts.silentCount(days),
      starts: await this.facts.starts(days),
      outside: await this.facts.outside(days),
      came: await this.facts.came(platformId, firstCell, endCell),
      measured: await this.facts.measured(platformId, instant(firstCell), instant(endCell)),
    });
    const id = await inTransaction(this.database, async (tx) => {
      const row = { platformId, campaignId, firstOn, lastOn, ...found, madeBy: actor.subject, madeAt: new Date() };
      const key = await this.store.insert(tx, row);
      const { visitorCount, establishmentCount } = found.findings;
      const after = { campaignId, firstOn, lastOn, visitorCount, establishmentCount };
      await recordAudit(tx, actor, {
        action: 'calibration.make',
        key,
        platformId,
        before: { loadModel },
        after: { ...after, loadModel: found.loadModel },
      });
      return key;
    });
    return this.read(actor, id);
  }

  /** @throws NotFoundError */
  async read(actor: Actor, id: number): Promise<CalibrationDto> {
    const row = await this.store.find<CalibrationFindings>(id);
    if (!row) throw new NotFoundError('calibration', id);
    return this.dtoOf(actor, row);
  }

  /** The newest first. @throws NotFoundError */
  async list(actor: Actor, platformId: number, { limit = 20, cursor }: PageQuery): Promise<Page<CalibrationDto>> {
    await this.capacity.platform(platformId);
    const beforeId = cursor === undefined ? undefined : (decodeCursor(cursor, ['number'])[0] as number);
    const rows = await this.store.list<CalibrationFindings>(platformId, beforeId, limit + 1);
    const page = pageOf(rows, limit, ({ id }) => [id]);
    const items: CalibrationDto[] = [];
    for (const row of page.items) items.push(await this.dtoOf(actor, row));
    return { items, nextCursor: page.nextCursor };
  }

  private async dtoOf(
    actor: Actor,
    { loadModel, findings, madeAt, ...row }: CalibrationRow<CalibrationFindings>,
  ): Promise<CalibrationDto> {
    const { loadModel: current } = await this.campaigns.find(actor, row.campaignId);
    const { behaviours, groups, ...rest } = findings;
    const activity = behaviours.find(({ audience }) => audience === 'relatives')?.activity ?? 'open';
    const perPupil = (model: typeof current): number =>
      (model.relativeAccountsPerThousandPupils *
        behaviourOf(model, 'relatives', null, activity).participationPerMille) /
      1e6;
    const shown = (model: typeof current, kind: string) =>
      behaviourDtoOf(model.behaviours.find((behaviour) => kindOf(behaviour) === kind)!);
    return {
      ...row,
      ...rest,
      // calibrations of before did not look for all of this
      groups: groups.map((found) => ({
        ...found,
        arrivals: found.arrivals ?? null,
        stayMinutes: found.stayMinutes ?? null,
        relativesPerPupil: found.relativesPerPupil ?? null,
      })),
      behaviours: behaviours.map((found) => ({
        ...found,
        stayMinutes: found.stayMinutes ?? null,
        current: shown(current, kindOf(found)),
        proposed: shown(loadModel, kindOf(found)),
      })),
      relativesPerPupilCurrent: perPupil(current),
      relativesPerPupilProposed: perPupil(loadModel),
      madeAt: madeAt.toISOString(),
    };
  }
}
