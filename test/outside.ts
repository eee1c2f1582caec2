import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** What docs/verify-a-plan.mjs says of a plan, from the outside. */
export interface OutsideVerdict {
  exitCode: number;
  /** What it finds wrong. */
  problems: string[];
  verdict: Record<string, number | null>;
}

/** Runs docs/verify-a-plan.mjs against a server. */
export function verifyFromOutside(address: string, planId: number): Promise<OutsideVerdict> {
  return new Promise((resolve) => {
    const script = join(__dirname, '../docs/verify-a-plan.mjs');
    execFile(process.execPath, [script, address, String(planId)], (error, stdout, stderr) => {
      const lines = stdout.trimEnd().split('\n');
      const last = lines.at(-1)!;
      const isVerdict = last.startsWith('{');
      resolve({
        exitCode: error ? Number(error.code) : 0,
        problems: isVerdict ? lines.slice(0, -1) : [...lines, stderr],
        verdict: isVerdict ? (JSON.parse(last) as OutsideVerdict['verdict']) : {},
      });
    });
  });
}
