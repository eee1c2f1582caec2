import { instantOf } from '../common/wire-time';
import {
  behaviourDtoOf,
  behaviourFrom,
  type LoadModelAnswerDto,
  type LoadModelDto,
  type WindowRuleDto,
} from './campaign-rules.dto';
import type { CampaignDto, CampaignPresetDto, ConcernedQuery, CreateCampaignDto } from './campaign.dto';
import type { Campaign } from './campaign.entity';
import { CampaignRefused } from './campaign.errors';
import type { CampaignScope } from './campaign-scope.rules';
import { type CampaignPreset, presetOf } from './campaign-presets.rules';
import { schoolYearOf } from './campaign-rules.rules';
import { defaultLoadModel, kindOf, withChanges } from './load-model.rules';
import type { LoadModel, WindowRule } from './window-rule';

const FIXED_WINDOWS_PER_MILLE = 50;
const FIXED_WINDOWS_PER_WEEK_LEAST = 2;

/** A request with everything filled in that it leaves to its preset, or the load model to its calibration; not yet checked. */
export function draftFrom(
  request: CreateCampaignDto,
  calibrated: LoadModel | undefined,
): Omit<Campaign, 'id' | 'createdAt' | 'createdBy'> {
  const preset = request.preset === undefined ? undefined : presetOf(request.preset);
  return {
    name: request.name,
    platformId: request.platformId,
    startsOn: request.startsOn,
    endsOn: request.endsOn,
    schoolYear: request.schoolYear ?? schoolYearOf(request.startsOn),
    preset: request.preset ?? null,
    keepsSameHours: request.keepsSameHours ?? preset?.keepsSameHours ?? false,
    territoryIds: request.territoryIds ?? [],
    establishmentKinds: request.establishmentKinds ?? [],
    levels: request.levels ?? preset?.levels ?? [],
    rules: {
      windows: request.rules?.map(windowRuleFrom) ?? preset?.windows ?? [],
      fixedWindowsPerMille: request.fixedWindowsPerMille ?? FIXED_WINDOWS_PER_MILLE,
      fixedWindowsPerWeekLeast: FIXED_WINDOWS_PER_WEEK_LEAST,
    },
    catchUp: request.catchUp === undefined ? (preset?.catchUp ?? null) : request.catchUp,
    wishesOpenAt: dateOf(request.wishesOpenAt),
    wishesCloseAt: dateOf(request.wishesCloseAt),
    isApprovalNeeded: request.isApprovalNeeded ?? false,
    calibrationId: request.calibrationId ?? null,
    loadModel: loadModelFrom(calibrated ?? preset?.loadModel ?? defaultLoadModel('ordinary'), request.loadModel),
  };
}

/** Who would take part in a campaign that is asked about before it is made. */
export const scopeAskedFor = ({ platformId, startsOn, preset, kind, territoryId }: ConcernedQuery): CampaignScope => ({
  platformId,
  schoolYear: schoolYearOf(startsOn),
  territoryIds: territoryId ?? [],
  establishmentKinds: kind ?? [],
  levels: preset === undefined ? [] : presetOf(preset).levels,
});

const dateOf = (instant: string | null | undefined): Date | null => (instant ? instantOf(instant)! : null);

function windowRuleFrom(rule: WindowRuleDto): WindowRule {
  const windowsPerDay = rule.windowsPerDay ?? null;
  return {
    audience: rule.audience,
    levelGroups: rule.levelGroups ?? [],
    levels: rule.levels ?? [],
    activity: rule.activity,
    windowMinutes: rule.windowMinutes,
    windowsPerDay,
    windowsPerHalfDay: rule.windowsPerHalfDay ?? (windowsPerDay === null ? null : Math.ceil(windowsPerDay / 2)),
    windowsPerWeek: rule.windowsPerWeek ?? null,
    minimumGapMinutes: rule.minimumGapMinutes ?? 0,
    hours: rule.hours.map(({ weekdays, from, to }) => ({
      weekdays: [...new Set(weekdays)].sort((a, b) => a - b),
      from,
      to,
    })),
  };
}

function loadModelFrom(model: LoadModel, changes: LoadModelDto | undefined): LoadModel {
  if (!changes) return model;
  const present = new Map(model.behaviours.map((behaviour) => [kindOf(behaviour), behaviour]));
  const behaviours = changes.behaviours?.map((stated) => {
    const kind = kindOf(stated);
    const known = present.get(kind);
    if (known) return behaviourFrom(stated, known);
    throw new CampaignRefused(
      'load_model',
      `There is no behaviour "${kind}": pupils need one of the level groups, relatives and staff have none.`,
    );
  });
  const { relativeAccountsPerThousandPupils, staffPerThousandPupils } = changes;
  return withChanges(model, {
    ...(relativeAccountsPerThousandPupils !== undefined && { relativeAccountsPerThousandPupils }),
    ...(staffPerThousandPupils && { staffPerThousandPupils }),
    ...(behaviours && { behaviours }),
  });
}

export function campaignDtoOf(campaign: Campaign): CampaignDto {
  return {
    id: campaign.id,
    name: campaign.name,
    platformId: campaign.platformId,
    startsOn: campaign.startsOn,
    endsOn: campaign.endsOn,
    schoolYear: campaign.schoolYear,
    preset: campaign.preset,
    keepsSameHours: campaign.keepsSameHours,
    territoryIds: campaign.territoryIds,
    establishmentKinds: campaign.establishmentKinds,
    levels: campaign.levels,
    rules: campaign.rules.windows,
    fixedWindowsPerMille: campaign.rules.fixedWindowsPerMille,
    catchUp: campaign.catchUp,
    wishesOpenAt: campaign.wishesOpenAt?.toISOString() ?? null,
    wishesCloseAt: campaign.wishesCloseAt?.toISOString() ?? null,
    loadModel: loadModelDtoOf(campaign.loadModel),
    isApprovalNeeded: campaign.isApprovalNeeded,
    calibrationId: campaign.calibrationId,
    createdBy: campaign.createdBy,
    createdAt: campaign.createdAt.toISOString(),
  };
}

export function presetDtoOf(preset: CampaignPreset): CampaignPresetDto {
  const { id, title, description, keepsSameHours, levels, windows, catchUp, loadModel } = preset;
  return {
    id,
    title,
    description,
    keepsSameHours,
    levels,
    rules: windows,
    catchUp,
    loadModel: loadModelDtoOf(loadModel),
  };
}

function loadModelDtoOf(model: LoadModel): LoadModelAnswerDto {
  return { ...model, behaviours: model.behaviours.map(behaviourDtoOf) };
}
