/** Tables for people: columns as wide as what is in them, numbers to the right. Pure. */
import { oneLine, widthOf } from '../text.ts';

export interface Column {
  title: string;
  align?: 'left' | 'right';
}

const gap = '  ';

/** Title line, then a line a row; cells from elsewhere lose what would act on a terminal. A missing cell is empty. */
export function tableOf(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const cells = [
    columns.map((c) => c.title.toUpperCase()),
    ...rows.map((row) => columns.map((_, i) => oneLine(row[i] ?? ''))),
  ];
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => widthOf(row[i] ?? ''))));
  return cells.map((row) =>
    row
      .map((cell, i) => {
        const fill = ' '.repeat((widths[i] ?? 0) - widthOf(cell));
        return columns[i]?.align === 'right' ? fill + cell : cell + fill;
      })
      .join(gap)
      .trimEnd(),
  );
}
