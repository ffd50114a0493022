import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as catalogue from '../../../exporter/metering/catalogue.ts';
import { refusals } from '../../../exporter/prometheus/refusals.ts';

const document = readFileSync(new URL('../../../docs/metering.md', import.meta.url), 'utf8');
const unseen = readFileSync(new URL('../../../exporter/metering/unseen.ts', import.meta.url), 'utf8');

describe('docs/metering.md', () => {
  it('names every series that is read', () => {
    const read = Object.values(catalogue.sources).map(({ metric }) => metric);
    const { startTimes, podInfo, podPhase, containerRunning, claimCapacity, claimRequest } = catalogue;
    const evidence = [startTimes, podInfo, podPhase, containerRunning, claimCapacity, claimRequest].map(
      (e) => e.metric,
    );
    expect([...read, ...evidence, catalogue.nodeCores].filter((name) => !document.includes(`\`${name}\``))).toEqual([]);
  });

  it('says whose word counts, as the code has it', () => {
    for (const { jobs, homes } of Object.values(catalogue.targetKinds)) {
      expect(document).toContain(`job    ${jobs.source}\n`);
      expect(document).toContain(`or in  ${homes.source}\n`);
    }
  });

  it('has every refusal and every reason, as the code has them', () => {
    expect(refusals.filter(({ words, kind }) => !document.includes(words.source) || !document.includes(kind))).toEqual(
      [],
    );
    const reasons = [...unseen.matchAll(/^ {2}\| '(\w+)'/gm)].map(([, why]) => `\`${why}\``);
    expect(reasons.length).toBeGreaterThan(5);
    expect(reasons.filter((why) => !document.includes(why))).toEqual([]);
  });
});
