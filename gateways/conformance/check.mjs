#!/usr/bin/env node
// node check.mjs [--cases FILE] PROGRAM [ARGUMENT...]: asks a gateway's program every case and compares what it decides.
// README.md beside this file says what is asked and how. Exit code 0 where all decisions are right.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { isDeepStrictEqual } from 'node:util';

const args = process.argv.slice(2);
const file = args[0] === '--cases' ? args.splice(0, 2)[1] : new URL('cases.json', import.meta.url);
const [program, ...programArgs] = args;
if (!program) {
  console.error('usage: node check.mjs [--cases FILE] PROGRAM [ARGUMENT...]');
  process.exit(2);
}
const { format, bundles, cases } = JSON.parse(readFileSync(file, 'utf8'));
if (format !== 'etale-conformance/1') throw new Error(`format ${format} is not known`);

/** Lists of names have no order. */
const compared = ({ featuresOff, ways, ...rest }) => ({
  ...rest,
  featuresOff: [...(featuresOff ?? [])].sort(),
  ways: [...(ways ?? [])].sort(),
});

const child = spawn(program, programArgs, { stdio: ['pipe', 'pipe', 'inherit'] });
child.on('error', (error) => {
  console.error(error.message);
  process.exit(2);
});
// a program that ends early is told by the answers that are missing
child.stdin.on('error', () => undefined);
for (const [bundle, content] of Object.entries(bundles)) child.stdin.write(`${JSON.stringify({ bundle, content })}\n`);
for (const asked of cases) child.stdin.write(`${JSON.stringify({ ...asked, decision: undefined })}\n`);
child.stdin.end();

let answered = 0;
let wrong = 0;
for await (const line of createInterface({ input: child.stdout })) {
  const asked = cases[answered++];
  if (!asked) break;
  let decision;
  try {
    decision = JSON.parse(line);
  } catch {
    decision = null;
  }
  if (decision !== null && isDeepStrictEqual(compared(decision), compared(asked.decision))) continue;
  wrong++;
  console.log(`${asked.case}\n  decided  ${line}\n  expected ${JSON.stringify(asked.decision)}`);
}
console.log(`${answered} of ${cases.length} cases answered, ${wrong} wrong`);
process.exitCode = answered === cases.length && wrong === 0 ? 0 : 1;
