/**
 * Which programs of tools/install.sh some test files need: those that a file names in quotes, in it or in what it imports
 * from test/ and bench/, where the file uses test/harness/tools.ts, the one way to a tool.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Steps of tools/install.sh and the programs that they build. */
const STEPS: Record<string, string[]> = {
  helm: ['helm'],
  'kube-apiserver': ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'],
  etcd: ['etcd'],
  kwok: ['kwok'],
  prometheus: ['prometheus', 'promtool'],
  'stripe-mock': ['stripe-mock'],
  kubeconform: ['kubeconform'],
  'kube-score': ['kube-score'],
  chromium: ['chromium'],
  mosquitto: ['mosquitto'],
  'redis-server': ['redis-server'],
  kubectl: ['kubectl'],
  kubelet: ['kubelet', 'kube-proxy'],
  containerd: ['containerd', 'ctr', 'containerd-shim-runc-v2'],
  coredns: ['coredns'],
  'kube-router': ['kube-router'],
  runc: ['runc'],
  'host-local': ['host-local'],
  iptables: ['iptables'],
  ipset: ['ipset'],
  conntrack: ['conntrack'],
  socat: ['socat'],
  jq: ['jq'],
  busybox: ['busybox'],
};

const IMPORT = /(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+\.ts)'/g;
const harness = resolve(import.meta.dirname, 'harness/tools.ts');

/** The files and what they import, over any number of steps, as far as those are tests' own (no src/). */
function closureOf(files: string[]): Set<string> {
  const seen = new Set<string>();
  const waiting = files.map((file) => resolve(file));
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file) || !existsSync(file)) continue;
    seen.add(file);
    waiting.push(...importsOf(file));
  }
  return seen;
}

const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(IMPORT)]
    .map(([, path = '']) => join(dirname(file), path))
    .filter((path) => /\/(?:test|bench)\//.test(path));

/** The steps of tools/install.sh that the test files need, e.g. `['helm', 'kwok']`. */
export function stepsFor(files: string[]): string[] {
  const users = [...closureOf(files)].filter((file) => file !== harness && importsOf(file).includes(harness));
  const texts = users.map((file) => readFileSync(file, 'utf8'));
  return Object.entries(STEPS)
    .filter(([, programs]) => programs.some((program) => texts.some((text) => text.includes(`'${program}'`))))
    .map(([step]) => step);
}
