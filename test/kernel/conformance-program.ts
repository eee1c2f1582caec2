import { createInterface } from 'node:readline';
import type { BundleContent } from '../../src/kernel/decision/bundle-content';
import { plainBundle, type PackedBundle } from '../../src/kernel/decision/packed-bundle';
import { answerOf, type KitQuestion } from './conformance-answer';

/** Our own gateway as a program that the conformance kit asks: bundles and questions come in as lines, decisions go out. */
const bundles = new Map<string, BundleContent>();
createInterface({ input: process.stdin }).on('line', (line) => {
  const said = JSON.parse(line) as KitQuestion & { content?: BundleContent | PackedBundle };
  if (said.content) bundles.set(said.bundle, plainBundle(said.content));
  else console.log(JSON.stringify(answerOf(bundles.get(said.bundle)!, said)));
});
