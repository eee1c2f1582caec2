import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose';
import { passText, signedHeaderText, type Pass } from '../../src/agent/pass.rules';
import { classLinkText } from '../../src/common/class-link';
import { CHAIN_START, nextChain, signBytes } from '../../src/common/signed-bytes';
import { packedBundle } from '../../src/kernel/decision/packed-bundle';
import { cell, gateContent } from './gate-content';

export const SIGNED_KIT_FILE = resolve(__dirname, '../../gateways/conformance/signed.json');

/** What is offered to a gateway one after the other, as gateways/conformance/README.md says. */
export interface SignedKit {
  format: 'etale-conformance-signed/1';
  keys: JWK[];
  steps: {
    says: string;
    typ: 'etale-bundle' | 'etale-delta';
    bytes: string;
    signature: string;
    expected: string;
    after: { epoch: number; revision: number; chain: string } | null;
  }[];
  passes: {
    platformId: number;
    kid: string;
    secret: string;
    entKey: string;
    items: { kind: 'pass' | 'class_link' | 'visitor_header'; text: string; now?: number; reads: unknown }[];
  };
}

const PASS: Pass = {
  profile: 0,
  until: 1_764_578_400,
  admittedOn: 490_151,
  draw: 123_456_789,
  toldOn: 0,
  told: 0,
  levels: 2,
  shown: [11, 12],
  chosen: [],
  establishments: [50],
};

