/** A file of plans beside the catalogue: read, and refused where it could not be published whatever it changes. */
import type { Failure } from '../../contracts/failures.ts';
import type { Db } from '../../db/client.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { Catalogue } from '../../pricing/catalogue.ts';
import { findCatalogue } from '../../pricing/catalogue-store.ts';
import { findOwnMeters } from '../../pricing/own-meter-store.ts';
import { changesOf } from '../../pricing/own-meters.ts';
import { type PlansFile, readPlansFile } from '../../pricing/plans-file.ts';
import type { PlansIssue } from '../../pricing/plans-text.ts';
import { billedCurrency, type Comparison, changedIssues, compare } from '../../pricing/publication.ts';

export interface FileToPublish {
  file: PlansFile;
  catalogue: Catalogue;
  comparison: Comparison;
}

/** The file and what it is published beside; `validation_failed`, `currency_mismatch`, `meter_changed` or `version_changed`. */
export async function fileToPublish(db: Db, yaml: string): Promise<Result<FileToPublish, Failure>> {
  const read = readPlansFile(yaml);
  if (!read.ok) return err(refusal('validation_failed', read.error));
  const file = read.value;
  if (file.currency !== billedCurrency) {
    const message = `is ${file.currency}, but customers are billed in ${billedCurrency}`;
    return err(refusal('currency_mismatch', [{ path: 'currency', message, line: null }]));
  }
  const [catalogue, own] = await Promise.all([findCatalogue(db), findOwnMeters(db)]);
  const otherMeters = changesOf(own, file.meters);
  if (otherMeters.length > 0) {
    return err(
      refusal(
        'meter_changed',
        otherMeters.map((issue) => ({ ...issue, line: null })),
      ),
    );
  }
  const comparison = compare(catalogue, file);
  const changed = changedIssues(comparison);
  return changed.length > 0 ? err(refusal('version_changed', changed)) : ok({ file, catalogue, comparison });
}

function refusal(code: Failure['code'], issues: readonly PlansIssue[]): Failure {
  const [first] = issues;
  const where = first?.path ? `${first.path}: ` : '';
  return { code, message: `the plans cannot be published: ${where}${first?.message}`, details: { issues } };
}
