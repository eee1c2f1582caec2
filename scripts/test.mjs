import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foreground, prepare, root } from './prepare.mjs';

// some tests start the compiled server, so the build comes first
await prepare({ say: (line) => console.error(line) });
const folder = mkdtempSync(join(tmpdir(), 'etale-jest-'));
const report = join(folder, 'report.json');
const jest = join(root, 'node_modules/jest/bin/jest.js');
const code = await foreground(
  jest,
  ['--json', `--outputFile=${report}`, ...process.argv.slice(2)],
  ['inherit', 2, 'inherit'],
).ended;
let closing;
try {
  const result = JSON.parse(readFileSync(report, 'utf8'));
  // a file that could not even be loaded has no tests to count, and is a failure all the same
  const failedCount = result.numFailedTests + result.numRuntimeErrorTestSuites;
  closing = `${result.numPassedTests} passed, ${failedCount} failed, ${result.numPendingTests + result.numTodoTests} skipped`;
} catch {
  closing = '0 passed, 1 failed, 0 skipped';
}
rmSync(folder, { recursive: true, force: true });
console.log(closing);
process.exitCode = code;
