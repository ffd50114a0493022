/** The real programs that some tests need (built by tools/install.sh), and what happens where one is missing. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';

export const toolsFolder = process.env['TOOLS'] ?? join(homedir(), '.cache', 'tenantry-tools');

/** Absolute path of a tool, e.g. `helm`. */
export const toolPath = (name: string): string => join(toolsFolder, name);

/** A `describe` that needs tools; see `describeWithout`. */
export function describeWithTools(tools: string[], name: string, body: () => void): void {
  describeWithout(
    tools.filter((tool) => !existsSync(toolPath(tool))),
    'run npm run tools',
    name,
    body,
  );
}

/**
 * A `describe` that runs where nothing is missing. Otherwise its tests are skipped with the reason and the remedy in their
 * name; with CI set they fail, because there "could not run" must not look like "passed".
 */
export function describeWithout(missing: string[], remedy: string, name: string, body: () => void): void {
  if (missing.length === 0) {
    describe(name, body);
    return;
  }
  const reason = `${name} (needs ${missing.join(', ')}: ${remedy})`;
  if (process.env['CI']) {
    it(reason, () => {
      throw new Error(`missing tools: ${missing.join(', ')}`);
    });
  } else {
    it.skip(reason, () => {});
  }
}
