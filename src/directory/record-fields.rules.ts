import { fieldName, type FileRecord } from './import-records.reader';
import { readUai, uaiProblemText } from './uai.rules';

/** Why a line is refused: which field, a stable code, a sentence. */
export class LineRefusal extends Error {
  constructor(
    readonly field: string | null,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = LineRefusal.name;
  }
}

/** The text of the first of these fields that the record has, trimmed; empty when it has none. */
export function textField(record: FileRecord, ...fields: string[]): string {
  for (const field of fields) {
    const value = record.fields.get(fieldName(field));
    if (typeof value === 'string') return value.trim();
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  }
  return '';
}

/** A UAI with its check letter verified. Throws LineRefusal. */
export function uaiField(record: FileRecord, field: string): string {
  const reading = readUai(textField(record, field));
  if (reading.uai === undefined) throw new LineRefusal(field, reading.problem, uaiProblemText(reading));
  return reading.uai;
}

/** A whole number of 0 or more (`3`, `3.0`, `"3"`; nothing counts as 0) up to a maximum. Throws LineRefusal. */
export function countField(record: FileRecord, maximum: number, ...fields: string[]): number {
  const text = textField(record, ...fields)
    .replace(/[\s\u00a0\u202f]/g, '')
    .replace(',', '.');
  const value = text === '' ? 0 : Number(text);
  if (!Number.isFinite(value) || !Number.isInteger(value))
    throw new LineRefusal(fields[0]!, 'headcount_invalid', 'This is not a whole number.');
  if (value < 0)
    throw new LineRefusal(fields[0]!, 'headcount_negative', 'A number of pupils or classes cannot be negative.');
  if (value > maximum)
    throw new LineRefusal(fields[0]!, 'headcount_too_large', `More than ${maximum} cannot be right.`);
  return value;
}

/** Whether the record has the field at all, whatever its value. */
export const hasField = (record: FileRecord, field: string): boolean => record.fields.has(fieldName(field));

/** `2024`, `2024-2025` or `2024/2025` -> `2024-2025`; undefined for anything else. */
export function schoolYearOf(text: string): string | undefined {
  const match = /^(20\d\d)(?:\s*[-/]\s*(20\d\d))?$/.exec(text.trim());
  if (!match) return undefined;
  const next = Number(match[1]) + 1;
  return match[2] !== undefined && Number(match[2]) !== next ? undefined : `${match[1]!}-${next}`;
}