/** A kit with a key of its own, whose private half is kept nowhere. */
async function signedKit(): Promise<SignedKit> {
  const pairOf = () => generateKeyPair('EdDSA', { extractable: true });
  const [known, stranger] = [await pairOf(), await pairOf()];
  const steps: SignedKit['steps'] = [];
  let held: SignedKit['steps'][number]['after'] = null;
  const offer = async (
    says: string,
    typ: 'etale-bundle' | 'etale-delta',
    content: object,
    chain: string,
    expected: string,
    change: { key?: CryptoKey; signedAs?: typeof typ; spoil?: (text: string) => string } = {},
  ) => {
    const text = JSON.stringify(content);
    const privateKey = change.key ?? known.privateKey;
    const signature = await signBytes(Buffer.from(text), {
      kid: 'kit-1',
      privateKey,
      typ: change.signedAs ?? typ,
      chain,
    });
    if (expected === 'taken') {
      const { epoch, revision = 0, to = revision } = content as { epoch: number; revision?: number; to?: number };
      held = { epoch, revision: to, chain };
    }
    steps.push({ says, typ, bytes: change.spoil?.(text) ?? text, signature, expected, after: held });
  };
  const move = [{ audience: 'pupils', ownerId: 11, removes: cell(9, 45), adds: [cell(11), 9, 0] }];
  const back = [{ audience: 'pupils', ownerId: 11, removes: cell(11), adds: [cell(9, 45), 9, 0] }];
  const delta = (from: number, to: number, changes: object[], more: object = {}) => ({
    format: 'etale-delta/1',
    platformId: 1,
    epoch: 1,
    from,
    to,
    issuedAt: 1_764_543_700,
    changes,
    ...more,
  });
  const chained = (before: string, content: object) => nextChain(before, Buffer.from(JSON.stringify(content)));
  const at = { first: CHAIN_START, second: '', third: '' };
  const eighth = delta(7, 8, move);
  at.second = chained(at.first, eighth);
  const ninth = delta(8, 9, back);
  at.third = chained(at.second, ninth);
  const other = (letters: string) => (text: string) => text.replace('"revision":7', letters);

  await offer('a delta before any bundle', 'etale-delta', eighth, at.second, 'chain_broken');
  await offer(
    'a bundle signed by another key of the same name',
    'etale-bundle',
    gateContent(),
    at.first,
    'signature_invalid',
    { key: stranger.privateKey },
  );
  await offer('a bundle whose bytes were changed', 'etale-bundle', gateContent(), at.first, 'signature_invalid', {
    spoil: other('"revision":9'),
  });
  await offer('a bundle signed as a delta', 'etale-bundle', gateContent(), at.first, 'signature_invalid', {
    signedAs: 'etale-delta',
  });
  await offer(
    'a bundle of a format to come',
    'etale-bundle',
    { ...gateContent(), format: 'etale-bundle/9' },
    at.first,
    'format_unknown',
  );
  await offer('the first bundle', 'etale-bundle', gateContent(), at.first, 'taken');
  await offer('a delta that skips one', 'etale-delta', ninth, at.third, 'chain_broken');
  await offer('a delta whose chain does not follow', 'etale-delta', eighth, at.third, 'chain_broken');
  await offer(
    'a delta of a class that the bundle does not know',
    'etale-delta',
    delta(7, 8, [{ ...move[0], ownerId: 99 }]),
    chained(at.first, delta(7, 8, [{ ...move[0], ownerId: 99 }])),
    'content_invalid',
  );
  await offer('the delta that follows', 'etale-delta', eighth, at.second, 'taken');
  await offer('the same delta again', 'etale-delta', eighth, at.second, 'ignored');
  await offer('the next delta', 'etale-delta', ninth, at.third, 'taken');
  await offer('an older bundle', 'etale-bundle', gateContent(), at.first, 'older_revision');
  const packed = packedBundle(gateContent({ revision: 20 }));
  await offer(
    'a packed bundle with fewer characters than windows',
    'etale-bundle',
    { ...packed, windows: { ...packed.windows, start: '' } },
    at.third,
    'content_invalid',
  );
  await offer(
    'a packed bundle with a start that its list does not have',
    'etale-bundle',
    { ...packed, windows: { ...packed.windows, starts: [] } },
    at.third,
    'content_invalid',
  );
  await offer('a packed bundle', 'etale-bundle', packed, at.third, 'taken');
  await offer(
    'a bundle of another platform',
    'etale-bundle',
    gateContent({ revision: 21, platformId: 2 }),
    at.third,
    'platform_other',
  );
  await offer(
    'a bundle whose columns contradict each other',
    'etale-bundle',
    gateContent({ revision: 21, windows: { count: [9], gap: [], cellCount: [], activity: [] } }),
    at.third,
    'content_invalid',
  );
  await offer(
    'a bundle of the next epoch, of a lower revision',
    'etale-bundle',
    gateContent({ epoch: 2, revision: 3 }),
    at.first,
    'taken',
  );
  await offer(
    'a bundle of the epoch before, of a higher revision',
    'etale-bundle',
    gateContent({ revision: 30 }),
    at.third,
    'older_revision',
  );

  const secret = Buffer.from(Array.from({ length: 32 }, (_, k) => k * 7));
  const key = { kid: 'p1', secret };
  const entKey = 'the key that the ENT and a gateway share';
  const pass = passText(PASS, 1, key);
  const link = classLinkText(11, 1, key);
  const claims = { profile: 'pupil', classes: ['77$6e A'], uais: [], exp: 1_764_578_400 };
  const header = signedHeaderText(claims, Buffer.from(entKey));
  const changed = (text: string) => text.slice(0, -3) + (text.at(-3) === 'A' ? 'B' : 'A') + text.slice(-2);
  return {
    format: 'etale-conformance-signed/1',
    keys: [{ ...(await exportJWK(known.publicKey)), kid: 'kit-1', use: 'sig', alg: 'EdDSA' }],
    steps,
    passes: {
      platformId: 1,
      kid: key.kid,
      secret: secret.toString('base64url'),
      entKey,
      items: [
        { kind: 'pass', text: pass, reads: PASS },
        { kind: 'pass', text: changed(pass), reads: null },
        { kind: 'pass', text: passText(PASS, 2, key), reads: null },
        { kind: 'class_link', text: link, reads: 11 },
        { kind: 'class_link', text: changed(link), reads: null },
        { kind: 'visitor_header', text: header, now: claims.exp - 1, reads: claims },
        { kind: 'visitor_header', text: header, now: claims.exp, reads: null },
        { kind: 'visitor_header', text: changed(header), now: claims.exp - 1, reads: null },
      ],
    },
  };
}

// node -r ./test/swc-register.cjs test/agent/signed-kit.ts: writes the file anew, with another key
if (require.main === module)
  void signedKit().then((kit) => writeFileSync(SIGNED_KIT_FILE, `${JSON.stringify(kit, undefined, 1)}\n`));
