/** Exports as the wire has them: rows of CSV and JSON, and FOCUS as a stream of CSV. */
import type { z } from 'zod';
import type { BillingProject, exportAnswer, Trends } from '../contracts/organisation-billing.ts';
import { csvLine } from '../lib/csv.ts';
import type { FocusFigures } from '../workflows/organisations/read-focus.ts';
import { focusColumns, focusRows } from './focus.ts';

export type Export = z.input<typeof exportAnswer>['data'];
type Row = Export['rows'][number];

const projectColumns = [
  'namespace',
  'cluster_id',
  'customer_id',
  'labels',
  'current_month_total',
  'last_day_spend',
  'forecast',
  'complete',
  'as_of',
] as const satisfies (keyof BillingProject)[];

/** Labels are one cell, as JSON: each project has others. */
export const toProjectRows = (projects: readonly BillingProject[]): Export => ({
  what: 'projects',
  columns: [...projectColumns],
  rows: projects.map(({ labels, budget: _, ...project }): Row => ({ ...project, labels: JSON.stringify(labels) })),
});

const trendColumns = ['key', 'kind', 'cluster_id', 'start', 'cost', 'quantity', 'unit', 'complete'] as const;

/** One row a series and point. */
export const toTrendRows = ({ series }: Trends): Export => ({
  what: 'trends',
  columns: [...trendColumns],
  rows: series.flatMap(({ key, kind, cluster_id, unit, points }) =>
    points.map(
      ({ start, cost, quantity, complete }): Row => ({
        key,
        kind,
        cluster_id,
        start,
        cost,
        quantity: quantity ?? null,
        unit,
        complete,
      }),
    ),
  ),
});

export const toCsv = ({ columns, rows }: Export): string =>
  [csvLine(columns), ...rows.map((row) => csvLine(columns.map((name) => row[name])))].join('');

/** Pieces of about this size are sent on. */
const pieceChars = 65_536;

function* focusPieces(figures: FocusFigures): Generator<string> {
  let piece = csvLine(focusColumns);
  for (const { project, cost } of figures.projects) {
    for (const row of focusRows(figures, project, cost, figures.buckets)) {
      piece += csvLine(focusColumns.map((column) => row[column]));
      if (piece.length < pieceChars) continue;
      yield piece;
      piece = '';
    }
  }
  yield piece;
}

/** The file, made as it is read: a large one is never in memory as a whole. */
export function focusStream(figures: FocusFigures): ReadableStream<Uint8Array> {
  const pieces = focusPieces(figures);
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull(controller) {
      const { done, value } = pieces.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
  });
}
