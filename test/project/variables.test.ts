/** Every variable that a program reads is documented with its default, and no other is. The Worker's: test/src/env.test.ts. */
import { describe, expect, it } from 'vitest';
import { cliVariables } from '../../cli/target.ts';
import { platformVariables } from '../../dev/settings.ts';
import { variables as instanceVariables } from '../../examples/instance/settings.ts';
import { mqttVariables } from '../../exporter/mqtt/variables.ts';
import { dryRunVariables, exporterVariables } from '../../exporter/variables.ts';
import { provisionerVariables } from '../../provisioner/env.ts';
import { disagreements } from '../harness/variables.ts';
import { textOf } from './tree.ts';

describe('documents of variables', () => {
  it.each([
    ['docs/exporter.md', exporterVariables, []],
    ['docs/mosquitto-exporter.md', mqttVariables, []],
    ['docs/provisioner.md', provisionerVariables, []],
    ['docs/cli.md', cliVariables, []],
    // They pass through to the programs that it starts.
    ['docs/variables.md', platformVariables, ['KUBECONFIG', 'STRIPE_SECRET_KEY']],
  ] as const)('%s has those of its program', (document, table, others) => {
    expect(disagreements(table, textOf(document), others)).toEqual([]);
  });

  it('would be caught: a variable or a default that one of them lacks', () => {
    const document = '\n| variable | default | |\n| - | - | - |\n| `OTHER` | 1 | |\n| `PORT` | 80 | |\n';
    expect(disagreements(platformVariables, document).slice(0, 3)).toEqual([
      'OTHER is no variable',
      'the default of PORT is 8787, not 80',
      'DATA_DIR is not documented',
    ]);
  });

  it('.env.example names no variable that nothing reads', () => {
    const names = [...textOf('.env.example').matchAll(/^# ?([A-Z][A-Z0-9_]+)=/gm)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(5);
    const worker = [...textOf('docs/worker.md').matchAll(/^\| `([A-Z0-9_]+)`/gm)].map(([, name = '']) => name);
    const tables = [platformVariables, exporterVariables, provisionerVariables, cliVariables];
    const known = new Set([...tables.flatMap((table) => Object.keys(table)), ...worker]);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });

  it('examples/instance/README.md has every variable of the example instance, and no other', () => {
    const table = textOf('examples/instance/README.md').split('## Environment')[1]?.split('\n\n')[1] ?? '';
    const names = table.split('\n').flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([A-Z_]+)`/g)]);
    expect(names.map(([, name]) => name).toSorted()).toEqual(Object.keys(instanceVariables.shape).toSorted());
  });

  it('a dry run has the same variables', () => {
    expect(Object.keys(dryRunVariables)).toEqual(Object.keys(exporterVariables));
  });
});
