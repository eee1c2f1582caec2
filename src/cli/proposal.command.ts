import { open, rm } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { COMMAND_LINE_OPERATOR } from '../access/actor';
import { TerritoryProgressQuery } from '../proposal/answer-progress.dto';
import { AnswerProgressService } from '../proposal/answer-progress.service';
import { CreateAnswerLinksDto } from '../proposal/answer-link.dto';
import { AnswerLinkService } from '../proposal/answer-link.service';
import { OpenProposalDto } from '../proposal/proposal.dto';
import { LINK_QUALITIES } from '../proposal/proposal.rules';
import { ProposalService } from '../proposal/proposal.service';
import { id, list } from './arguments';
import { validated } from './request';
import { withServices } from './services';
import { tableOf, type Terminal } from './terminal';

interface LinkOptions {
  quality: string;
  uai?: string[];
  territory?: string;
  baseUrl: string;
  out: string;
}

/** `proposal ...`: shows a plan to heads, makes the links that answer it, tells who has answered. */
export function addProposal(program: Command, terminal: Terminal): void {
  const proposal = program.command('proposal').description('show a plan to heads and follow their answers');
  proposal
    .command('open')
    .description('show a plan to heads as a proposal, or move the deadline of the one that is shown')
    .argument('<campaign>', 'number of the campaign', id)
    .requiredOption('--plan <number>', 'number of the plan (see: plans)', id)
    .requiredOption('--until <instant>', 'from then on silence accepts, 2026-11-27T18:00:00+01:00')
    .action((campaignId: number, { plan, until }: { plan: number; until: string }) =>
      withServices(terminal, async (services) => {
        const request = await validated(OpenProposalDto, { planId: plan, answersUntil: until });
        const shown = await services.get(ProposalService).open(COMMAND_LINE_OPERATOR, campaignId, request);
        terminal.answer(shown, `Plan ${shown.planId} is proposed until ${shown.answersUntil}; then silence accepts.`);
      }),
    );
  proposal
    .command('links')
    .description('make links that answer with one tap, as CSV; they are told this once')
    .argument('<campaign>', 'number of the campaign', id)
    .addOption(new Option('--quality <quality>', 'who answers').choices(LINK_QUALITIES).default('head'))
    .option('--uai <uais>', 'only for these establishments', list)
    .option('--territory <code>', 'only for those of this territory')
    .requiredOption('--base-url <url>', 'where heads reach the service, https://etale.example')
    .requiredOption('--out <file>', 'a file that nobody else can read')
    .action((campaignId: number, { quality, uai, territory, baseUrl, out }: LinkOptions) =>
      withServices(terminal, async (services) => {
        const request = await validated(CreateAnswerLinksDto, { quality, uais: uai, territory });
        // before any link is made: what cannot be written down would be lost
        const file = await open(out, 'wx', 0o600);
        try {
          const { items } = await services.get(AnswerLinkService).create(COMMAND_LINE_OPERATOR, campaignId, request);
          const lines = items.map(
            (link) => `${link.uai};${link.quality};${new URL(link.path, baseUrl).href};${link.expiresAt}\r\n`,
          );
          await file.writeFile(`uai;qualite;lien;expire_le\r\n${lines.join('')}`);
          terminal.answer({ file: out, linkCount: items.length }, `${items.length} links in ${out}.`);
        } catch (error) {
          await rm(out, { force: true });
          throw error;
        } finally {
          await file.close();
        }
      }),
    );
  proposal
    .command('answers')
    .description('who has answered and who has not, by territory')
    .argument('<campaign>', 'number of the campaign', id)
    .addOption(
      new Option('--level <level>', 'which').choices(['region', 'academy', 'department']).default('department'),
    )
    .option('--territory <code>', 'only in this territory')
    .action((campaignId: number, options: object) =>
      withServices(terminal, async (services) => {
        const query = await validated(TerritoryProgressQuery, options);
        const counts = await services.get(AnswerProgressService).territories(COMMAND_LINE_OPERATOR, campaignId, query);
        const rows = [...counts.items, { code: '', name: 'all', ...counts.total }].map((row) => [
          row.code,
          row.name,
          row.establishmentCount,
          row.acceptedCount,
          row.changeAskedCount,
          row.partlyAcceptedCount,
          row.unansweredCount,
        ]);
        terminal.answer(counts, tableOf(['code', 'name', 'schools', 'accepted', 'change', 'partly', 'silent'], rows));
      }),
    );
}
