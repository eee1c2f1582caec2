import { type Command, Option } from 'commander';
import { COMMAND_LINE_OPERATOR } from '../access/actor';
import { CampaignService } from '../campaign/campaign.service';
import { CapacityService } from '../capacity/capacity.service';
import type { Page } from '../common/keyset';
import { DirectoryService } from '../directory/directory.service';
import { PlanReadService } from '../plan/plan-read.service';
import type { PlanState } from '../plan/plan.store';
import { id } from './arguments';
import { withServices } from './services';
import { tableOf, type Terminal } from './terminal';

interface PageOptions {
  cursor?: string;
}

const PAGE_SIZE = 100;
const cursorOption = (): Option => new Option('--cursor <text>', 'go on where the last page ended');

/** `territories`, `platforms`, `campaigns`, `plans`: the numbers that the other commands ask for, a page of a hundred at a time. */
export function addLists(program: Command, terminal: Terminal): void {
  program
    .command('territories')
    .description('list the regions, academies and departments that have schools')
    .addOption(cursorOption())
    .action(({ cursor }: PageOptions) =>
      withServices(terminal, async (services) => {
        const page = await services.get(DirectoryService).territories(COMMAND_LINE_OPERATOR, PAGE_SIZE, cursor);
        show(terminal, page, ['number', 'code', 'kind', 'name', 'part of'], (territory) => [
          territory.id,
          territory.code,
          territory.kind,
          territory.name,
          territory.parentId,
        ]);
      }),
    );
  program
    .command('platforms')
    .description('list the platforms')
    .addOption(cursorOption())
    .action((options: PageOptions) =>
      withServices(terminal, async (services) => {
        const page = await services.get(CapacityService).platforms(COMMAND_LINE_OPERATOR, options);
        show(terminal, page, ['number', 'code', 'name', 'time zone'], (platform) => [
          platform.id,
          platform.code,
          platform.name,
          platform.timeZone,
        ]);
      }),
    );
  program
    .command('campaigns')
    .description('list the campaigns, the newest first')
    .option('--platform <number>', 'only those of this platform', id)
    .addOption(cursorOption())
    .action(({ platform, ...options }: PageOptions & { platform?: number }) =>
      withServices(terminal, async (services) => {
        const query = { ...options, ...(platform === undefined ? {} : { platformId: platform }) };
        const page = await services.get(CampaignService).list(COMMAND_LINE_OPERATOR, query);
        show(terminal, page, ['number', 'name', 'platform', 'first day', 'last day', 'preset'], (campaign) => [
          campaign.id,
          campaign.name,
          campaign.platformId,
          campaign.startsOn,
          campaign.endsOn,
          campaign.preset,
        ]);
      }),
    );
  program
    .command('plans')
    .description('list the plans')
    .option('--campaign <number>', 'only those of this campaign', id)
    .addOption(new Option('--state <state>', 'only those').choices(['draft', 'published', 'superseded']))
    .addOption(cursorOption())
    .action(({ campaign, ...options }: PageOptions & { campaign?: number; state?: PlanState }) =>
      withServices(terminal, async (services) => {
        const query = { ...options, limit: PAGE_SIZE, ...(campaign === undefined ? {} : { campaign }) };
        const page = await services.get(PlanReadService).list(COMMAND_LINE_OPERATOR, query);
        show(terminal, page, ['number', 'campaign', 'state', 'windows', 'unplaced', 'revision'], (plan) => [
          plan.id,
          plan.campaignId,
          plan.state,
          plan.windowCount,
          plan.unplacedCount,
          plan.publishedRevision,
        ]);
      }),
    );
}

function show<T>(
  terminal: Terminal,
  page: Page<T>,
  header: readonly string[],
  rowOf: (item: T) => (string | number | null)[],
): void {
  const more = page.nextCursor === null ? '' : `\nMore with --cursor ${page.nextCursor}`;
  terminal.answer(page, tableOf(header, page.items.map(rowOf)) + more);
}
