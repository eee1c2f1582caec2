import type { Command } from 'commander';
import { COMMAND_LINE_OPERATOR } from '../access/actor';
import { NewCapacityStepDto } from '../capacity/capacity.dto';
import { CapacityService } from '../capacity/capacity.service';
import { NewPlatformDto } from '../capacity/platform.dto';
import { DomainError } from '../common/domain-error';
import { PlatformAssignmentRequestDto } from '../directory/platform-assignment.dto';
import { PlatformAssignmentService } from '../directory/platform-assignment.service';
import { OTHER_PEOPLE_PER_PUPIL } from '../demonstration/demonstration.rules';
import { id, list, perMille, positive } from './arguments';
import { validated } from './request';
import { withServices } from './services';
import type { Terminal } from './terminal';

const DEFAULT_PEOPLE_PER_THOUSAND_PUPILS = 1000 * OTHER_PEOPLE_PER_PUPIL;

interface CreateOptions {
  code: string;
  name: string;
  timeZone: string;
  headroomPerMille: number;
  portal?: string[];
}
interface StepOptions {
  from: string;
  sessions: number;
  loginsPerMinute: number;
  reason: string;
}
interface AssignOptions {
  territory?: string[];
  kind?: string[];
  uai?: string[];
}

/** `platform create | step | assign | background`: what stands under a campaign. */
export function addPlatform(program: Command, terminal: Terminal): void {
  const platform = program
    .command('platform')
    .description('make platforms, declare their capacity, put schools on them');
  addCreate(platform, terminal);
  addStep(platform, terminal);
  addAssign(platform, terminal);
  addBackground(platform, terminal);
}

function addCreate(platform: Command, terminal: Terminal): void {
  platform
    .command('create')
    .description('register a platform')
    .requiredOption('--code <code>', 'a short code of its own: small letters, digits, hyphens')
    .requiredOption('--name <text>', 'what people call it')
    .option('--time-zone <zone>', 'IANA zone of its local day', 'Europe/Paris')
    .option('--headroom-per-mille <number>', 'share of the capacity that no plan may use', perMille, 100)
    .option('--portal <name>', 'a portal that stands on it; may be given several times', several)
    .action(({ portal, ...options }: CreateOptions) =>
      withServices(terminal, async (services) => {
        const request = await validated(NewPlatformDto, { ...options, portals: portal?.map((name) => ({ name })) });
        const made = await services.get(CapacityService).createPlatform(COMMAND_LINE_OPERATOR, request);
        terminal.answer(
          made,
          `Platform ${made.id} "${made.name}".\n` +
            `Declare its capacity with: npm run etale -- platform step ${made.id} --from 2026-09-01T00:00:00+02:00 --sessions ... --logins-per-minute ... --reason "..."`,
        );
      }),
    );
}

function addStep(platform: Command, terminal: Terminal): void {
  platform
    .command('step')
    .description('declare the capacity of a platform from an instant on, until the next step')
    .argument('<platform>', 'number of the platform', id)
    .requiredOption('--from <instant>', 'with its offset, 2026-09-01T00:00:00+02:00')
    .requiredOption('--sessions <number>', 'sessions at once', positive)
    .requiredOption('--logins-per-minute <number>', 'log-ins a minute', positive)
    .requiredOption('--reason <text>', 'why, kept with the step')
    .action((platformId: number, { from, sessions, loginsPerMinute, reason }: StepOptions) =>
      withServices(terminal, async (services) => {
        const request = await validated(NewCapacityStepDto, {
          startsAt: from,
          concurrentSessions: sessions,
          loginsPerMinute,
          reason,
        });
        const step = { ...request, startsAt: new Date(request.startsAt) };
        const change = await services.get(CapacityService).addStep(COMMAND_LINE_OPERATOR, platformId, step);
        terminal.answer(
          change,
          `Step ${change.id}: ${sessions} sessions and ${loginsPerMinute} log-ins a minute from ${from} on.`,
        );
      }),
    );
}

function addAssign(platform: Command, terminal: Terminal): void {
  platform
    .command('assign')
    .description('put establishments on a platform: those for which all that is given holds; all of them or none')
    .argument('<platform>', 'number of the platform', id)
    .option('--territory <codes>', 'of these regions, academies or departments (R32, A09, 59)', list)
    .option('--kind <kinds>', 'of these kinds (college, lycee_gt ...)', list)
    .option('--uai <codes>', 'these establishments', list)
    .action((platformId: number, { territory, kind, uai }: AssignOptions) =>
      withServices(terminal, async (services) => {
        const request = await validated(PlatformAssignmentRequestDto, {
          territoryCodes: territory,
          kinds: kind,
          uais: uai,
        });
        const assignments = services.get(PlatformAssignmentService);
        const outcome = await assignments.assign(COMMAND_LINE_OPERATOR, platformId, request);
        terminal.answer(
          { platformId, ...outcome },
          `Platform ${platformId}: ${outcome.assignedCount} establishments new, ${outcome.movedCount} from other platforms, ${outcome.unchangedCount} as before.`,
        );
      }),
    );
}

function addBackground(platform: Command, terminal: Terminal): void {
  platform
    .command('background')
    .description('state the usual load of those who have no window, from the pupils of the schools on the platform')
    .argument('<platform>', 'number of the platform', id)
    .option(
      '--people-per-thousand-pupils <number>',
      'people without a window who have an account in use, per thousand pupils',
      positive,
      DEFAULT_PEOPLE_PER_THOUSAND_PUPILS,
    )
    .action((platformId: number, { peoplePerThousandPupils }: { peoplePerThousandPupils: number }) =>
      withServices(terminal, async (services) => {
        const counts = await services.get(PlatformAssignmentService).pupilCounts(COMMAND_LINE_OPERATOR, platformId);
        if (counts.length === 0)
          throw new DomainError(
            'platform.no_establishments',
            'unprocessable',
            `Platform ${platformId} has no establishments yet: assign them first.`,
          );
        const departments = counts.map(({ departmentId, pupilCount }) => ({
          departmentId,
          peopleCount: Math.round((pupilCount * peoplePerThousandPupils) / 1000),
        }));
        await services.get(CapacityService).stateBackground(COMMAND_LINE_OPERATOR, platformId, departments);
        const peopleCount = departments.reduce((sum, department) => sum + department.peopleCount, 0);
        terminal.answer(
          { platformId, peopleCount, departments },
          `Platform ${platformId}: background of ${peopleCount} people in ${departments.length} departments.`,
        );
      }),
    );
}

/** A name may hold a comma. */
const several = (text: string, before: readonly string[] = []): string[] => [...before, text];
