import type { Command } from 'commander';
import { COMMAND_LINE_OPERATOR } from '../access/actor';
import { PlanService } from '../plan/plan.service';
import { id } from './arguments';
import { withServices } from './services';
import type { Terminal } from './terminal';

/** `publish PLAN`: puts a draft into force as the platform's next revision. */
export function addPublish(program: Command, terminal: Terminal): void {
  program
    .command('publish')
    .description("put a draft plan into force as the platform's next revision")
    .argument('<plan>', 'number of the plan', id)
    .requiredOption('--reason <text>', 'why, kept with the revision')
    .option('--without-approvals', 'although authorities that were to be asked have not approved: the reason says why')
    .action((planId: number, { reason, withoutApprovals = false }: { reason: string; withoutApprovals?: boolean }) =>
      withServices(terminal, async (services) => {
        const plans = services.get(PlanService);
        const { epoch, revision } = await plans.publish(COMMAND_LINE_OPERATOR, planId, reason, withoutApprovals);
        terminal.answer(
          { planId, epoch, revision },
          `Plan ${planId} is published: revision ${revision} of epoch ${epoch}.`,
        );
      }),
    );
}
