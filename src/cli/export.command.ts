import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { COMMAND_LINE_OPERATOR } from '../access/actor';
import { PlanExportService } from '../plan/plan-export.service';
import { id } from './arguments';
import { withServices } from './services';
import type { Terminal } from './terminal';

interface ExportOptions {
  format: 'csv' | 'ndjson';
  out?: string;
}

/** `export PLAN`: all the windows of a plan, streamed to a file or to stdout. */
export function addExport(program: Command, terminal: Terminal): void {
  program
    .command('export')
    .description('write all windows of a plan as CSV or NDJSON')
    .argument('<plan>', 'number of the plan', id)
    .addOption(new Option('--format <format>', 'how').choices(['csv', 'ndjson']).default('csv'))
    .option('--out <file>', 'where to; stdout without it')
    .action((planId: number, { format, out }: ExportOptions, command: Command) => {
      if (terminal.isJson && out === undefined)
        command.error('error: --json needs --out, because stdout can carry the windows or the answer, not both');
      return withServices(terminal, async (services) => {
        const chunks = await services.get(PlanExportService).stream(COMMAND_LINE_OPERATOR, planId, format);
        if (out === undefined) {
          await copy(chunks, terminal.surroundings.stdout, terminal);
          return;
        }
        // a file that was cut off must not be taken for a whole one
        const part = `${out}.part`;
        try {
          const byteCount = await copy(chunks, createWriteStream(part), terminal);
          await rename(part, out);
          terminal.answer({ planId, format, file: out, byteCount }, `Plan ${planId}: ${byteCount} bytes in ${out}.`);
        } catch (error) {
          await rm(part, { force: true });
          throw error;
        }
      });
    });
}

async function copy(chunks: AsyncIterable<string | Buffer>, target: Writable, terminal: Terminal): Promise<number> {
  let byteCount = 0;
  async function* counted(): AsyncGenerator<string | Buffer> {
    for await (const chunk of chunks) {
      byteCount += Buffer.byteLength(chunk);
      yield chunk;
    }
  }
  const { stdout, signal } = terminal.surroundings;
  await pipeline(Readable.from(counted()), target, { end: target !== stdout, signal });
  return byteCount;
}
