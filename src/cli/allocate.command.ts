import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { COMMAND_LINE_OPERATOR } from '../access/actor';
import { AllocationService } from '../allocation/allocation.service';
import type { PlanCertificate } from '../plan/plan-certificate';
import { PlanService } from '../plan/plan.service';
import { id, minutes, seed } from './arguments';
import { withServices } from './services';
import type { Terminal } from './terminal';

/** `allocate CAMPAIGN`: a draft plan of a campaign, made in this process or by a server that is free. `wait`, `cancel`: its job. */
export function addAllocate(program: Command, terminal: Terminal): void {
  program
    .command('allocate')
    .description('make a draft plan of a campaign and wait for it; an interruption cancels it')
    .argument('<campaign>', 'number of the campaign', id)
    .option('--seed <number>', 'chooses among plans of equal worth', seed)
    .action((campaignId: number, options: { seed?: number }) =>
      withServices(terminal, async (services) => {
        const allocations = services.get(AllocationService);
        await follow(services, terminal, await allocations.request(COMMAND_LINE_OPERATOR, campaignId, options));
      }),
    );
  program
    .command('replan')
    .description('make a draft that changes the published plan as little as the facts of now allow, and wait for it')
    .argument('<campaign>', 'number of the campaign', id)
    .option('--notice <minutes>', 'windows that begin within so many minutes stay', minutes, 60)
    .action((campaignId: number, options: { notice: number }) =>
      withServices(terminal, async (services) => {
        const request = { mode: 'replan', noticeMinutes: options.notice } as const;
        const allocations = services.get(AllocationService);
        await follow(services, terminal, await allocations.request(COMMAND_LINE_OPERATOR, campaignId, request));
      }),
    );
  program
    .command('wait')
    .description('wait for a job, and go on with it where its process is gone; an interruption cancels it')
    .argument('<job>', 'number of the job', id)
    .action((jobId: number) => withServices(terminal, (services) => follow(services, terminal, jobId)));
  program
    .command('cancel')
    .description('end a job; what it has done so far is dropped')
    .argument('<job>', 'number of the job', id)
    .action((jobId: number) =>
      withServices(terminal, async (services) => {
        const { state } = await services.get(AllocationService).cancelAndWait(COMMAND_LINE_OPERATOR, jobId);
        terminal.answer({ jobId, state }, `Job ${jobId} is ${state}.`);
      }),
    );
}

/** Waits for the job's plan and tells what it is worth. */
async function follow(services: INestApplicationContext, terminal: Terminal, jobId: number): Promise<void> {
  const startedAt = performance.now();
  const planId = await planOf(services.get(AllocationService), terminal, jobId);
  const certificate = await services.get(PlanService).certificate(COMMAND_LINE_OPERATOR, planId);
  const { campaignId } = await services.get(PlanService).find(COMMAND_LINE_OPERATOR, planId);
  const wallSeconds = Math.round(performance.now() - startedAt) / 1000;
  terminal.answer(
    { jobId, planId, campaignId, wallSeconds, certificate },
    `Plan ${planId}: ${movedOf(certificate)}${certificate.windowCount} windows, ${certificate.unplacedCount} without a place, ` +
      `peak ${(100 * certificate.peakUtilisationRatio).toFixed(1)} % of what may be used ` +
      `(no plan of all windows has less than ${(100 * certificate.peakLowerBoundRatio).toFixed(1)} %), ${wallSeconds} s.\n` +
      `Publish it with: npm run etale -- publish ${planId} --reason "..."`,
  );
}

async function planOf(allocations: AllocationService, terminal: Terminal, jobId: number): Promise<number> {
  const { signal } = terminal.surroundings;
  const progress = terminal.progress();
  try {
    return (await allocations.wait(jobId, progress.onProgress, signal)).planId;
  } catch (error) {
    if (signal.aborted) await allocations.cancel(COMMAND_LINE_OPERATOR, jobId);
    throw error;
  } finally {
    progress.end();
  }
}

function movedOf({ replan }: PlanCertificate): string {
  if (!replan) return '';
  const over = replan.frozenOverCellCount ?? 0;
  return (
    `${replan.movedWindowCount} windows of plan ${replan.publishedPlanId} moved (no plan moves fewer than ` +
    `${replan.movedWindowBound}), ${replan.movedPupilCount} pupils, ${replan.newWindowCount} new; ` +
    (over > 0 ? `${over} cells stay over their limit by windows that have begun, begin soon or are booked; ` : '')
  );
}
