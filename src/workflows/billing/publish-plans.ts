/** Publishes plans.yaml: its versions are stored for ever, and what is sold is what the file says. */
import { isDeepStrictEqual } from 'node:util';
import { sha256Hex } from '../../lib/keys.ts';
import { err, ok } from '../../lib/result.ts';
import { findCatalogue, findPublishedFile, publish } from '../../pricing/catalogue-store.ts';
import { findOwnMeters, publishOwnMeters } from '../../pricing/own-meter-store.ts';
import { changesOf, withoutTitles } from '../../pricing/own-meters.ts';
import type { PlanVersion } from '../../pricing/plan.ts';
import { readPlansFile, type WrittenVersion } from '../../pricing/plans-file.ts';
import type { Context, Planned } from '../deed.ts';

/** Plans the publication. @returns the versions that are new, none when the file is what was published last */
export async function publishPlans({ db, now }: Context, yaml: string): Promise<Planned<PlanVersion[]>> {
  const file = readPlansFile(yaml);
  if (!file.ok) {
    return err({
      code: 'validation_failed',
      message: 'the plans cannot be published',
      details: { issues: file.error },
    });
  }
  const [catalogue, own, last, sha256] = await Promise.all([
    findCatalogue(db),
    findOwnMeters(db),
    findPublishedFile(db),
    sha256Hex(yaml),
  ]);
  if (last?.sha256 === sha256) return ok({ value: [], writes: [], audit: [] });
  const { versions, meters } = file.value;
  const otherMeters = changesOf(own, meters);
  if (otherMeters.length > 0) {
    const message = 'a published meter keeps its field, unit and way of adding up';
    return err({ code: 'meter_changed', message, details: { issues: otherMeters } });
  }
  const standing = new Map(catalogue.versions.map(({ definition }) => [keyOf(definition), definition]));
  const changed = versions.filter(({ definition }) => {
    const before = standing.get(keyOf(definition));
    return before !== undefined && !isDeepStrictEqual(withoutTitles(before), withoutTitles(definition));
  });
  if (changed.length > 0) {
    const issues = changed.map(({ definition: { plan, version } }) => ({
      path: `plans.${plan}`,
      message: `the version ${version} is published and never changes: give the change a new version`,
    }));
    return err({ code: 'version_changed', message: 'a published version never changes', details: { issues } });
  }
  const isFresh = ({ definition }: WrittenVersion): boolean => !standing.has(keyOf(definition));
  const fresh = versions.filter(isFresh);
  return ok({
    value: fresh.map(({ definition }) => definition),
    writes: [
      ...publish({ sha256, text: yaml, fresh, standing: versions.filter((v) => !isFresh(v)), now }),
      ...publishOwnMeters(meters, now),
    ],
    audit: [
      {
        action: 'plans.published',
        subject: sha256,
        details: { versions: fresh.map(({ definition }) => keyOf(definition)) },
      },
    ],
  });
}

const keyOf = ({ plan, version }: PlanVersion): string => `${plan}/${version}`;
