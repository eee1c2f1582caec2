import { type Command, Option } from 'commander';
import { COMMAND_LINE_OPERATOR } from '../access/actor';
import { DEMO_SCALES, type DemoScale } from '../common/config';
import { DemonstrationService } from '../demonstration/demonstration.service';
import { seed } from './arguments';
import { withServices } from './services';
import type { Terminal } from './terminal';

/** `demo`: the demonstration region, planned and published, unless it is there already. */
export function addDemo(program: Command, terminal: Terminal): void {
  program
    .command('demo')
    .description('make the demonstration region, plan and publish its week')
    .addOption(new Option('--scale <scale>', 'size of the region').choices(DEMO_SCALES).default('M'))
    .option('--seed <number>', 'chooses the region', seed)
    .action((options: { scale: DemoScale; seed?: number }) =>
      withServices(terminal, async (services) => {
        const progress = terminal.progress();
        const { signal } = terminal.surroundings;
        try {
          const made = await services
            .get(DemonstrationService)
            .ensure(COMMAND_LINE_OPERATOR, { ...options, signal, onProgress: progress.onProgress });
          progress.end();
          terminal.answer(
            made,
            `The demonstration ${made.isNew ? 'is made' : 'was there already'}: platform ${made.platformId}, ` +
              `campaign ${made.campaignId}, plan ${made.planId}; an establishment to look at: ${made.exampleUai}.`,
          );
        } finally {
          progress.end();
        }
      }),
    );
}
