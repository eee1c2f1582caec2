import { existsSync, readdirSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Benchmark } from './benchmark';

async function benchmarkIn(file: string): Promise<Benchmark | undefined> {
  return ((await import(file)) as { run?: Benchmark }).run;
}

/** `npm run bench -- NAME [options]`: runs bench/NAME and prints one JSON object as the last line. */
async function main(): Promise<void> {
  const [name, ...args] = process.argv.slice(2);
  const file = join(__dirname, `${name}.js`);
  if (!name || !/^[a-z-]+$/.test(name) || !existsSync(file)) {
    const stems = readdirSync(__dirname).flatMap((entry) => /^([a-z-]+)\.js$/.exec(entry)?.[1] ?? []);
    const known: string[] = [];
    for (const stem of stems) {
      if (stem !== 'run' && (await benchmarkIn(join(__dirname, `${stem}.js`)))) known.push(stem);
    }
    console.error(`usage: npm run bench -- NAME [options] --json, with NAME one of: ${known.join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const run = await benchmarkIn(file);
  if (!run) throw new Error(`bench/${name} is not a benchmark`);
  const measured = await run(args);
  const machine = {
    nodeVersion: process.version,
    processor: cpus()[0]?.model ?? 'unknown',
    coreCount: cpus().length,
    memoryBytes: totalmem(),
  };
  console.log(JSON.stringify({ benchmark: name, ...measured, machine }));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
