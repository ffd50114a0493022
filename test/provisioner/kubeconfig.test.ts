/** What a KUBECONFIG means: files that are merged, paths, credentials by precedence, and whom a request is made as. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readAccess } from '../../provisioner/kubeconfig.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantry-kubeconfig-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const config = (name: string, user: object, cluster: object = {}) => ({
  clusters: [{ name, cluster: { server: `https://${name}.example.com:6443/`, ...cluster } }],
  users: [{ name, user }],
  contexts: [{ name, context: { cluster: name, user: name } }],
  'current-context': name,
});

async function written(path: string, content: object | string): Promise<string> {
  const at = join(folder, path);
  await mkdir(join(at, '..'), { recursive: true });
  await writeFile(at, typeof content === 'string' ? content : stringify(content));
  return at;
}

function access(kubeconfig: string) {
  const read = readAccess(kubeconfig);
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

describe('several files', () => {
  it('are one: missing and empty ones are passed over, and the first to name a thing wins whole', async () => {
    const first = await written('list/first', { ...config('a', { token: 'a1' }), 'current-context': '' });
    const empty = await written('list/empty', '');
    const second = await written('list/second', {
      ...config('b', { token: 'b1' }),
      users: [
        { name: 'b', user: { token: 'b1' } },
        { name: 'a', user: { token: 'a2', as: 'somebody' } },
      ],
    });
    const third = await written('list/third', config('a', { token: 'a3' }, { server: 'https://other' }));
    const list = ['/nowhere/kubeconfig', first, empty, third, second].join(':');
    expect(access(list)).toMatchObject({
      server: 'https://a.example.com:6443',
      source: { kind: 'token', token: 'a1' },
      impersonation: {},
    });
    expect(access([second, first].join(':')).source).toEqual({ kind: 'token', token: 'b1' });
  });

  it('none of which is there are said, as is a context that leads nowhere', async () => {
    expect(readAccess('/nowhere/a:/nowhere/b')).toEqual({
      ok: false,
      error: 'ENOENT: there is no file at /nowhere/a or /nowhere/b',
    });
    const astray = await written('astray', { ...config('a', {}), 'current-context': 'z' });
    expect(readAccess(astray)).toEqual({ ok: false, error: 'the kubeconfig has no context z' });
    const wrong = await written('wrong', { clusters: [{ name: 'a', cluster: { server: 'nowhere' } }] });
    expect(readAccess(wrong)).toMatchObject({ ok: false, error: expect.stringContaining('clusters.0.cluster.server') });
  });
});

describe('a user', () => {
  it('has paths beside its own file', async () => {
    await written('beside/ca.pem', 'ca');
    await written('beside/cert.pem', 'cert');
    await written('beside/key.pem', 'key');
    const user = { tokenFile: 'token', 'client-certificate': 'cert.pem', 'client-key': 'key.pem' };
    const path = await written('beside/config', config('a', user, { 'certificate-authority': 'ca.pem' }));
    const { tls, source } = access(path);
    expect(source).toEqual({ kind: 'token_file', path: join(folder, 'beside/token'), token: undefined });
    expect([tls.ca, tls.cert, tls.key].map(String)).toEqual(['ca', 'cert', 'key']);
  });

  it.each<[string, object, object]>([
    [
      'a token file before a token, which holds while there is no file',
      { token: 't', tokenFile: '/f' },
      { kind: 'token_file', path: '/f', token: 't' },
    ],
    ['a token before a plugin', { token: 't', exec: { apiVersion: 'v1', command: 'x' } }, { kind: 'token' }],
    ['a password', { username: 'u', password: 'p' }, { kind: 'basic', username: 'u', password: 'p' }],
    [
      'a plugin by its name, looked up in PATH',
      { exec: { apiVersion: 'v1', command: 'x' } },
      { kind: 'exec', plugin: { command: 'x', args: [], env: {} } },
    ],
    ['nothing', {}, { kind: 'none' }],
  ])('%s', async (_name, user, source) => {
    expect(access(await written('user', config('a', user))).source).toMatchObject(source);
  });

  it('has a plugin beside its own file, which hears of the cluster when it asks to', async () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: './plugin',
      args: ['get-token'],
      env: [{ name: 'A', value: 'b' }],
      provideClusterInfo: true,
    };
    const { source } = access(await written('plugins/config', config('a', { exec })));
    expect(source).toMatchObject({
      plugin: {
        command: join(folder, 'plugins/plugin'),
        args: ['get-token'],
        env: { A: 'b' },
        cluster: { server: 'https://a.example.com:6443/', config: null },
      },
    });
  });

  it('that needs a person, or a provider that is no plugin, is refused at once', async () => {
    const exec = { apiVersion: 'v1', command: 'x', interactiveMode: 'Always' };
    expect(readAccess(await written('person', config('a', { exec })))).toMatchObject({
      ok: false,
      error: expect.stringContaining('wants a person'),
    });
    const provider = config('a', { 'auth-provider': { name: 'oidc' } });
    expect(readAccess(await written('provider', provider))).toMatchObject({
      ok: false,
      error: expect.stringContaining('use an exec plugin'),
    });
  });

  it('of a server without TLS has no credentials and is nobody, as in kubectl', async () => {
    const plain = config('a', { token: 't', as: 'jane' }, { server: 'http://127.0.0.1:1' });
    expect(access(await written('plain', plain))).toMatchObject({ source: { kind: 'none' }, impersonation: {} });
  });

  it('acts as another, with uid, groups and extras; without `as` the others mean nothing', async () => {
    const as = { 'as-uid': '7', 'as-groups': ['g1', 'g2'], 'as-user-extra': { 'Example.com/Team': ['x'] } };
    expect(access(await written('as', config('a', { as: 'jane', ...as }))).impersonation).toEqual({
      'Impersonate-User': 'jane',
      'Impersonate-Uid': '7',
      'Impersonate-Group': ['g1', 'g2'],
      'Impersonate-Extra-example.com%2Fteam': ['x'],
    });
    expect(access(await written('as', config('a', as))).impersonation).toEqual({});
  });
});
