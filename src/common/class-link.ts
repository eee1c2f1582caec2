import { createHmac, timingSafeEqual } from 'node:crypto';

/** A key of a platform for passes and class links. */
export interface PassKey {
  kid: string;
  secret: Buffer;
}

const MAC_BYTES = 16;

/** Half of an HMAC-SHA-256: 128 bits. */
export const macOf = (secret: Buffer, text: string): Buffer =>
  createHmac('sha256', secret).update(text).digest().subarray(0, MAC_BYTES);

/** The proof in a class link that a school gives to its families: it shows one class and nobody in particular. */
export function classLinkText(classId: number, platformId: number, { kid, secret }: PassKey): string {
  const text = `link.${kid}.${platformId}.${classId}`;
  return `${kid}.${classId.toString(36)}.${macOf(secret, text).toString('base64url')}`;
}

/** The class of a link, where a key of this platform made it. */
export function readClassLink(link: string, platformId: number, keys: readonly PassKey[]): number | undefined {
  const [kid = '', id = ''] = link.split('.');
  const key = keys.find((k) => k.kid === kid);
  const classId = parseInt(id, 36);
  if (!key || !Number.isSafeInteger(classId)) return undefined;
  const wanted = Buffer.from(classLinkText(classId, platformId, key));
  const given = Buffer.from(link);
  return given.length === wanted.length && timingSafeEqual(given, wanted) ? classId : undefined;
}
