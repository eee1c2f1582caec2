import { Command, CommanderError, type OutputConfiguration } from 'commander';
import { isConnectionFailure } from '../common/database';
import { DomainError } from '../common/domain-error';
import { addAccess } from './access.commands';
import { addAllocate } from './allocate.command';
import { addCampaign } from './campaign.command';
import { addDemo } from './demo.command';
import { addExport } from './export.command';
import { addImport } from './import.command';
import { addLists } from './list.commands';
import { addMigrate } from './migrate.command';
import { addPlatform } from './platform.command';
import { addProposal } from './proposal.command';
import { addPublish } from './publish.command';
import { addStorm } from './storm.command';
import { type Surroundings, Terminal } from './terminal';
import { addWishes } from './wishes.command';

export const EXIT_CODE = { done: 0, unexpected: 1, usage: 2, refused: 3, interrupted: 130 } as const;

const AFTER_HELP = `
Exit codes:
  0  done
  1  an unexpected error
  2  the command was not understood
  3  refused, for the reason that is told (with --json: {"error": {"code", ...}})
  130  interrupted

The database is the one of DATABASE_URL; without it, the embedded one of ETALE_DATA_DIR, beside a server that runs there or not.
Answers go to stdout (with --json as one line, the last one), progress and messages to stderr.`;

/** Runs one command and says with which code the process ends. `argv` has neither the program nor the script. */
export async function runCommandLine(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const terminal = new Terminal(surroundings);
  try {
    await programFor(terminal).parseAsync(argv, { from: 'user' });
    return EXIT_CODE.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODE.done : EXIT_CODE.usage;
    return report(terminal, error);
  }
}

function programFor(terminal: Terminal): Command {
  const { stdout, stderr } = terminal.surroundings;
  const program = new Command('etale')
    .description('Plans the connection windows of the schools of a region: the same services as the REST API.')
    .option('--json', 'print the answer as one JSON object, the last line on stdout')
    .addHelpText('after', AFTER_HELP)
    .showHelpAfterError('(--help lists commands and options)')
    .hook('preAction', (_program, command) => {
      terminal.isJson = command.optsWithGlobals<{ json?: boolean }>().json === true;
    });
  for (const add of [
    addImport,
    addPlatform,
    addCampaign,
    addWishes,
    addAllocate,
    addProposal,
    addPublish,
    addExport,
    addDemo,
    addStorm,
    addLists,
    addMigrate,
    addAccess,
  ])
    add(program, terminal);
  configure(program, {
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
  });
  return program;
}

/** Commander hands its settings down only to commands that are made after; ours are made by their own files. */
function configure(command: Command, output: OutputConfiguration): void {
  command.exitOverride().configureOutput(output);
  for (const child of command.commands) {
    // --json may stand before or after the command
    if (child.commands.length === 0) child.option('--json', 'print the answer as one JSON object');
    configure(child, output);
  }
}

function report(terminal: Terminal, error: unknown): number {
  if (terminal.surroundings.signal.aborted) {
    terminal.note('Interrupted.');
    return EXIT_CODE.interrupted;
  }
  // who reads our answer has had enough of it (`| head`)
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') return EXIT_CODE.done;
  const refusal = refusalOf(error);
  if (!refusal) {
    terminal.note(error instanceof Error ? (error.stack ?? error.message) : String(error));
    if (terminal.isJson) terminal.answer({ error: { code: 'internal', message: 'An unexpected error.' } }, '');
    return EXIT_CODE.unexpected;
  }
  terminal.note(`Refused (${refusal.code}): ${refusal.message}`);
  if (terminal.isJson) {
    const { code, kind, message, facts } = refusal;
    terminal.answer({ error: { code, kind, message, facts } }, '');
  }
  return EXIT_CODE.refused;
}

function refusalOf(error: unknown): DomainError | undefined {
  if (error instanceof DomainError) return error;
  if (isConnectionFailure(error))
    return new DomainError('database.unavailable', 'unavailable', 'The database does not answer.');
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (code !== undefined && syscall !== undefined && path !== undefined)
    return new DomainError('file.unusable', 'unprocessable', `The file ${path} cannot be used (${code}).`);
  return undefined;
}
