/** A customer's name is only ever a value: through the text that Helm reads, whatever people type. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { finalValues, toValuesText } from '../../provisioner/values.ts';
import { describeWithTools, toolPath } from '../harness/tools.ts';

const base = {
  customer: { id: 'cust_1', shortId: '1', organisationId: 'org_1', companyName: 'Acme', email: 'a@example.com' },
  plan: 'starter' as const,
  suspended: false,
  metering: true,
  baseDomain: 'api.example.com',
  billingApiUrl: 'https://b',
  storageClass: 'standard',
  license: { publicKey: 'k' },
  monitoring: { dedicated: false, scrapeInterval: '30s', retention: '15d', storageSize: '10Gi', grafana: false },
  quota: {
    cpu: '4',
    memory: '4Gi',
    ephemeralStorage: '8Gi',
    storage: '40Gi',
    containerMax: { cpu: '2', memory: '2Gi', 'ephemeral-storage': '2Gi' },
    claimMax: '20Gi',
  },
};
const hostile = [
  'Acme,admin=true',
  '{a: b}',
  '"quoted"',
  "it's",
  '- list',
  '--kube-context=x',
  '{{ .Values.plan }}',
  '{{ fail "x" }}',
  '$'.concat('{HOME} $(id) `id`'),
  'null',
  'true',
  '1e3',
  '0x10',
  '~',
  '*alias',
  '&anchor',
  '!!binary aGk=',
  '%YAML 1.2',
  '# comment',
  'a: b # c',
  'x\u0085y',
  'x\u2028y\u2029z',
  '\ufeffbom',
  '\u007f',
  'Ünïcödé 漢字 🙂',
  '\\u0041',
  '\\',
  'a\tb',
  '|',
  '>',
  '?',
  ' lead and trail ',
  '\uffff',
  '\ud800',
];

it('every text comes back from the text as it went in', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostile)), (text) => {
      expect(parse(toValuesText({ text })).text).toBe(text.toWellFormed());
    }),
    { numRuns: 500 },
  );
});

it('a text that a kill cuts off anywhere is read as no values of anybody', () => {
  const text = toValuesText(base);
  for (let end = 1; end < text.length; end += 1) expect(() => parse(text.slice(0, end))).toThrow();
});

it('the phase decides what is suspended, and BASE_DOMAIN, when set, the domain', () => {
  expect(finalValues(base, 'suspended', undefined)).toMatchObject({ suspended: true, baseDomain: 'api.example.com' });
  expect(finalValues({ ...base, suspended: true }, 'running', 'own.example.com')).toMatchObject({
    suspended: false,
    baseDomain: 'own.example.com',
  });
});

describeWithTools(['helm'], 'Helm itself', () => {
  it('reads every hostile name as the value that it is', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tenantry-values-test-'));
    try {
      await mkdir(join(folder, 'templates'));
      writeFileSync(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: echo\nversion: 1.0.0\n');
      writeFileSync(
        join(folder, 'templates/names.yaml'),
        '{{ range $i, $name := .Values.names }}n{{ $i }}: {{ $name | b64enc }}\n{{ end }}',
      );
      const names = [
        ...hostile,
        ...fc.sample(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), { numRuns: 200, seed: 7 }),
      ].map((name) => name.toWellFormed());
      const out = execFileSync(toolPath('helm'), ['template', '--values', '-', '--', 'echo', folder], {
        encoding: 'utf8',
        input: toValuesText({ names }),
      });
      const read = Object.values(parse(out) as Record<string, string>).map((text) =>
        Buffer.from(text, 'base64').toString('utf8'),
      );
      expect(read).toEqual(names);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
