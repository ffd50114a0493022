/**
 * The direction rules (.dependency-cruiser.cjs), on the tree and against a project made to break each of them once: a
 * rule that nothing can break is a rule that does not read the imports.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installedPages } from '../harness/pages.ts';
import { root, run } from './tool.ts';
import { files, linesWith, textOf } from './tree.ts';

/** Rule, importing file, what it imports. */
const forbidden: [rule: string, from: string, to: string][] = [
  ['lib-below-contracts', 'src/lib/a.ts', 'src/contracts/target.ts'],
  ['lib-below-nouns', 'src/lib/b.ts', 'src/customers/target.ts'],
  ['lib-below-stores', 'src/lib/c.ts', 'src/db/target.ts'],
  ['lib-below-workflows', 'src/lib/d.ts', 'src/workflows/target.ts'],
  ['lib-below-routes', 'src/lib/e.ts', 'src/http/target.ts'],
  ['lib-below-entries', 'src/lib/f.ts', 'src/health.ts'],
  ['lib-below-index', 'src/lib/g.ts', 'src/index.ts'],
  ['lib-needs-little', 'src/lib/h.ts', 'zod'],
  ['contracts-below-nouns', 'src/contracts/a.ts', 'src/customers/target.ts'],
  ['contracts-below-stores', 'src/contracts/b.ts', 'src/customers/store.ts'],
  ['contracts-below-workflows', 'src/contracts/c.ts', 'src/workflows/target.ts'],
  ['contracts-below-routes', 'src/contracts/d.ts', 'src/env.ts'],
  ['contracts-below-entries', 'src/contracts/e.ts', 'src/health.ts'],
  ['contracts-below-index', 'src/contracts/f.ts', 'src/index.ts'],
  ['contracts-need-zod', 'src/contracts/g.ts', 'jose'],
  ['nouns-below-stores', 'src/customers/a.ts', 'src/customers/store.ts'],
  ['nouns-below-stores', 'src/customers/b.ts', 'src/db/target.ts'],
  ['nouns-below-stores', 'src/customers/c.ts', 'src/stripe/target.ts'],
  ['nouns-below-workflows', 'src/customers/d.ts', 'src/workflows/target.ts'],
  ['nouns-below-routes', 'src/customers/e.ts', 'src/http/target.ts'],
  ['nouns-below-entries', 'src/customers/f.ts', 'src/app.ts'],
  ['nouns-below-index', 'src/customers/g.ts', 'src/index.ts'],
  ['nouns-are-pure', 'src/customers/h.ts', 'drizzle-orm'],
  ['nouns-are-pure', 'src/customers/i.ts', 'hono'],
  ['nouns-are-pure', 'src/customers/j.ts', 'undici'],
  ['nouns-are-pure', 'src/customers/k.ts', 'node:fs'],
  ['nouns-are-pure', 'src/customers/l.ts', 'cloudflare:workers'],
  ['stores-below-workflows', 'src/usage/daily-store.ts', 'src/workflows/target.ts'],
  ['stores-below-routes', 'src/usage/gap-store.ts', 'src/usage/routes.ts'],
  ['stores-below-entries', 'src/db/a.ts', 'src/health.ts'],
  ['stores-below-index', 'src/db/b.ts', 'src/index.ts'],
  ['stores-meet-in-workflows', 'src/usage/window-store.ts', 'src/customers/store.ts'],
  ['stores-meet-in-workflows', 'src/usage/gap-routes.ts', 'src/customers/store.ts'],
  ['http-at-the-edge', 'src/db/c.ts', 'hono'],
  ['workflows-below-routes', 'src/workflows/a.ts', 'src/customers/routes.ts'],
  ['workflows-below-routes', 'src/workflows/b.ts', 'src/http/target.ts'],
  ['workflows-below-entries', 'src/workflows/c.ts', 'src/app.ts'],
  ['workflows-below-index', 'src/workflows/d.ts', 'src/index.ts'],
  ['http-at-the-edge', 'src/workflows/e.ts', 'hono'],
  ['stripe-in-one-place', 'src/workflows/f.ts', 'stripe'],
  ['mail-in-one-place', 'src/workflows/mail.ts', 'nodemailer'],
  ...[
    ['accounts', 'provisioning'],
    ['subscriptions', 'accounts'],
    ['licensing', 'accounts'],
    ['billing', 'licensing'],
    ['metering', 'billing'],
    ['provisioning', 'metering'],
    ['delivery', 'metering'],
    ['inbox', 'metering'],
    ['organisations', 'accounts'],
    ['watching', 'accounts'],
  ].map(
    ([area, called]) =>
      [`${area}-calls`, `src/workflows/${area}/a.ts`, `src/workflows/${called}/target.ts`] satisfies [
        string,
        string,
        string,
      ],
  ),
  ['workflows-have-an-area', 'src/workflows/i.ts', 'src/workflows/misc/target.ts'],
  ['routes-below-entries', 'src/usage/read-routes.ts', 'src/app.ts'],
  ['routes-below-index', 'src/usage/write-routes.ts', 'src/index.ts'],
  ['routes-apart', 'src/usage/other-routes.ts', 'src/customers/routes.ts'],
  ['routes-apart', 'src/usage/consumer.ts', 'src/customers/routes.ts'],
  ['routes-write-no-sql', 'src/usage/sql-routes.ts', 'drizzle-orm'],
  ['routes-write-no-sql', 'src/usage/schema-routes.ts', 'src/db/control-schema.ts'],
  ['entries-below-index', 'src/cron.ts', 'src/index.ts'],
  ['src-stands-alone', 'src/workflows/g.ts', 'exporter/target.ts'],
  ['exporter-stands-alone', 'exporter/a.ts', 'src/customers/target.ts'],
  ['exporter-stands-alone', 'exporter/b.ts', 'provisioner/target.ts'],
  ['provisioner-stands-alone', 'provisioner/a.ts', 'src/db/target.ts'],
  ['sdk-stands-alone', 'sdk/guard/src/a.ts', 'src/workflows/target.ts'],
  ['sdk-stands-alone', 'sdk/guard/src/b.ts', 'src/contracts/target.ts'],
  ['sdk-stands-alone', 'sdk/guard/src/c.ts', 'sdk/reporter/target.ts'],
  ['example-stands-alone', 'examples/instance/a.ts', 'src/contracts/target.ts'],
  ['example-stands-alone', 'examples/instance/b.ts', 'sdk/guard/target.ts'],
  ['cli-stands-alone', 'cli/a.ts', 'src/http/target.ts'],
  ['ui-stands-alone', 'ui/a.tsx', 'cli/target.ts'],
  ['dev-stands-alone', 'dev/a.ts', 'src/app.ts'],
  ['cli-stands-alone', 'cli/c.ts', 'src/statements/other.ts'],
  ['ui-stands-alone', 'ui/b.tsx', 'src/statements/other.ts'],
  ['provisioner-stands-alone', 'provisioner/c.ts', 'src/statements/verify.ts'],
  ['bill-check-runs-anywhere', 'src/statements/verify.ts', 'node:crypto'],
  ['tests-serve-tests', 'src/workflows/h.ts', 'test/target.ts'],
  ['tests-serve-tests', 'dev/b.ts', 'test/target.ts'],
  ['tests-serve-tests', 'dev/c.ts', 'bench/target.ts'],
  ['ships-what-it-needs', 'exporter/c.ts', 'miniflare'],
  ['imports-exist', 'cli/b.ts', 'cli/nowhere.ts'],
  ['no-cycles', 'test/a.ts', 'test/round.ts'],
];

