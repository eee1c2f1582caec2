import { createHash } from 'node:crypto';
import { decodeProtectedHeader, flattenedVerify, FlattenedSign, type CryptoKey } from 'jose';

/** What may be signed; a reader that expects one never takes the other. */
export type SignedType = 'etale-bundle' | 'etale-delta';

/** h of the first bundle of an epoch: 32 zero bytes, as hex. */
export const CHAIN_START = '0'.repeat(64);

const DETACHED = /^([A-Za-z0-9_-]+)\.\.([A-Za-z0-9_-]+)$/;
const CHAIN = /^[0-9a-f]{64}$/;

/** Bytes whose signature, type or chain is not what it should be. */
export class SignatureInvalid extends Error {
  constructor(problem: string) {
    super(`signature: ${problem}`);
    this.name = 'SignatureInvalid';
  }
}

/** h after a delta, 64 hex digits: SHA-256(h before || bytes). */
export const nextChain = (before: string, bytes: Uint8Array): string =>
  createHash('sha256').update(Buffer.from(before, 'hex')).update(bytes).digest('hex');

/** A detached compact JWS (Ed25519, payload unencoded) over the bytes, which names its key, its type and h after them. */
export async function signBytes(
  bytes: Uint8Array,
  { kid, privateKey, typ, chain }: { kid: string; privateKey: CryptoKey; typ: SignedType; chain: string },
): Promise<string> {
  const header = { alg: 'EdDSA', kid, typ, chain, b64: false, crit: ['b64'] };
  const { protected: head, signature } = await new FlattenedSign(bytes).setProtectedHeader(header).sign(privateKey);
  return `${head}..${signature}`;
}

/** The kid of a detached JWS, unverified: which key to fetch. @throws SignatureInvalid */
export function kidOf(jws: string): string {
  try {
    const { kid } = decodeProtectedHeader({ protected: partsOf(jws).head });
    if (typeof kid === 'string') return kid;
  } catch (error) {
    throw new SignatureInvalid(error instanceof Error ? error.message : 'no header');
  }
  throw new SignatureInvalid('names no key');
}

/** Checks the signature over the bytes and gives the chain value that it vouches for. @throws SignatureInvalid */
export async function verifyBytes(
  bytes: Uint8Array,
  jws: string,
  publicKey: CryptoKey,
  typ: SignedType,
): Promise<{ chain: string }> {
  const { head, signature } = partsOf(jws);
  const verified = await flattenedVerify({ protected: head, payload: bytes, signature }, publicKey, {
    algorithms: ['EdDSA'],
  }).catch((error: unknown) => {
    throw new SignatureInvalid(error instanceof Error ? error.message : 'does not fit');
  });
  const header = verified.protectedHeader as Record<string, unknown>;
  if (header.typ !== typ) throw new SignatureInvalid(`is of type ${String(header.typ)}, not ${typ}`);
  if (header.b64 !== false || typeof header.chain !== 'string' || !CHAIN.test(header.chain))
    throw new SignatureInvalid('has no chain');
  return { chain: header.chain };
}

function partsOf(jws: string): { head: string; signature: string } {
  const [, head, signature] = DETACHED.exec(jws) ?? [];
  if (head === undefined || signature === undefined) throw new SignatureInvalid('is no detached JWS');
  return { head, signature };
}
