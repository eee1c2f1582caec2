import { pipeline, Readable } from 'node:stream';
import { CsvError, Parser } from 'csv-parse';
import { FileRefusal } from './import-refusal';
import { RECORD_LIMIT } from './import-file.reader';
import { plain } from './text.rules';

/** One record of a file: the values of its fields under names that are the same for every spelling of a header. */
export interface FileRecord {
  /** In a CSV file the line, in JSON the rank of the record, from 1. */
  lineNumber: number;
  fields: ReadonlyMap<string, unknown>;
}

const STOP_WORDS = new Set(['de', 'd', 'l', 'la', 'le', 'les', 'en', 'du', 'des', 'un', 'une']);

/**
 * The name of a field without what differs between exports: capitals, accents, signs and small words. The technical name
 * `nombre_eleves_cp_hors_ulis` and the label `Nombre d'élèves en CP hors ULIS` give the same.
 */
export function fieldName(header: string): string {
  return plain(header)
    .replaceAll('+', ' plus ')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && !STOP_WORDS.has(word))
    .join('_');
}

function tooLarge(lineNumber: number): FileRefusal {
  return new FileRefusal(
    'record_too_large',
    `Record ${lineNumber} is larger than ${RECORD_LIMIT} characters: that is no record of this format.`,
    lineNumber,
  );
}

/** The separator of a header line: whichever of `;` `,` and tab it holds most; `;` in doubt. */
function separatorOf(header: string): string {
  const count = (sign: string): number => header.split(sign).length - 1;
  return [',', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best), ';');
}

/** The header of a CSV file, and its records one by one; a record with more or fewer values than the header is kept. */
export interface CsvFile {
  /** As written. */
  headers: string[];
  records: AsyncIterable<FileRecord>;
}

/** Reads a CSV file with a header line, quoted or not. A record beyond the limit refuses the file before it fills the memory. */
export async function readCsv(text: AsyncIterable<string>): Promise<CsvFile> {
  const rows = csvRows(text);
  const first = await rows.next();
  if (first.done) throw new FileRefusal('file_empty', 'The file holds no header line.');
  const headers = first.value.values.map((header) => header.trim());
  const names = headers.map(fieldName);
  const repeated = names.find((name, at) => name !== '' && names.indexOf(name) !== at);
  if (repeated !== undefined)
    throw new FileRefusal(
      'column_repeated',
      `Two columns have the same name (column ${names.lastIndexOf(repeated) + 1}).`,
      1,
    );
  return {
    headers,
    records: (async function* () {
      for await (const { values, lineNumber } of rows) {
        if (values.length === 1 && values[0]!.trim() === '') continue;
        const fields = new Map<string, unknown>();
        for (let i = 0; i < names.length; i++) if (names[i] !== '') fields.set(names[i]!, values[i] ?? '');
        if (values.length > names.length) fields.set(EXTRA_VALUES, values.length - names.length);
        yield { lineNumber, fields };
      }
    })(),
  };
}

/** The field that counts the values of a line beyond its header. */
export const EXTRA_VALUES = ' extra values';

