/** Whatever a customer calls the company, the chart renders the same objects; only the quoted value differs. */
import type { V1ConfigMap, V1Deployment } from '@kubernetes/client-node';
import { expect, it } from 'vitest';
import { describeWithTools } from '../harness/tools.ts';
import { exampleValues } from './example.ts';
import { type Manifest, mapLimited, pick, render } from './helm.ts';
import { type HostileName, hostileNames } from './hostile-names.ts';

const namesCount = 200;
const helmProcesses = 2;
/** 15 s where nothing else runs; each name is a process. */
const testMs = 600_000;

/** The objects with the customer's own text, and the checksum over it, taken out; and what was taken out. */
function withoutNames(objects: Manifest[]): { objects: Manifest[]; name: HostileName; checksum: string } {
  const data = pick<V1ConfigMap>(objects, 'ConfigMap', 'api').data ?? {};
  const name = { companyName: data['COMPANY_NAME'] ?? '', email: data['CUSTOMER_EMAIL'] ?? '' };
  delete data['COMPANY_NAME'];
  delete data['CUSTOMER_EMAIL'];
  const annotations = pick<V1Deployment>(objects, 'Deployment', 'api').spec?.template.metadata?.annotations ?? {};
  const checksum = annotations['checksum/config'] ?? '';
  delete annotations['checksum/config'];
  return { objects, name, checksum };
}

describeWithTools(['helm'], 'hostile company names and emails', () => {
  it(
    `change nothing but the quoted value (${namesCount} of them)`,
    async () => {
      const benign = withoutNames(await render(exampleValues()));
      const names = hostileNames(namesCount);
      expect(new Set(names.map(({ companyName }) => companyName)).size).toBe(namesCount);
      const rendered = await mapLimited(names, helmProcesses, async (name) => {
        const hostile = withoutNames(await render(exampleValues(name)));
        expect(hostile.name).toEqual(name);
        expect(hostile.objects).toEqual(benign.objects);
        return hostile.checksum;
      });
      expect(rendered.filter((checksum) => !/^[0-9a-f]{64}$/.test(checksum))).toEqual([]);
      expect(new Set([benign.checksum, ...rendered]).size).toBe(namesCount + 1);
    },
    testMs,
  );

  it('never stand where Kubernetes would expand $(VARIABLE)', async () => {
    const text = '$(PGPASSWORD)';
    const deployment = pick<V1Deployment>(
      await render(exampleValues({ companyName: text, email: text })),
      'Deployment',
      'api',
    );
    expect(JSON.stringify(deployment)).not.toContain(text);
  });
});