const allowed: [from: string, to: string][] = [
  ['src/lib/z.ts', 'decimal.js'],
  ['src/contracts/z.ts', 'src/lib/target.ts'],
  ['src/contracts/y.ts', 'zod'],
  ['src/customers/z.ts', 'src/usage/target.ts'],
  ['src/customers/y.ts', 'decimal.js'],
  ['src/customers/z-store.ts', 'src/db/target.ts'],
  ['src/customers/y-store.ts', 'drizzle-orm'],
  ['src/workflows/z.ts', 'src/customers/store.ts'],
  ['src/workflows/y.ts', 'src/stripe/target.ts'],
  ['src/workflows/accounts/z.ts', 'src/workflows/metering/target.ts'],
  ['src/workflows/billing/z.ts', 'src/workflows/deed.ts'],
  ['src/customers/z-routes.ts', 'src/customers/store.ts'],
  ['src/customers/y-routes.ts', 'src/workflows/target.ts'],
  ['src/http/z.ts', 'hono'],
  ['src/stripe/z.ts', 'stripe'],
  ['dev/z.ts', 'miniflare'],
  ['exporter/z.ts', 'src/contracts/target.ts'],
  ['exporter/bundle.ts', 'miniflare'],
  ['cli/z.ts', 'src/statements/verify.ts'],
  ['ui/z.tsx', 'src/statements/verify.ts'],
  ['bench/z.ts', 'test/target.ts'],
  ['examples/instance/z.ts', '@tenantry/licence-guard'],
  ['test/z.ts', 'src/customers/store.ts'],
];

