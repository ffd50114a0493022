/** What is sold is data (plans.yaml): no program and no chart knows a plan by its name. */
import { describe, expect, it } from 'vitest';
import { files, linesWith, textOf } from './tree.ts';

const programs = files.filter((file) => /^(?:src|cli|provisioner|exporter|charts)\//.test(file));
const slugs = [...textOf('plans.yaml').matchAll(/^ {2}([a-z][a-z0-9-]*):\n {4}name:/gm)].map(([, slug = '']) => slug);

describe('the plans that ship', () => {
  it('are those of plans.yaml', () => {
    expect(slugs).toEqual(['starter', 'professional', 'enterprise']);
  });

  const named = new RegExp(`\\b(?:${slugs.join('|')})\\b`, 'i');

  it('are named by no program and no chart', () => {
    expect(programs.length).toBeGreaterThan(200);
    expect(linesWith(named, programs)).toEqual([]);
  });

  it.each(["case 'starter':", '/** Three runs of an Enterprise stack. */', 'plan: professional'])(
    'are seen where one is named: %s',
    (line) => {
      expect(line).toMatch(named);
      expect('enterprises, a restarter').not.toMatch(named);
    },
  );
});
