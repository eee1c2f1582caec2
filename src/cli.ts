import 'reflect-metadata';
import { runCommandLine } from './cli/command-line';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interruption.abort());
// a reader that has gone (`| head`) is told to the command by its own write
process.stdout.on('error', () => undefined);

void runCommandLine(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  signal: interruption.signal,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
