import { Table } from '@mantine/core';
import { useLayoutEffect, useRef, type ReactNode } from 'react';

interface RecordsProps {
  /** What the list is of. */
  label: string;
  /** Head and body of the table; the first cell of a row is its heading. */
  children: ReactNode;
}

const ROLES = { table: 'table', thead: 'rowgroup', tbody: 'rowgroup', tr: 'row', td: 'cell' };

/** A list of records: a table, and on a phone a card for each, in which every figure says its column. */
export function Records({ label, children }: RecordsProps) {
  const frame = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const table = frame.current!.querySelector('table')!;
    const columns = [...table.querySelectorAll('thead th')].map(({ textContent }) => textContent);
    // laid out as cards, a table is one only where it says so
    for (const [element, role] of Object.entries(ROLES))
      for (const found of table.parentElement!.querySelectorAll(element)) found.setAttribute('role', role);
    for (const heading of table.querySelectorAll('th'))
      heading.setAttribute('role', heading.closest('thead') ? 'columnheader' : 'rowheader');
    for (const row of table.querySelectorAll<HTMLTableRowElement>('tbody tr'))
      if (row.cells.length === columns.length)
        [...row.cells].forEach((cell, i) => cell.setAttribute('data-column', columns[i] ?? ''));
  });
  return (
    <div ref={frame} className="scroll-x records" role="region" aria-label={label} tabIndex={0}>
      <Table withTableBorder striped>
        {children}
      </Table>
    </div>
  );
}
