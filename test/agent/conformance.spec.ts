import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { HeldPlan, PlanRefused } from '../../src/agent/held-plan';
import { claimsAt, readPass, readSignedHeader } from '../../src/agent/pass.rules';
import { readClassLink } from '../../src/common/class-link';
import { checkedDecision, rowsOf } from '../../src/kernel/decision/check-decide';
import { plainBundle } from '../../src/kernel/decision/packed-bundle';
import { DECISION_REASONS } from '../../src/kernel/decision/visitor';
import { visitorOfKit } from '../kernel/conformance-answer';
import { conformanceKit, KIT_FILE, kitText, type Kit } from '../kernel/conformance-kit';
import { SIGNED_KIT_FILE, type SignedKit } from './signed-kit';

const kit = JSON.parse(readFileSync(KIT_FILE, 'utf8')) as Kit;
const signed = JSON.parse(readFileSync(SIGNED_KIT_FILE, 'utf8')) as SignedKit;

const CHECK = resolve(__dirname, '../../gateways/conformance/check.mjs');
const PROGRAM = [
  process.execPath,
  '-r',
  resolve(__dirname, '../swc-register.cjs'),
  resolve(__dirname, '../kernel/conformance-program.ts'),
];
const check = (args: string[]) => spawnSync(process.execPath, [CHECK, ...args], { encoding: 'utf8' });

describe('the conformance kit', () => {
  it('is what its cases say today', () => {
    expect(kitText(conformanceKit()) === readFileSync(KIT_FILE, 'utf8')).toBe(true);
  });

  it('names every reason, and each decision is what the definitions give', () => {
    for (const { bundle, changes, visitor, quota, now, decision, case: says } of kit.cases) {
      const content = plainBundle(kit.bundles[bundle]!);
      const rows = rowsOf(content, changes);
      const expected = checkedDecision(content, rows, visitorOfKit(content, visitor), quota, now);
      const { enforcedKind: kind, reason, until, opensAt } = decision;
      const windowUntil = expected.windowUntil === null ? null : until;
      expect({ says, kind, reason, windowUntil, opensAt: opensAt ?? 0 }).toEqual({ says, ...expected });
    }
    expect(new Set(kit.cases.map(({ decision }) => decision.reason)).size).toBe(DECISION_REASONS.length);
  });

  it('is passed by our own gateway, asked as a program', () => {
    const { status, stdout } = check(PROGRAM);
    expect([status, stdout]).toEqual([0, `${kit.cases.length} of ${kit.cases.length} cases answered, 0 wrong\n`]);
  });

  it('names the case that a gateway decides otherwise, and refuses a program that does not answer all', () => {
    const folder = mkdtempSync(join(tmpdir(), 'etale-kit-'));
    const file = join(folder, 'cases.json');
    const cases = structuredClone(kit.cases.slice(0, 5));
    cases[2]!.decision.reason = 'staff';
    writeFileSync(file, JSON.stringify({ ...kit, cases }));
    const wrong = check(['--cases', file, ...PROGRAM]);
    expect([wrong.status, wrong.stdout]).toEqual([
      1,
      expect.stringMatching(/^the last second of the window: enters\n[^]*5 of 5 cases answered, 1 wrong\n$/),
    ]);
    expect(check([process.execPath, '-e', '0'])).toMatchObject({
      status: 1,
      stdout: `0 of ${kit.cases.length} cases answered, 0 wrong\n`,
    });
    rmSync(folder, { recursive: true });
  });
});

describe('the signed part of the conformance kit', () => {
  it('is taken and refused step by step, with the revision and the chain that it leaves', async () => {
    const held = new HeldPlan();
    await held.setKeys(signed.keys);
    for (const { says, typ, bytes, signature, expected, after } of signed.steps) {
      const sent = { bytes: Buffer.from(bytes), signature };
      const take = async () =>
        typ === 'etale-bundle'
          ? held.takeBundle(sent, 1).then(() => 'taken')
          : held.takeDelta(sent).then((isNew) => (isNew ? 'taken' : 'ignored'));
      const outcome = await take().catch((error: unknown) => {
        if (!(error instanceof PlanRefused)) throw error;
        return error.code;
      });
      const { current } = held;
      const now = current ? { epoch: current.epoch, revision: current.revision, chain: current.chain } : null;
      expect({ says, outcome, now }).toEqual({ says, outcome: expected, now: after });
    }
  });

  it('reads passes, class links and headers of the ENT, and none that was changed', () => {
    const { platformId, kid, secret, entKey, items } = signed.passes;
    const keys = [{ kid, secret: Buffer.from(secret, 'base64url') }];
    for (const { kind, text, now, reads } of items) {
      const read =
        kind === 'pass'
          ? readPass(text, platformId, keys)
          : kind === 'class_link'
            ? readClassLink(text, platformId, keys)
            : claimsAt(readSignedHeader(text, Buffer.from(entKey)), now!);
      expect({ text, read: read ?? null }).toEqual({ text, read: reads });
    }
  });
});
