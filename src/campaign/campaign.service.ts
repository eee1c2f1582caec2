import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import { inTransaction } from '../common/database';
import { NotFoundError } from '../common/domain-error';
import { decodeCursor, pageOf } from '../common/keyset';
import { ESTABLISHMENT_KINDS } from '../directory/directory-rows';
import { CalibrationStore } from './calibration.store';
import type { CampaignScope } from './campaign-scope.rules';
import { campaignDtoOf, draftFrom, presetDtoOf, scopeAskedFor } from './campaign-wire.rules';
import {
  type CampaignDto,
  type CampaignListQuery,
  type CampaignPageDto,
  type CampaignPresetListDto,
  type ConcernedDto,
  type ConcernedQuery,
  type CreateCampaignDto,
} from './campaign.dto';
import type { Campaign } from './campaign.entity';
import { CampaignPublishedError, CampaignRefused } from './campaign.errors';
import { CAMPAIGN_PRESETS } from './campaign-presets.rules';
import { checkCampaign } from './campaign-rules.rules';
import { CampaignStore } from './campaign.store';
import type { LoadModel } from './window-rule';

/** Dated periods in which connections are staggered, and their rules. */
@Injectable()
export class CampaignService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly store: CampaignStore,
    private readonly calibrations: CalibrationStore,
  ) {}

  /** Makes a campaign from a preset, from rules, or from both. @throws CampaignRefused (422), NotFoundError for the platform */
  async create(actor: Actor, request: CreateCampaignDto): Promise<CampaignDto> {
    const draft = draftFrom(request, await this.calibrated(request));
    checkCampaign({ ...draft, windows: draft.rules.windows });
    const kind = draft.establishmentKinds.find((name) => !(ESTABLISHMENT_KINDS as readonly string[]).includes(name));
    if (kind !== undefined) {
      throw new CampaignRefused('unknown_kind', `There is no kind of establishment ${JSON.stringify(kind)}.`, { kind });
    }
    if (!(await this.store.platformExists(request.platformId))) throw new NotFoundError('platform', request.platformId);
    const unknown = await this.store.unknownTerritories(draft.territoryIds);
    if (unknown.length > 0) {
      throw new CampaignRefused('unknown_territory', `There is no territory ${unknown.join(', ')}.`, {
        territoryIds: unknown,
      });
    }
    const campaign = await inTransaction(this.database, async (tx) => {
      const made = await this.store.insert(tx, { ...draft, createdBy: actor.subject });
      const { id: key, platformId } = made;
      await recordAudit(tx, actor, { action: 'campaign.create', key, platformId, after: campaignDtoOf(made) });
      return made;
    });
    return campaignDtoOf(campaign);
  }

  /** @throws NotFoundError */
  async find(_actor: Actor, campaignId: number): Promise<Campaign> {
    const campaign = await this.store.find(campaignId);
    if (!campaign) throw new NotFoundError('campaign', campaignId);
    return campaign;
  }

  async read(actor: Actor, campaignId: number): Promise<CampaignDto> {
    return campaignDtoOf(await this.find(actor, campaignId));
  }

  /** The newest first. */
  async list(_actor: Actor, { platformId, limit = 100, cursor }: CampaignListQuery): Promise<CampaignPageDto> {
    const beforeId = cursor === undefined ? undefined : (decodeCursor(cursor, ['number'])[0] as number);
    const page = pageOf(await this.store.list(platformId, beforeId, limit + 1), limit, ({ id }) => [id]);
    return { items: page.items.map(campaignDtoOf), nextCursor: page.nextCursor };
  }

  presets(): CampaignPresetListDto {
    return { items: CAMPAIGN_PRESETS.map(presetDtoOf) };
  }

  /** How many establishments, classes and pupils take part, by kind. */
  async concerned(actor: Actor, campaignId: number): Promise<ConcernedDto> {
    return this.countsOf(await this.find(actor, campaignId));
  }

  /** The same for a campaign that is not made yet, counted by the rule by which it would be. @throws NotFoundError for the platform */
  async wouldConcern(_actor: Actor, query: ConcernedQuery): Promise<ConcernedDto> {
    if (!(await this.store.platformExists(query.platformId))) throw new NotFoundError('platform', query.platformId);
    return this.countsOf(scopeAskedFor(query));
  }

  private async countsOf(scope: CampaignScope): Promise<ConcernedDto> {
    const items = await this.store.concerned(scope);
    const sum = (count: (row: (typeof items)[number]) => number) => items.reduce((total, row) => total + count(row), 0);
    return {
      items,
      establishmentCount: sum((row) => row.establishmentCount),
      classCount: sum((row) => row.classCount),
      groupCount: sum((row) => row.groupCount),
      pupilCount: sum((row) => row.pupilCount),
    };
  }

  /** The load model of the calibration that a campaign begins with. @throws CampaignRefused where the platform has no such one */
  private async calibrated({ calibrationId, platformId }: CreateCampaignDto): Promise<LoadModel | undefined> {
    if (calibrationId === undefined) return undefined;
    const found = await this.calibrations.find(calibrationId);
    if (found?.platformId === platformId) return found.loadModel;
    const message = `Platform ${platformId} has no calibration ${calibrationId}.`;
    throw new CampaignRefused('unknown_calibration', message, { calibrationId });
  }

  /** Deletes a campaign that was never published, with its wishes and drafts. @throws CampaignPublishedError (409) */
  async remove(actor: Actor, campaignId: number): Promise<void> {
    const campaign = await this.find(actor, campaignId);
    await inTransaction(this.database, async (tx) => {
      const plans = await this.store.plansForUpdate(tx, campaignId);
      const published = plans.find(({ state }) => state !== 'draft');
      if (published) throw new CampaignPublishedError(campaignId, published.id);
      await this.store.delete(
        tx,
        campaignId,
        plans.map(({ id }) => id),
      );
      const { platformId } = campaign;
      await recordAudit(tx, actor, {
        action: 'campaign.delete',
        key: campaignId,
        platformId,
        before: campaignDtoOf(campaign),
      });
    });
  }
}
