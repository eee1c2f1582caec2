/** The figures of a chart as rows: the first column names the row. */
export interface ChartTable {
  columns: string[];
  rows: (string | number)[][];
}

/** As CSV for a French spreadsheet: semicolons, a byte order mark; a text that a spreadsheet would take for a formula is disarmed. */
export function csvOf({ columns, rows }: ChartTable): string {
  const cell = (value: string | number): string => {
    const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[";\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `\uFEFF${[columns, ...rows].map((row) => row.map(cell).join(';')).join('\r\n')}\r\n`;
}
