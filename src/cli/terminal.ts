import type { Writable } from 'node:stream';
import type { LoggerService } from '@nestjs/common';
import { progressPrinter, type ProgressPrinter } from '../common/progress-printer';

/** Where a command reads its circumstances and writes its answer; a test gives its own. */
export interface Surroundings {
  stdout: Writable;
  stderr: NodeJS.WriteStream;
  environment: NodeJS.ProcessEnv;
  /** Ends when the operator interrupts the command. */
  signal: AbortSignal;
}

/** What a command says: its answer on stdout, for people or (`--json`) as one line for programs; all else on stderr. */
export class Terminal {
  isJson = false;

  constructor(readonly surroundings: Surroundings) {}

  /** The answer of the command, once, at its end. */
  answer(result: object, text: string): void {
    this.surroundings.stdout.write(`${this.isJson ? JSON.stringify(result) : text}\n`);
  }

  note(text: string): void {
    this.surroundings.stderr.write(`${text}\n`);
  }

  /** Bars on a terminal; lines in a log and beside `--json`. */
  progress(): ProgressPrinter {
    const { stderr } = this.surroundings;
    return progressPrinter(stderr, stderr.isTTY && !this.isJson);
  }

  /** Nest's messages: only what an operator has to know. */
  readonly logger: LoggerService = {
    log: () => undefined,
    warn: (message: unknown) => this.note(`warning: ${String(message)}`),
    error: (message: unknown) =>
      this.note(message instanceof Error ? (message.stack ?? message.message) : String(message)),
  };
}

/** Columns of text, each as wide as its widest cell. */
export function tableOf(header: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  const lines = [header, ...rows].map((row) => row.map((cell) => String(cell ?? '-')));
  const widths = header.map((_name, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
