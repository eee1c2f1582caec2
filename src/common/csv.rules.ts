import { stringify } from 'csv-stringify/sync';

/**
 * Lines of CSV as spreadsheets of French schools open them: `;` between fields, CRLF, quoted as RFC 4180 says. A text that a
 * spreadsheet would take for a formula gets an apostrophe before it; numbers stay numbers. `hasMark`: begins with the byte order
 * mark by which spreadsheets know UTF-8. `hasDecimalComma`: figures as French spreadsheets read them, `13,0927`.
 */
export function csvText(
  lines: readonly (readonly (string | number | null)[])[],
  { hasMark = false, hasDecimalComma = false }: { hasMark?: boolean; hasDecimalComma?: boolean } = {},
): string {
  return stringify(lines as (string | number | null)[][], {
    bom: hasMark,
    delimiter: ';',
    record_delimiter: 'windows',
    escape_formulas: true,
    cast: {
      // a figure below zero is no formula
      number: (value) => ({
        value: hasDecimalComma ? String(value).replace('.', ',') : String(value),
        escape_formulas: false,
      }),
    },
  });
}
