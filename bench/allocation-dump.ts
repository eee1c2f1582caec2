import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { type CaseClaims, caseLines } from '../src/kernel/allocation/case-lines';
import type { Allocation, AllocationProblem } from '../src/kernel/allocation/problem';

/** Writes an instance, its plan and its prices as lines of JSON: docs/allocation-dump.md has every field. */
export async function writeDump(
  file: string,
  problem: AllocationProblem,
  plan: Allocation,
  claims: CaseClaims,
): Promise<void> {
  const out = createWriteStream(file);
  for (const line of caseLines(problem, plan, claims)) {
    if (!out.write(`${JSON.stringify(line)}\n`)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
}
