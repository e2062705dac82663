import type { Paint } from './paint.ts'

/**
 * Rows as lines with aligned columns and a dim heading; the last column is not padded. Cells are plain text: colours
 * would be counted as width.
 */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  paint: Paint,
): readonly string[] {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd()
  return [paint.dim(line(headings)), ...rows.map(line)]
}
