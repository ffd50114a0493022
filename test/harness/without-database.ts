/**
 * Which tests of the Worker take nothing of its runtime, so that no database is set up for them: bringing one to the newest migration
 * loads the whole Worker, which costs more than most of these tests.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const importOf = /(?:\bfrom|\bimport\(?) ?'([^']+)'/g;

/** Whether a file, or what it imports of this project, imports a module of the runtime. @param seen files that are known not to, or are being looked at */
function usesRuntime(file: string, seen: Set<string>): boolean {
  if (seen.has(file)) return false;
  seen.add(file);
  const imported = [...readFileSync(file, 'utf8').matchAll(importOf)].map(([, module = '']) => module);
  if (imported.some((module) => module.startsWith('cloudflare:'))) return true;
  return imported
    .filter((module) => module.startsWith('.'))
    .map((module) => resolve(dirname(file), module))
    .some((path) => existsSync(path) && usesRuntime(path, seen));
}

/** Absolute paths. @param patterns of files of tests, from the root */
export function testsWithoutDatabase(root: string, patterns: string[]): string[] {
  const files = globSync(patterns, { cwd: root }).map((file) => join(root, file));
  return files.filter((file) => !usesRuntime(file, new Set()));
}
