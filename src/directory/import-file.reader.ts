import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FileRefusal } from './import-refusal';

/** What one record of a file may hold at most, in bytes or characters; an official record has a few thousand. */
export const RECORD_LIMIT = 1_000_000;

/** An open file: its bytes, unpacked, as they come, and what is known of it once they have all come. */
export interface OpenFile {
  chunks: AsyncIterable<Buffer>;
  /** Bytes of the file as sent, so far. */
  readByteCount(): number;
  /** Of the file as sent; call it after the last chunk. */
  sha256(): string;
}

const isGzip = (head: Buffer): boolean => head[0] === 0x1f && head[1] === 0x8b;
const isZip = (head: Buffer): boolean => head[0] === 0x50 && head[1] === 0x4b && head[2]! < 9;

/** The file as sent and as unpacked is held to one size: nothing that is refused was ever whole in memory or on disk. */
function held(limitBytes: number): (bytes: Buffer) => Buffer {
  let byteCount = 0;
  return (bytes) => {
    byteCount += bytes.length;
    if (byteCount > limitBytes)
      throw new FileRefusal('file_too_large', `The file holds, unpacked, more than ${limitBytes} bytes.`);
    return bytes;
  };
}

/**
 * Opens a file that may be packed with gzip (told by its first bytes), one chunk in memory at a time. Throws FileRefusal for
 * an empty file, one that holds more than `limitBytes` as it is sent or once unpacked (a gzip bomb is left in its first bytes beyond), a zip archive, and a gzip that is damaged or ends too early.
 */
export async function openFile(
  stream: AsyncIterable<Buffer | string>,
  limitBytes = Number.POSITIVE_INFINITY,
): Promise<OpenFile> {
  const hash = createHash('sha256');
  let byteCount = 0;
  const take = held(limitBytes);
  const source = (async function* () {
    for await (const chunk of stream) {
      const bytes = take(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
      hash.update(bytes);
      byteCount += bytes.length;
      if (bytes.length > 0) yield bytes;
    }
  })();
  let head = Buffer.alloc(0);
  while (head.length < 4) {
    const { value, done } = await source.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  if (head.length === 0) throw new FileRefusal('file_empty', 'The file is empty.');
  if (isZip(head)) throw new FileRefusal('file_is_archive', 'The file is a zip archive: send the file inside it.');
  const whole = (async function* () {
    yield head;
    yield* source;
  })();
  return {
    chunks: isGzip(head) ? gunzipped(whole, held(limitBytes)) : whole,
    readByteCount: () => byteCount,
    sha256: () => hash.digest('hex'),
  };
}

async function* gunzipped(packed: AsyncIterable<Buffer>, take: (bytes: Buffer) => Buffer): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  pipeline(Readable.from(packed, { objectMode: false }), gunzip, () => undefined);
  try {
    for await (const bytes of gunzip as AsyncIterable<Buffer>) yield take(bytes);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'Z_BUF_ERROR') throw new FileRefusal('gzip_truncated', 'The gzip file ends too early: send it again.');
    if (code?.startsWith('Z_')) throw new FileRefusal('gzip_damaged', 'The gzip file is damaged: send it again.');
    throw error;
  }
}

/** How many bytes at the end of a chunk may belong to a character that goes on in the next one. */
function openTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back;
  }
  return 0;
}

/**
 * Text in UTF-8 or Latin-1 (Windows-1252), with or without a byte order mark. The first byte beyond ASCII decides: a sequence
 * that is no UTF-8 makes the file Latin-1. A UTF-8 file that breaks later is refused, because half of it would be misread.
 */
export async function* decodedText(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const latin1 = new TextDecoder('windows-1252');
  let encoding: 'unknown' | 'utf-8' | 'latin-1' = 'unknown';
  let isFirst = true;
  let tail: Buffer = Buffer.alloc(0);
  const decode = (given: Buffer): string => {
    let bytes = given;
    if (isFirst) {
      isFirst = false;
      if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
        throw new FileRefusal('encoding_unsupported', 'The file is in UTF-16: save it as UTF-8.');
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
        encoding = 'utf-8';
        bytes = bytes.subarray(3);
      }
    }
    if (encoding === 'latin-1') return latin1.decode(bytes);
    try {
      const text = utf8.decode(bytes);
      if (text.length < bytes.length) encoding = 'utf-8';
      return text;
    } catch {
      if (encoding === 'utf-8')
        throw new FileRefusal('encoding_broken', 'The file begins in UTF-8 and goes on in another encoding.');
      encoding = 'latin-1';
      return latin1.decode(bytes);
    }
  };
  for await (const chunk of chunks) {
    const bytes: Buffer = tail.length > 0 ? Buffer.concat([tail, chunk]) : chunk;
    const cut = bytes.length - openTail(bytes);
    // a byte order mark must be seen whole
    if (cut === 0 || (isFirst && bytes.length < 3)) {
      tail = bytes;
      continue;
    }
    tail = bytes.subarray(cut);
    yield decode(bytes.subarray(0, cut));
  }
  if (tail.length > 0) yield decode(tail);
}
