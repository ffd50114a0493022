/** Whether the windows of a file are those that were signed: none missing, changed, doubled, added or out of order. Pure. */

import type { Finding } from '../contracts/statement-verdict.ts';
import type { WindowDigest } from '../contracts/statements.ts';
import { iso } from '../lib/time.ts';
import { digestOf, groupOf, readWindow, type StatedWindow } from './window.ts';

/** Of many alike only so many are told one by one. */
const toldMax = 50;

const nameOf = ({ namespace, instance_id, start, end }: StatedWindow): string =>
  `${namespace}, ${instance_id}, ${iso(start)} to ${iso(end)}`;

const nameOfDigest = ({ namespace, instance_id, day }: WindowDigest): string => `${namespace}, ${instance_id}, ${day}`;

const keyOf = ({ namespace, instance_id, day }: WindowDigest): string => JSON.stringify([namespace, instance_id, day]);

interface Group {
  lines: string[];
  last: StatedWindow;
}

export interface CheckedWindows {
  /** Those that can be read, each once. */
  windows: readonly StatedWindow[];
  findings: readonly Finding[];
}

/** Reads the windows and holds them to the digests. */
export async function checkWindows(
  lines: readonly string[],
  digests: readonly WindowDigest[],
): Promise<CheckedWindows> {
  const findings: Finding[] = [];
  const seen = new Map<string, StatedWindow>();
  const groups = new Map<string, Group>();
  lines.forEach((line, i) => {
    const window = readWindow(line);
    if (window === null || window.start >= window.end) {
      findings.push({
        part: 'window',
        at: `line ${i + 2}`,
        message: `line ${i + 2} of the file is no window as statements write them`,
      });
      return;
    }
    const name = nameOf(window);
    const place = JSON.stringify([window.namespace, window.instance_id, window.end]);
    if (seen.has(place)) findings.push({ part: 'window', at: name, message: `the window ${name} stands twice` });
    else seen.set(place, window);
    const group = groups.get(groupOf(window));
    if (group === undefined) groups.set(groupOf(window), { lines: [line], last: window });
    else {
      if (window.end < group.last.end) {
        findings.push({
          part: 'window',
          at: name,
          message: `the window ${name} stands behind a later one: windows were swapped`,
        });
      }
      group.lines.push(line);
      group.last = window;
    }
  });
  findings.push(...(await againstDigests(groups, digests)));
  return { windows: [...seen.values()], findings: shortened(findings) };
}

async function againstDigests(groups: ReadonlyMap<string, Group>, digests: readonly WindowDigest[]) {
  const findings: Finding[] = [];
  const signed = new Set<string>();
  for (const digest of digests) {
    const at = nameOfDigest(digest);
    const say = (message: string) => findings.push({ part: 'digest', at, message });
    if (signed.has(keyOf(digest))) say(`the statement has two digests of ${at}`);
    signed.add(keyOf(digest));
    const found = groups.get(keyOf(digest))?.lines ?? [];
    const { windows: count } = digest;
    if (found.length < count) {
      say(`${at}: ${count} windows are signed and ${found.length} are in the file: ${count - found.length} missing`);
    } else if (found.length > count) {
      say(`${at}: ${count} windows are signed and ${found.length} are in the file: ${found.length - count} too many`);
    } else if ((await digestOf(found)) !== digest.sha256) {
      say(`${at}: the ${count} windows in the file are not those that are signed: one was changed, or their order`);
    }
  }
  for (const [key, { lines }] of groups) {
    if (signed.has(key)) continue;
    const [namespace, instance, day] = JSON.parse(key) as [string, string, string];
    const at = `${namespace}, ${instance}, ${day}`;
    findings.push({ part: 'digest', at, message: `${at}: ${lines.length} windows are in the file and none is signed` });
  }
  return findings;
}

const shortened = (findings: readonly Finding[]): Finding[] =>
  findings.length <= toldMax
    ? [...findings]
    : [
        ...findings.slice(0, toldMax),
        { part: 'window', at: null, message: `and ${findings.length - toldMax} more of the kind` },
      ];
