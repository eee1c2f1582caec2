import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { decodedText, openFile } from './import-file.reader';
import { FileRefusal } from './import-refusal';
import { fieldName, readCsv, readJson, type FileRecord } from './import-records.reader';

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}
const textOf = async (bytes: Buffer, size: number): Promise<string> => {
  let text = '';
  for await (const part of decodedText((await openFile(pieces(bytes, size))).chunks)) text += part;
  return text;
};
async function all(records: AsyncIterable<FileRecord>): Promise<{ lineNumber: number; [field: string]: unknown }[]> {
  const list = [];
  for await (const { lineNumber, fields } of records) list.push({ lineNumber, ...Object.fromEntries(fields) });
  return list;
}
const csvOf = async (text: string, size = 7): Promise<object[]> =>
  all((await readCsv(decodedText(pieces(Buffer.from(text), size)))).records);
const jsonOf = (text: string, size = 7): Promise<object[]> =>
  all(readJson(decodedText(pieces(Buffer.from(text), size))));
const refusalOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'accepted';
  } catch (error) {
    if (error instanceof FileRefusal) return error.code;
    throw error;
  }
};

describe('the bytes of a file', () => {
  const latin1 = fc.stringMatching(/^[A-Za-zàâçéèêëîïôùûüÉÈ ]{1,60}$/);

  it('are read as UTF-8 with or without a mark, or as Latin-1, packed or not, however they are cut', () =>
    fc.assert(
      fc.asyncProperty(latin1, fc.integer({ min: 1, max: 9 }), fc.boolean(), async (text, size, isPacked) => {
        const pack = (bytes: Buffer): Buffer => (isPacked ? gzipSync(bytes) : bytes);
        expect(await textOf(pack(Buffer.from(text, 'utf8')), size)).toBe(text);
        expect(await textOf(pack(Buffer.from(`\ufeff${text}`, 'utf8')), size)).toBe(text);
        expect(await textOf(pack(Buffer.from(text, 'latin1')), size)).toBe(text);
      }),
    ));

  it('are refused when there are none, when a gzip ends too early or is damaged, and when they are an archive or UTF-16', async () => {
    const packed = gzipSync(Buffer.from('uai;classe\n'.repeat(1000)));
    const damaged = Buffer.from(packed);
    damaged.fill(0x55, 12, 30);
    expect(await refusalOf(textOf(Buffer.alloc(0), 5))).toBe('file_empty');
    expect(await refusalOf(textOf(packed.subarray(0, packed.length - 20), 5))).toBe('gzip_truncated');
    expect(await refusalOf(textOf(damaged, 5))).toBe('gzip_damaged');
    expect(await refusalOf(textOf(Buffer.from('PK\x03\x04 and more'), 5))).toBe('file_is_archive');
    expect(await refusalOf(textOf(Buffer.from('\ufeffuai', 'utf16le'), 5))).toBe('encoding_unsupported');
    const mixed = Buffer.concat([Buffer.from('é'.repeat(9)), Buffer.from('é', 'latin1'), Buffer.from('abc')]);
    expect(await refusalOf(textOf(mixed, 6))).toBe('encoding_broken');
  });
});

describe('CSV records', () => {
  it('carry their line, with quotes, line breaks inside them, either line end, and missing values', async () => {
    expect(await csvOf('UAI;Nom\r\n1;"a;b"\r\n2;"c\r\nd"\r\n\r\n3\r\n4;x;y')).toEqual([
      { lineNumber: 2, uai: '1', nom: 'a;b' },
      { lineNumber: 3, uai: '2', nom: 'c\r\nd' },
      { lineNumber: 6, uai: '3', nom: '' },
      { lineNumber: 7, uai: '4', nom: 'x', ' extra values': 1 },
    ]);
  });

  it('are found with commas and tabs too, and without a last line end', async () => {
    expect(await csvOf('uai,nom\n1,a')).toEqual([{ lineNumber: 2, uai: '1', nom: 'a' }]);
    expect(await csvOf('uai\tnom\n1\ta\n', 1)).toEqual([{ lineNumber: 2, uai: '1', nom: 'a' }]);
    expect(await csvOf('uai;nom')).toEqual([]);
  });

  it('beyond the limit refuse the file, open quote or not, without holding more than the limit', async () => {
    async function* endless(start: string): AsyncGenerator<string> {
      yield start;
      for (let i = 0; i < 100_000; i++) yield await Promise.resolve('x'.repeat(65_536));
    }
    const drain = async (text: AsyncIterable<string>): Promise<unknown> => all((await readCsv(text)).records);
    const before = process.memoryUsage().heapUsed;
    expect(await refusalOf(drain(endless('uai;nom\n1;')))).toBe('record_too_large');
    expect(await refusalOf(drain(endless('uai;nom\n1;"')))).toBe('record_too_large');
    expect(await refusalOf(drain(endless('uai')))).toBe('record_too_large');
    expect(await refusalOf(all(readJson(endless('[{"uai":"'))))).toBe('record_too_large');
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100_000_000);
  });

  it('need columns with different names', async () => {
    expect(await refusalOf(csvOf('uai;Nom;nom\n'))).toBe('column_repeated');
  });
});

describe('JSON records', () => {
  it('come from an array, from lines, or wrapped as older exports do, however the text is cut', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ a: fc.string(), b: fc.integer() })),
        fc.integer({ min: 1, max: 30 }),
        async (rows, size) => {
          const expected = rows.map((row, i) => ({ lineNumber: i + 1, ...row }));
          expect(await jsonOf(JSON.stringify(rows, null, 1), size)).toEqual(expected);
          expect(await jsonOf(rows.map((row) => JSON.stringify(row)).join('\n'), size)).toEqual(expected);
          expect(await jsonOf(JSON.stringify(rows.map((fields) => ({ recordid: 'r', fields }))), size)).toEqual(
            expected,
          );
        },
      ),
    ));

  it('refuse the file when it ends too early or holds something else', async () => {
    expect(await refusalOf(jsonOf('[{"a":1},{"a":'))).toBe('json_truncated');
    expect(await refusalOf(jsonOf('[{"a":1}'))).toBe('json_truncated');
    expect(await refusalOf(jsonOf('[{"a":1}] 5'))).toBe('json_invalid');
    expect(await refusalOf(jsonOf('[{"a":1,}]'))).toBe('json_invalid');
  });
});

describe('field names', () => {
  it('are the same for the technical name and the label of a field', () => {
    expect(fieldName("Nombre d'élèves en CP hors ULIS")).toBe(fieldName('nombre_eleves_cp_hors_ulis'));
    expect(fieldName("Numéro de l'école")).toBe(fieldName('numero_ecole'));
    expect(fieldName('REP +')).toBe(fieldName('rep_plus'));
    expect(fieldName('Code_departement')).toBe('code_departement');
  });
});
