import { type Command, Option } from 'commander';
import { COMMAND_LINE_OPERATOR } from '../access/actor';
import { PRESET_IDS } from '../campaign/campaign-presets.rules';
import { CreateCampaignDto } from '../campaign/campaign.dto';
import { CampaignService } from '../campaign/campaign.service';
import { id, idList, list } from './arguments';
import { validated } from './request';
import { withServices } from './services';
import type { Terminal } from './terminal';

interface CreateOptions {
  name: string;
  platform: number;
  from: string;
  to: string;
  preset: string;
  schoolYear?: string;
  territory?: number[];
  kind?: string[];
  level?: string[];
  sameHours?: boolean;
  needsApproval?: boolean;
  calibration?: number;
}

/** `campaign create`: a campaign from a preset; everything finer is for the REST API. */
export function addCampaign(program: Command, terminal: Terminal): void {
  program
    .command('campaign')
    .description('make campaigns')
    .command('create')
    .description('make a campaign from a preset')
    .requiredOption('--name <text>', 'what people call it')
    .requiredOption('--platform <number>', 'number of the platform (see: platforms)', id)
    .requiredOption('--from <date>', 'first day, 2026-11-30')
    .requiredOption('--to <date>', 'last day, included')
    .addOption(new Option('--preset <preset>', 'where its rules come from').choices(PRESET_IDS).makeOptionMandatory())
    .option('--school-year <year>', 'school year of its classes, 2026-2027; that of the first day without it')
    .option('--territory <numbers>', 'only these territories (see: territories)', idList)
    .option('--kind <kinds>', 'only these kinds of establishments (college, lycee_gt ...)', list)
    .option('--level <levels>', 'only these levels (CP, 6EME ...)', list)
    .option('--same-hours', 'a class keeps the same hours each week')
    .option('--calibration <number>', 'begin with the load model of this calibration', id)
    .option('--needs-approval', 'its first plan waits for the authorities of its schools')
    .action((options: CreateOptions) =>
      withServices(terminal, async (services) => {
        const request = await validated(CreateCampaignDto, {
          name: options.name,
          platformId: options.platform,
          startsOn: options.from,
          endsOn: options.to,
          preset: options.preset,
          schoolYear: options.schoolYear,
          territoryIds: options.territory,
          establishmentKinds: options.kind,
          levels: options.level,
          keepsSameHours: options.sameHours,
          isApprovalNeeded: options.needsApproval,
          calibrationId: options.calibration,
        });
        const campaign = await services.get(CampaignService).create(COMMAND_LINE_OPERATOR, request);
        terminal.answer(
          campaign,
          `Campaign ${campaign.id} "${campaign.name}", ${campaign.startsOn} to ${campaign.endsOn}.\n` +
            `Allocate it with: npm run etale -- allocate ${campaign.id}`,
        );
      }),
    );
}
