import { PassThrough } from 'node:stream';
import { runCommandLine } from '../../src/cli/command-line';

/** How a command ended and what it said. */
export interface Outcome {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** The last line of stdout, where it is JSON. */
  answer: Record<string, unknown>;
}

function textOf(stream: PassThrough): () => string {
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}

/** Runs a command of the command line in this process, with its output kept. */
export async function run(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
  interruption = new AbortController(),
  onStderr?: (text: string) => void,
): Promise<Outcome> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const [out, err] = [textOf(stdout), textOf(stderr)];
  if (onStderr) stderr.on('data', (chunk: Buffer) => onStderr(chunk.toString()));
  const exitCode = await runCommandLine(argv, {
    stdout,
    stderr: stderr as unknown as NodeJS.WriteStream,
    environment,
    signal: interruption.signal,
  });
  const last = out().trimEnd().split('\n').at(-1)!;
  const answer = last.startsWith('{') ? (JSON.parse(last) as Record<string, unknown>) : {};
  return { exitCode, stdout: out(), stderr: err(), answer };
}
