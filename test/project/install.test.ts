/** tools/install.sh with a stand-in for Go: what is built once stays, and one tool's failure is only its own. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root, run, type ToolRun } from './tool.ts';

/** Leaves a program for each package it is asked for, logs the package, and fails for $BROKEN. */
const fakeGo = `#!/usr/bin/env bash
set -e
built() {
  package=\${1%@*}; name=\${package##*/}
  echo "$package" >>"$FAKE_GO_LOG"
  [ "$name" != "$BROKEN" ] || { echo "cannot build $name" >&2; exit 1; }
  echo '#!/bin/sh' >"$2/$name"; chmod +x "$2/$name"
}
case "$1 $2" in
  'mod init' | 'mod edit') ;;
  'mod download') echo '{ "GoMod": "/dev/null" }' ;;
  'install '*) built "$2" "$GOBIN" ;;
  'build '*)
    for package in "\${@:2}"; do
      [ "\${before-}" != -o ] || out=$package
      before=$package
      case $package in -* | *' '*) ;; .) built "\${out#bin/}" bin ;; *.*/*/*) built "$package" bin ;; esac
    done ;;
  *) echo "unknown: $*" >&2; exit 2 ;;
esac
`;

/** Debian's, in $TOOLS by links. */
const packaged = 'busybox chromium conntrack host-local ipset iptables jq mosquitto redis-server runc socat'.split(' ');
const built = (
  'containerd containerd-shim-runc-v2 coredns ctr etcd helm kube-apiserver kube-controller-manager kube-proxy kube-router ' +
  'kube-scheduler kube-score kubeconform kubectl kubelet kwok prometheus promtool stripe-mock'
).split(' ');
const programs = [...packaged, ...built].toSorted();

describe('tools/install.sh', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-install-'));
    writeFileSync(join(folder, 'go'), fakeGo);
    chmodSync(join(folder, 'go'), 0o755);
    writeFileSync(join(folder, 'log'), '');
    for (const name of packaged) writeFileSync(join(folder, name), '#!/bin/sh\n', { mode: 0o755 });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const tools = () => readdirSync(join(folder, 'tools')).filter((name) => !name.startsWith('.'));
  const builds = () => readFileSync(join(folder, 'log'), 'utf8').trim().split('\n');
  const install = (env: NodeJS.ProcessEnv = {}, steps: string[] = []): Promise<ToolRun> =>
    run('bash', [join(root, 'tools/install.sh'), ...steps], {
      env: {
        TOOLS: join(folder, 'tools'),
        FAKE_GO_LOG: join(folder, 'log'),
        BROKEN: '',
        PATH: [folder, process.env['PATH']].join(delimiter),
        ...env,
      },
    });

  /** A folder with little on it, for a PATH. */
  const bareFolder = (...more: string[]): string => {
    const bare = join(folder, 'bare');
    mkdirSync(bare);
    for (const name of ['bash', 'cat', 'flock', 'mkdir', ...more]) symlinkSync(`/usr/bin/${name}`, join(bare, name));
    return bare;
  };

  it('builds every program once', async () => {
    const first = await install();
    expect(first.output).toContain('all that was asked for is here');
    expect(first.status).toBe(0);
    expect(tools()).toEqual(programs);
    const once = builds();
    expect((await install()).status).toBe(0);
    expect(builds()).toEqual(once);
  });

  it('builds only what it is asked for', async () => {
    expect((await install({}, ['kwok', 'helm'])).status).toBe(0);
    expect(tools()).toEqual(['helm', 'kwok']);
    expect(builds()).toEqual(['helm.sh/helm/v4/cmd/helm', 'sigs.k8s.io/kwok/cmd/kwok']);
  });

  it('two runs at once build each program once', async () => {
    const both = await Promise.all([install(), install()]);
    expect(both.map((one) => one.status)).toEqual([0, 0]);
    expect(builds()).toHaveLength(new Set(builds()).size);
  });

  it('goes on after a tool that cannot be built, says which, and builds only that one the next time', async () => {
    const first = await install({ BROKEN: 'kwok' });
    expect(first.status).toBe(1);
    expect(first.output).toContain('cannot build kwok');
    expect(first.output).toContain('missing: kwok');
    expect(tools()).toEqual(programs.filter((name) => name !== 'kwok'));
    const before = builds().length;
    expect((await install()).status).toBe(0);
    expect(builds().slice(before)).toEqual(['sigs.k8s.io/kwok/cmd/kwok']);
  });

  it('builds anew what has another version or lost a program', async () => {
    await install();
    writeFileSync(join(folder, 'tools/.helm.version'), 'v0.0.1\n');
    rmSync(join(folder, 'tools/promtool'));
    const before = builds().length;
    expect((await install()).status).toBe(0);
    expect(builds().slice(before)).toEqual([
      'helm.sh/helm/v4/cmd/helm',
      'github.com/prometheus/prometheus/cmd/prometheus',
      'github.com/prometheus/prometheus/cmd/promtool',
    ]);
  });

  it('installs the browser that is not there from the machine’s own packages, as root', async () => {
    const browser = join(folder, 'chromium');
    rmSync(browser);
    writeFileSync(
      join(folder, 'apt-get'),
      `#!/bin/sh\n[ "$1" = install ] && : >${browser} && chmod +x ${browser}\n:\n`,
      {
        mode: 0o755,
      },
    );
    writeFileSync(join(folder, 'id'), '#!/bin/sh\necho 0\n', { mode: 0o755 });
    const own = { PATH: [folder, bareFolder('tail', 'sed', 'timeout', 'ln')].join(delimiter) };
    expect((await install(own, ['chromium'])).status).toBe(0);
    expect(tools()).toEqual(['chromium']);
  });

  it('says that a browser is missing which nobody else may install', async () => {
    rmSync(join(folder, 'chromium'));
    writeFileSync(join(folder, 'id'), '#!/bin/sh\necho 1000\n', { mode: 0o755 });
    const { status, output } = await install({ PATH: [folder, bareFolder()].join(delimiter) }, ['chromium']);
    expect(status).toBe(1);
    expect(output).toContain('missing: chromium');
  });

  it('says that Go is missing', async () => {
    const { status, output } = await install({ PATH: bareFolder() });
    expect(status).toBe(1);
    expect(output).toContain('there is no go on the PATH');
  });
});
