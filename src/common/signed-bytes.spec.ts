import { generateKeyPair } from 'jose';
import { CHAIN_START, kidOf, nextChain, SignatureInvalid, signBytes, verifyBytes } from './signed-bytes';

describe('Signed bytes', () => {
  const bytes = Buffer.from('{"format":"etale-delta/1"}');
  const chain = nextChain(CHAIN_START, bytes);
  const keys = generateKeyPair('EdDSA');
  const signed = async () =>
    signBytes(bytes, { kid: 'k1', privateKey: (await keys).privateKey, typ: 'etale-delta', chain });

  it('are verified with the key that they name, and give the chain that is signed with them', async () => {
    const jws = await signed();
    expect(kidOf(jws)).toBe('k1');
    expect(await verifyBytes(bytes, jws, (await keys).publicKey, 'etale-delta')).toEqual({ chain });
  });

  it('are refused with any one bit flipped', async () => {
    const jws = await signed();
    for (let bit = 0; bit < bytes.length * 8; bit += 7) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      await expect(verifyBytes(flipped, jws, (await keys).publicKey, 'etale-delta')).rejects.toThrow(SignatureInvalid);
    }
  });

  it('are refused under another key, as another type, and truncated', async () => {
    const jws = await signed();
    const other = await generateKeyPair('EdDSA');
    await expect(verifyBytes(bytes, jws, other.publicKey, 'etale-delta')).rejects.toThrow(SignatureInvalid);
    const { publicKey } = await keys;
    await expect(verifyBytes(bytes, jws, publicKey, 'etale-bundle')).rejects.toThrow('of type etale-delta');
    await expect(verifyBytes(bytes, jws.slice(0, -4), publicKey, 'etale-delta')).rejects.toThrow(SignatureInvalid);
    await expect(verifyBytes(bytes, 'nonsense', publicKey, 'etale-delta')).rejects.toThrow('no detached JWS');
  });

  it('chain over every byte and over the order', () => {
    const a = Buffer.from('a');
    const b = Buffer.from('b');
    expect(nextChain(nextChain(CHAIN_START, a), b)).not.toBe(nextChain(nextChain(CHAIN_START, b), a));
    expect(nextChain(CHAIN_START, a)).toMatch(/^[0-9a-f]{64}$/);
  });
});
