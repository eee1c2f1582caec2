import { type Command, Option } from 'commander';
import { COMMAND_LINE_OPERATOR } from '../access/actor';
import { CopyWishesDto } from '../wish/wish-copy.dto';
import { WishCopyService } from '../wish/wish-copy.service';
import { FixedWindowDecisionDto } from '../wish/fixed-window.dto';
import { FixedWindowService } from '../wish/fixed-window.service';
import { SetWishPeriodDto } from '../wish/wish.dto';
import { WishPeriodService } from '../wish/wish-period.service';
import { id, list } from './arguments';
import { validated } from './request';
import { withServices } from './services';
import { tableOf, type Terminal } from './terminal';

interface CopyOptions {
  from?: number;
  uai?: string[];
  dryRun?: boolean;
  lateReason?: string;
}

/** `wishes ...`: when heads may write wishes, defaults from the campaign before, fixed windows beyond the cap. */
export function addWishes(program: Command, terminal: Terminal): void {
  const wishes = program.command('wishes').description('open a campaign for wishes, copy and approve them');
  wishes
    .command('period')
    .description('say when heads may write wishes; without options: always')
    .argument('<campaign>', 'number of the campaign', id)
    .option('--opens <instant>', 'from then on, 2026-11-16T08:00:00+01:00')
    .option('--closes <instant>', 'until then')
    .action((campaignId: number, { opens, closes }: { opens?: string; closes?: string }) =>
      withServices(terminal, async (services) => {
        const request = await validated(SetWishPeriodDto, { opensAt: opens, closesAt: closes });
        const period = await services.get(WishPeriodService).set(COMMAND_LINE_OPERATOR, campaignId, request);
        terminal.answer(
          period,
          `Campaign ${campaignId}: wishes from ${period.opensAt ?? 'the start'} until ${period.closesAt ?? 'further notice'} (now: ${period.phase}).`,
        );
      }),
    );
  wishes
    .command('copy')
    .description('take the wishes of the campaign before, where nothing is stated yet')
    .argument('<campaign>', 'number of the campaign', id)
    .option('--from <number>', 'another campaign of the platform than the last one with wishes', id)
    .option('--uai <uais>', 'only for these establishments', list)
    .option('--dry-run', 'only say what would be copied')
    .option('--late-reason <text>', 'why, outside of the time in which the campaign is open for wishes')
    .action((campaignId: number, { from, uai, dryRun, lateReason }: CopyOptions) =>
      withServices(terminal, async (services) => {
        const request = await validated(CopyWishesDto, {
          fromCampaignId: from,
          uais: uai,
          isDryRun: dryRun,
          lateReason,
        });
        const report = await services.get(WishCopyService).copy(COMMAND_LINE_OPERATOR, campaignId, request);
        const left = report.notCopied.map(({ reason, wishCount }) => `\n  ${wishCount} not: ${reason}`).join('');
        terminal.answer(
          report,
          `${report.isDryRun ? 'Would copy' : 'Copied'} ${report.copiedCount} wishes of campaign ${report.fromCampaignId} ` +
            `to ${report.classCount} classes of ${report.establishmentCount} establishments.${left}`,
        );
      }),
    );
  wishes
    .command('fixed')
    .description("list fixed windows beyond their establishments' cap, a page of a hundred at a time")
    .argument('<campaign>', 'number of the campaign', id)
    .addOption(new Option('--approval <state>', 'which').choices(['pending', 'approved', 'refused']).default('pending'))
    .option('--cursor <text>', 'go on where the last page ended')
    .action((campaignId: number, query: { approval: 'pending' | 'approved' | 'refused'; cursor?: string }) =>
      withServices(terminal, async (services) => {
        const page = await services.get(FixedWindowService).list(COMMAND_LINE_OPERATOR, campaignId, query);
        const rows = page.items.map((one) => [
          one.id,
          one.uai,
          one.classCode,
          one.on ?? one.weekday,
          one.start,
          one.reason,
        ]);
        const more = page.nextCursor === null ? '' : `\nMore with --cursor ${page.nextCursor}`;
        terminal.answer(page, tableOf(['number', 'uai', 'class', 'day', 'start', 'reason'], rows) + more);
      }),
    );
  wishes
    .command('decide')
    .description('approve or refuse a fixed window that waits')
    .argument('<campaign>', 'number of the campaign', id)
    .argument('<wish>', 'number of the wish', id)
    .addOption(new Option('--decision <word>', 'which').choices(['approve', 'refuse']).makeOptionMandatory())
    .requiredOption('--reason <text>', 'why; the head reads it')
    .action((campaignId: number, wishId: number, options: object) =>
      withServices(terminal, async (services) => {
        const request = await validated(FixedWindowDecisionDto, options);
        const fixed = await services.get(FixedWindowService).decide(COMMAND_LINE_OPERATOR, campaignId, wishId, request);
        terminal.answer(fixed, `Fixed window ${wishId} of ${fixed.uai} is ${fixed.approval}.`);
      }),
    );
}
