/**
 * A folder of the whole run, for what several files of tests need and one of them makes: it goes when the run ends. Used as
 * vitest's global setup of the project `node`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    runFolder: string;
  }
}

let folder: string | null = null;

/** Makes the folder, and tells tests where it is. */
export function setup(project: TestProject): void {
  folder = mkdtempSync(join(tmpdir(), 'tenantry-run-'));
  project.provide('runFolder', folder);
}

/** Removes it with all that is in it. */
export function teardown(): void {
  if (folder !== null) rmSync(folder, { recursive: true, force: true });
}