async function* csvRows(text: AsyncIterable<string>): AsyncGenerator<{ values: string[]; lineNumber: number }> {
  const source = text[Symbol.asyncIterator]();
  let head = '';
  for (let end = -1; end < 0; end = head.search(/[\r\n]/)) {
    if (head.length > RECORD_LIMIT) throw tooLarge(1);
    const next = await source.next();
    if (next.done) break;
    head += next.value;
  }
  const whole = (async function* () {
    yield head;
    yield* { [Symbol.asyncIterator]: () => source };
  })();
  const parser = new Parser({
    delimiter: separatorOf(head.split(/[\r\n]/, 1)[0]!),
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: RECORD_LIMIT,
  });
  pipeline(Readable.from(whole), parser, () => undefined);
  let lineNumber = 1;
  try {
    for await (const row of parser as AsyncIterable<string[]>) {
      yield { values: row, lineNumber };
      // the parser counts a CR LF inside quotes twice
      lineNumber += 1 + row.reduce((sum, value) => sum + lineBreakCount(value), 0);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const at = Number((error as { lines?: number }).lines ?? lineNumber);
    if (error.code === 'CSV_MAX_RECORD_SIZE') throw tooLarge(at);
    throw new FileRefusal('csv_invalid', `The file is no CSV from line ${at} on (${error.code}).`, at);
  }
}

const lineBreakCount = (value: string): number => (/[\r\n]/.test(value) ? value.match(/\r\n|\r|\n/g)!.length : 0);

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/**
 * Reads records from a JSON array of objects or from one object after another (NDJSON), holding one record at a time. A
 * scanner of brackets and strings cuts the text, so that a record beyond the limit refuses the file before it fills the
 * memory; the runtime's own parser reads each piece.
 */
export async function* readJson(text: AsyncIterable<string>): AsyncGenerator<FileRecord> {
  const names = new Map<string, string>();
  const nameOf = (key: string): string => {
    let name = names.get(key);
    if (name === undefined) {
      if (names.size > 5000) names.clear();
      names.set(key, (name = fieldName(key)));
    }
    return name;
  };
  let lineNumber = 1;
  const recordOf = (piece: string): FileRecord => {
    let value: Record<string, unknown>;
    try {
      value = JSON.parse(piece) as Record<string, unknown>;
    } catch {
      throw new FileRefusal('json_invalid', `Record ${lineNumber} is not valid JSON.`, lineNumber);
    }
    // older exports of the portal wrap each record
    if (typeof value.fields === 'object' && value.fields !== null) value = value.fields as Record<string, unknown>;
    const fields = new Map(Object.entries(value).map(([key, field]) => [nameOf(key), field]));
    return { lineNumber: lineNumber++, fields };
  };
  let piece = '';
  let depth = 0;
  let isInString = false;
  let isInArray = false;
  let isClosed = false;
  let isEscaped = false;
  for await (const chunk of text) {
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const sign = chunk.charCodeAt(i);
      if (isInString) {
        if (isEscaped) isEscaped = false;
        else if (sign === BACKSLASH) isEscaped = true;
        else if (sign === QUOTE) isInString = false;
      } else if (depth > 0) {
        if (sign === QUOTE) isInString = true;
        else if (sign === OPEN_OBJECT || sign === OPEN_ARRAY) depth++;
        else if ((sign === CLOSE_OBJECT || sign === CLOSE_ARRAY) && --depth === 0) {
          piece += chunk.slice(start, i + 1);
          if (piece.length > RECORD_LIMIT) throw tooLarge(lineNumber);
          yield recordOf(piece);
          piece = '';
        }
      } else if (sign === OPEN_OBJECT && !isClosed) {
        depth = 1;
        start = i;
      } else if (sign === OPEN_ARRAY && !isInArray && !isClosed && lineNumber === 1) isInArray = true;
      else if (sign === CLOSE_ARRAY && isInArray) {
        isInArray = false;
        isClosed = true;
      } else if (!/[\s,\ufeff]/.test(chunk[i]!))
        throw new FileRefusal(
          'json_invalid',
          `There is something else than records near record ${lineNumber}.`,
          lineNumber,
        );
    }
    if (depth > 0) {
      piece += chunk.slice(start);
      if (piece.length > RECORD_LIMIT) throw tooLarge(lineNumber);
    }
  }
  if (depth > 0 || isInArray)
    throw new FileRefusal('json_truncated', `The file ends too early, in record ${lineNumber}.`, lineNumber);
}

/** Whether a text is JSON or CSV, from its first sign; the text itself comes back whole. */
export async function sniffed(
  text: AsyncGenerator<string>,
): Promise<{ format: 'json' | 'csv'; text: AsyncGenerator<string> }> {
  let head = '';
  for (;;) {
    const next = await text.next();
    if (next.done) break;
    head += next.value;
    if (head.trim() !== '' || head.length > RECORD_LIMIT) break;
  }
  if (head.trim() === '') throw new FileRefusal('file_empty', 'The file is empty.');
  const whole = (async function* () {
    yield head;
    yield* text;
  })();
  return { format: /^\s*[[{]/.test(head) ? 'json' : 'csv', text: whole };
}
