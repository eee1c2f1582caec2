import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BundleContent } from '../../src/kernel/decision/bundle-content';
import { packedBundle, plainBundle, type PackedBundle } from '../../src/kernel/decision/packed-bundle';
import { randomInteger, seededRandom } from '../../src/kernel/random';
import { anyBundle, anyQuota, anyVisitor } from './any-bundle';
import { answerOf, kitOfVisitor, type KitDecision, type KitQuestion } from './conformance-answer';
import { CASES, EMPTY, KIT_BUNDLES, PUPIL_OF_6A } from './conformance-cases';

export const KIT_FILE = resolve(__dirname, '../../gateways/conformance/cases.json');
const SEED = 20_210_406;
const RANDOM_BUNDLES = 8;
const RANDOM_CASES_EACH = 25;
/** Asked a second time with the bundle as it travels. */
const PACKED_TOO = ['ordinary', 'random 1', 'random 2'];

export interface Kit {
  format: 'etale-conformance/1';
  bundles: Record<string, BundleContent | PackedBundle>;
  cases: (KitQuestion & { decision: KitDecision })[];
}

/** The kit as it is committed: cases written by hand, then random ones. @throws where a written case decides otherwise */
export function conformanceKit(): Kit {
  const kit: Kit = { format: 'etale-conformance/1', bundles: { ...KIT_BUNDLES }, cases: [] };
  const add = (question: KitQuestion) => {
    const decision = answerOf(plainBundle(kit.bundles[question.bundle]!), question);
    kit.cases.push({ ...question, decision });
    return decision;
  };
  for (const { says, now, bundle = 'ordinary', visitor, quota, changes = [], expected } of CASES) {
    const decision = add({
      case: says,
      bundle,
      changes,
      visitor: { ...PUPIL_OF_6A, ...visitor },
      quota: { ...EMPTY, walkInWholeCount: quota?.walkInCount ?? 0, ...quota },
      now,
    });
    const decided = { ...decision, ...expected };
    if (JSON.stringify(decided) !== JSON.stringify(decision))
      throw new Error(`${says}: ${JSON.stringify(decision)} and not ${JSON.stringify(expected)}`);
  }
  const random = seededRandom(SEED);
  for (let b = 1; b <= RANDOM_BUNDLES; b++) {
    const content = anyBundle(random);
    kit.bundles[`random ${b}`] = content;
    for (let k = 1; k <= RANDOM_CASES_EACH; k++) {
      const visitor = kitOfVisitor(content, anyVisitor(random, content));
      const now = content.firstCell * 300 + randomInteger(random, 4 * 86_400) - 3600;
      const quota = anyQuota(random);
      add({ case: `random ${b}.${k}`, bundle: `random ${b}`, changes: [], visitor, quota, now });
    }
  }
  const plain = [...kit.cases];
  for (const name of PACKED_TOO) {
    const bundle = `${name}, packed`;
    kit.bundles[bundle] = packedBundle(plainBundle(kit.bundles[name]!));
    for (const { decision, ...asked } of plain) {
      if (asked.bundle !== name) continue;
      const again = add({ ...asked, case: `${asked.case} (packed)`, bundle });
      if (JSON.stringify(again) !== JSON.stringify(decision))
        throw new Error(`${asked.case}: otherwise where the bundle is packed`);
    }
  }
  return kit;
}

/** One line a bundle and a case, so that a change can be read. */
export function kitText({ format, bundles, cases }: Kit): string {
  const named = Object.entries(bundles).map(([name, content]) => `${JSON.stringify(name)}: ${JSON.stringify(content)}`);
  const lines = (all: readonly string[]) => all.join(',\n');
  return `{ "format": ${JSON.stringify(format)},\n"bundles": {\n${lines(named)}\n},\n"cases": [\n${lines(cases.map((one) => JSON.stringify(one)))}\n] }\n`;
}

// node -r ./test/swc-register.cjs test/kernel/conformance-kit.ts: writes the file anew
if (require.main === module) writeFileSync(KIT_FILE, kitText(conformanceKit()));