/** However it is written, it is an import. */
const forms: [from: string, text: string][] = [
  ['src/lib/type.ts', "import type { A } from '../customers/target.ts';"],
  ['src/lib/dynamic.ts', "export const load = () => import('../customers/target.ts');"],
  ['src/lib/again.ts', "export { a } from '../customers/target.ts';"],
];

/** Files that the others import, and that import nothing. */
const targets = [...forbidden.map(([, , to]) => to), ...allowed.map(([, to]) => to)].filter(
  (to) => /\.tsx?$/.test(to) && to !== 'cli/nowhere.ts',
);

const importOf = (from: string, to: string): string => {
  const specifier = /\.tsx?$/.test(to) ? `${'../'.repeat(from.split('/').length - 1) || './'}${to}` : to;
  return `import '${specifier}';\n`;
};

describe('direction of imports', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-direction-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  let rules: string[] = [];
  let broken: { rule: string; from: string; to: string }[] = [];

  beforeAll(async () => {
    const write = (file: string, text: string) => {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    };
    for (const target of targets) write(target, '');
    for (const [from, to] of [...forbidden.map(([, from, to]) => [from, to] as const), ...allowed]) {
      write(from, importOf(from, to));
    }
    for (const [from, text] of forms) write(from, text);
    write('test/round.ts', importOf('test/round.ts', 'test/a.ts'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    symlinkSync(join(root, 'package.json'), join(folder, 'package.json'));
    const options = await extractOptions(join(root, '.dependency-cruiser.cjs'));
    rules = (options.ruleSet?.forbidden ?? []).map((rule) => rule.name ?? '');
    const result = await cruise(['.'], { ...options, baseDir: folder }, options.enhancedResolveOptions);
    broken = (result.output as ICruiseResult).summary.violations.map(({ rule, from, to }) => ({
      rule: rule.name,
      from,
      to,
    }));
  });

  it.each(forbidden)('%s: %s may not import %s', (rule, from) => {
    expect(broken.filter((violation) => violation.from === from).map((violation) => violation.rule)).toContain(rule);
  });

  it.each(forms)('%s is seen', (from) => {
    expect(broken.filter((violation) => violation.from === from).map((violation) => violation.rule)).toEqual([
      'lib-below-nouns',
    ]);
  });

  it.each(allowed)('%s may import %s', (from) => {
    expect(broken.filter((violation) => violation.from === from)).toEqual([]);
  });

  it('every rule has been seen to bite', () => {
    expect(rules.filter((rule) => !broken.some((violation) => violation.rule === rule))).toEqual([]);
  });

  it('types are imported by `import type`, because the rules do not see `import()` in a type', () => {
    const others = files.filter((file) => /\.tsx?$/.test(file) && !file.startsWith('test/project/'));
    expect(linesWith(/(?<!(?:await|return|=>)\s)\bimport\(/, others)).toEqual([]);
  });

  it('what the API answers is written by routes and their wire alone, so that no rule of the domain changes with a field of an answer', () => {
    const others = files.filter((file) => /^src\/(?!contracts\/|http\/).*(?<!wire|routes|csv)\.ts$/.test(file));
    const answers = /import (?:type )?\{[^}]*\w(?:Answer|View|List|Message)\b[^}]*\} from .[./]*contracts\//;
    expect(others.filter((file) => answers.test(textOf(file)))).toEqual([]);
  });

  it('the tree keeps to them, and every file was read', async () => {
    await installedPages();
    const { status, output } = await run('depcruise', ['--output-type', 'err', '.']);
    if (status !== 0) throw new Error(output);
    expect(output).not.toContain('‼');
    const read = Number(/(\d+) modules/.exec(output)?.[1]);
    expect(read).toBeGreaterThan(files.filter((file) => /\.tsx?$/.test(file)).length);
  });
});
