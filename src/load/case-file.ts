import { gzipSync } from 'node:zlib';
import { type CaseClaims, caseLines, type CaseReplan } from '../kernel/allocation/case-lines';
import type { Allocation } from '../kernel/allocation/problem';
import { AUDIENCES } from '../campaign/window-kind';
import type { AssembledProblem } from './assembled-problem';

/** Lines are compressed in pieces of this many characters: the text of a large case is never whole in memory. */
const PIECE_CHARACTERS = 4 * 1024 * 1024;
/** Levels above cost more time than they save room. */
const GZIP_LEVEL = 4;

/**
 * The case of a plan as a file (gzip, several members): what it was computed from, what it became and what proves it, in the lines of
 * docs/allocation-dump.md. Demands are told by class and audience, as windows are.
 */
export function caseFileOf(
  { problem, identity }: AssembledProblem,
  plan: Allocation,
  claims: CaseClaims,
  replan?: CaseReplan,
): Uint8Array {
  const pieces: Buffer[] = [];
  const named = (demand: number): object => ({
    classId: identity.classId[demand]! < 0 ? null : identity.classId[demand]!,
    audience: AUDIENCES[identity.audience[demand]!],
  });
  let text = '';
  const flush = (): void => {
    pieces.push(gzipSync(text, { level: GZIP_LEVEL }));
    text = '';
  };
  for (const line of caseLines(problem, plan, claims, named, replan)) {
    text += `${JSON.stringify(line)}\n`;
    if (text.length > PIECE_CHARACTERS) flush();
  }
  flush();
  // memory of its own, which can be moved to another thread
  return Uint8Array.from(Buffer.concat(pieces));
}
