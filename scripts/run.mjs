import { resolve } from 'node:path';
import { foreground, prepare, root } from './prepare.mjs';

// node scripts/run.mjs FILE [arguments]: makes sure that FILE is compiled from today's sources, then runs it
const [file, ...args] = process.argv.slice(2);
if (!file) {
  console.error('usage: node scripts/run.mjs FILE [arguments]');
  process.exit(2);
}
await prepare({ say: (line) => console.error(line) });
process.exitCode = await foreground(resolve(root, file), args).ended;
