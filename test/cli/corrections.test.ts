/** What `tenantry corrections` and `tenantry reviews` ask, show before they act, and do once. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { callApi, customerId, type Heard, type Told } from './harness.ts';

const correction = {
  correction_id: `cor_${'1'.repeat(32)}`,
  customer_id: customerId,
  kind: 'replace',
  namespace: 'customer-0a1b2c3d',
  instance_id: 'k8s-1',
  window_start: '2026-11-18T09:00:00.000Z',
  window_end: '2026-11-18T10:00:00.000Z',
  revision: 1,
  before: { cpu_hours: 20, api_calls: 5 },
  after: { cpu_hours: 10, api_calls: 5 },
  delta_cents: -50,
  invoice_id: null,
  invoice: 'next',
  lines: [{ line_id: 'cpu_core_ms/-/x', meter: 'cpu_core_ms', description: 'CPU', before_cents: 100, after_cents: 50 }],
  reason: 'counted by hand',
  at: '2026-11-21T10:00:00.000Z',
  by: 'admin:root',
};
const told: Told = { status: 201, body: { success: true, correction } };
const window = ['--from', '2026-11-18T09:00:00Z', '--to', '2026-11-18T10:00:00Z'];
const asked = ['--kind', 'replace', '--instance', 'k8s-1', ...window, '--reason', 'counted by hand'];
const path = `/api/usage/${customerId}/corrections`;
const sent = (heard: readonly Heard[]) =>
  heard.map(({ method, path: at, query }) => `${method} ${at}${query.size === 0 ? '' : `?${query}`}`);

const fileOf = (name: string, text: string): string => {
  const file = join(mkdtempSync(join(tmpdir(), 'tenantry-corrections-')), name);
  writeFileSync(file, text);
  return file;
};

describe('corrections', () => {
  it('preview says what changes and what that moves, and changes nothing', async () => {
    const call = ['corrections', 'preview', customerId, ...asked, '--set', 'cpu_hours=10', '--set', 'api_calls=5'];
    const { exit, lines, heard } = await callApi(call, () => ({ ...told, status: 200 }) as Told);
    expect(exit).toBe(0);
    expect(sent(heard)).toEqual([`POST ${path}?preview=true`]);
    expect(heard[0]?.body).toMatchObject({ kind: 'replace', quantities: { cpu_hours: 10, api_calls: 5 } });
    expect(lines.join('\n')).toContain('cpu_hours 20 to 10\n  -$0.50 on the next invoice');
    expect(lines.at(-1)).toBe('nothing was changed');
  });

  it('add shows it and asks; no leaves usage as it is', async () => {
    const call = ['corrections', 'add', customerId, ...asked, '--set', 'cpu_hours=10'];
    const no = await callApi(call, () => told, 'n');
    expect(no.asked[0]).toContain('This moves -$0.50 on the next invoice.');
    expect(sent(no.heard)).toEqual([`POST ${path}?preview=true`]);
    const yes = await callApi([...call, '--yes'], () => told);
    expect(sent(yes.heard)).toEqual([`POST ${path}?preview=true`, `POST ${path}`]);
    expect(yes.lines).toEqual([`${correction.correction_id}: -$0.50 on the next invoice`]);
  });

  it('refuses a quantity that reports do not have, before anything is sent', async () => {
    const { exit, heard } = await callApi(['corrections', 'add', customerId, ...asked, '--set', 'cpus=1'], () => told);
    expect([exit, heard]).toEqual([2, []]);
  });

  const table = `customer_id,kind,instance_id,window_start,window_end,reason,cpu_hours\r
${customerId},replace,k8s-1,2026-11-18T09:00:00Z,2026-11-18T10:00:00Z,"counted, ""by hand""",10\r
${customerId},void,k8s-1,2026-11-18T10:00:00Z,2026-11-18T11:00:00Z,a test ran,\r
`;

  it('file looks at all of a table before it makes the first, under keys that the same file has again', async () => {
    const file = fileOf('some.csv', table);
    const run = () => callApi(['corrections', 'file', file, '--yes'], () => told);
    const { exit, heard, lines } = await run();
    expect(exit).toBe(0);
    expect(sent(heard)).toEqual([...Array(2).fill(`POST ${path}?preview=true`), ...Array(2).fill(`POST ${path}`)]);
    expect(heard[2]?.body).toMatchObject({
      kind: 'replace',
      quantities: { cpu_hours: 10 },
      reason: 'counted, "by hand"',
    });
    expect(heard[3]?.body).not.toHaveProperty('quantities');
    expect(lines.at(-1)).toBe('2 corrections made, -$1.00 in all');
    const keysOf = (of: readonly Heard[]) => of.slice(2).map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keysOf(heard)).size).toBe(2);
    expect(keysOf((await run()).heard)).toEqual(keysOf(heard));
  });

  it('file makes none where one is refused, unless told to leave it out', async () => {
    const file = fileOf('some.csv', table);
    const refused: Told = {
      status: 409,
      body: {
        success: false,
        error: 'Window not found',
        code: 'window_not_found',
        message: 'no window stands',
        details: {},
        timestamp: correction.at,
        request_id: 'req_1',
      },
    };
    const answer = ({ body }: Heard) => ((body as { kind: string }).kind === 'void' ? refused : told);
    const stopped = await callApi(['corrections', 'file', file, '--yes'], answer);
    expect(stopped.exit).toBe(1);
    expect(sent(stopped.heard)).toEqual(Array(2).fill(`POST ${path}?preview=true`));
    expect(stopped.notes.join('\n')).toContain('refused: window_not_found: no window stands');
    const left = await callApi(['corrections', 'file', file, '--yes', '--skip'], answer);
    expect(left.exit).toBe(0);
    expect(sent(left.heard).filter((line) => line === `POST ${path}`)).toHaveLength(1);
  });

  it.each([
    ['{"customer_id":"x"}', 'line 1: customer_id'],
    [`{"customer_id":"${customerId}","kind":"void"}\nnot json`, 'line 1: instance_id'],
    [table.replace(',10\r', ',many\r'), 'line 2: quantities.cpu_hours'],
    [table.replace(',10\r', ',0x10\r'), 'line 2: quantities.cpu_hours'],
    [table.replace(',10\r', ', \r'), 'line 2: quantities'],
    ['', 'has no corrections'],
  ])('file says which line is wrong, and sends nothing: %s', async (text, words) => {
    const { exit, notes, heard } = await callApi(['corrections', 'file', fileOf('bad', text), '--yes'], () => told);
    expect([exit, heard]).toEqual([1, []]);
    expect(notes.join('\n')).toContain(words);
  });
});

describe('reviews', () => {
  const id = `rvw_${'2'.repeat(32)}`;
  it('accept shows what each would move and all together, asks, and says what they moved', async () => {
    const other = `rvw_${'3'.repeat(32)}`;
    const results = [
      { id, status: 'accepted', delta_cents: 120 },
      { id: other, status: 'accepted', delta_cents: 30 },
    ];
    const answer = () => ({ status: 200, body: { success: true, together_cents: 150, results } });
    const call = ['reviews', 'accept', id, other, '--reason', 'seen'];
    const no = await callApi(call, answer, 'n');
    expect(no.notes).toEqual(expect.arrayContaining([`${id}: +$1.20`, `${other}: +$0.30`, 'together: +$1.50']));
    expect(sent(no.heard)).toEqual(['POST /api/usage/reviews/decide?preview=true']);
    const yes = await callApi([...call, '--yes'], answer);
    expect(yes.lines).toEqual([`${id} accepted, +$1.20`, `${other} accepted, +$0.30`, 'together +$1.50']);
    expect(yes.heard[1]?.body).toEqual({ ids: [id, other], decision: 'accept', reason: 'seen' });
  });
});
