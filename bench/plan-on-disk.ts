import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { PlanDisk } from '../src/agent/plan-disk';
import { CHAIN_START, signBytes } from '../src/common/signed-bytes';
import type { BundleContent } from '../src/kernel/decision/bundle-content';
import { packedBundle } from '../src/kernel/decision/packed-bundle';

export const PASS_KEY = { kid: 'p1', secret: Buffer.alloc(32, 7) };

/** A signed plan in an agent's folder: an agent that finds no service starts with it. */
export async function writePlan(folder: string, content: BundleContent): Promise<void> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
  const kid = 'bench';
  const bytes = Buffer.from(JSON.stringify(packedBundle(content)));
  const signature = await signBytes(bytes, { kid, privateKey, typ: 'etale-bundle', chain: CHAIN_START });
  await new PlanDisk(folder).write({
    edition: 1,
    keys: [{ ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'EdDSA' }],
    passKeys: [
      {
        kid: PASS_KEY.kid,
        secret: PASS_KEY.secret.toString('base64url'),
        signsFrom: '2020-01-01T00:00:00Z',
        verifiesUntil: '2099-01-01T00:00:00Z',
      },
    ],
    bundle: { bytes, signature },
    deltas: [],
  });
}

/** What Node runs as an agent that has such a folder and no service to ask, on a port of the system's choice. */
export function lonelyAgent(folder: string): string[] {
  const main = join(__dirname, '../src/agent/main.js');
  return [main, '--url', 'http://127.0.0.1:1', '--key', 'etale_bench', '--port', '0', '--folder', folder];
}
