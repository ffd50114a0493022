/** The project's own files, committed or not yet: everything that .gitignore does not name. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { root } from './tool.ts';

/** Names of files and folders, wherever they are; .gitignore holds nothing more difficult. */
const ignored = readFileSync(join(root, '.gitignore'), 'utf8')
  .split('\n')
  .map((line) => line.trim().replace(/\/$/, ''))
  .filter((line) => line !== '' && !line.startsWith('#'))
  .concat('.git');

function walk(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !ignored.some((pattern) => matchesGlob(entry.name, pattern)))
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return walk(path);
      return entry.isFile() ? [path] : [];
    });
}

/** Paths from the root, with `/`. */
export const files: readonly string[] = walk('').sort();

/** What people write and read as code. */
export const sourceFiles: readonly string[] = files.filter((file) => /\.(ts|tsx|mjs|cjs|js|sh|css)$/.test(file));

export const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

/** `file:line: text` of every line that a pattern is found in. */
export const linesWith = (pattern: RegExp, among: readonly string[]): string[] =>
  among.flatMap((file) =>
    textOf(file)
      .split('\n')
      .flatMap((line, n) => (pattern.test(line) ? [`${file}:${n + 1}: ${line.trim()}`] : [])),
  );
