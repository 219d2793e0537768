/** A table: its rows have as many cells as there are columns. */
export interface Table {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What one part of the benchmark found. */
export interface Section {
  /** Of its markers in the document. */
  readonly name: string;
  readonly title: string;
  readonly tables: readonly Table[];
  readonly notes: readonly string[];
}

/** As plain text; numbers stand to the right, texts to the left. */
export function renderSection({ title, tables, notes }: Section, machine: string): string {
  const lines = [title, machine];
  for (const table of tables) lines.push('', ...renderTable(table));
  if (notes.length > 0) lines.push('', ...notes);
  return lines.join('\n');
}

function renderTable({ caption, columns, rows }: Table): readonly string[] {
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const numeric = columns.map((_, index) =>
    rows.every((row) => /^([\d.,]+( [%×]| ms)?|-|)$/.test(row[index] ?? '')),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) =>
        numeric[index] === true ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [caption, line(columns), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)];
}

/** Whether a measured value keeps a target, in words. */
export function verdict(value: number, limit: number): string {
  return value <= limit ? 'met' : 'not met';
}
