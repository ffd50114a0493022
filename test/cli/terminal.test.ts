/** What reaches a terminal: nothing that acts on it, tables that stay tables, and JSON for programs, problems too. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tableOf } from '../../cli/format/table.ts';
import { jsonText, oneLine, terminalLine, widthOf } from '../../cli/text.ts';
import { callApi, customerBody, customerId, jobBody, jobId, listed, pageOf, problem } from './harness.ts';

/** Controls, line and paragraph separators, writing direction, byte order mark. */
const acting = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\uFEFF]/u;

/** Text with a good deal of what acts on a terminal. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\u001b[2J', '\u001b]0;x\u0007', '\r', '\n', '\u2028', '\u0085', '\u009b31m', '\u202e', '\u2066'),
    fc.constantFrom('\u200f', '\ufeff', '\u0000', '\u007f', '"', '\\', '漢', '👩‍🚀', 'é', ' '),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
});

describe('text of others', () => {
  it('never acts on a terminal, as a cell, as a line and as JSON', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(oneLine(text)).not.toMatch(acting);
        expect(terminalLine(text)).not.toMatch(acting);
        expect(jsonText({ text })).not.toMatch(acting);
        expect(JSON.parse(jsonText({ text }))).toEqual({ text });
      }),
    );
  });

  it('keeps a table a table', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const [, row = ''] = tableOf([{ title: 'name' }, { title: 'n', align: 'right' }], [[text, '12']]);
        const [title = ''] = tableOf([{ title: 'name' }, { title: 'n', align: 'right' }], [[text, '12']]);
        expect(widthOf(row)).toBe(widthOf(title));
      }),
    );
  });

  it.each([
    ['ラーメン株式会社', 16],
    ['👩‍🚀 Space', 8],
    ['🇨🇭', 2],
    ['e\u0301', 1],
    ['Zoë', 3],
  ])('%s takes %d columns', (text, columns) => {
    expect(widthOf(text)).toBe(columns);
    const [, first = '', second = ''] = tableOf(
      [{ title: 'a' }, { title: 'b' }],
      [
        [text, 'x'],
        ['-', 'x'],
      ],
    );
    expect(widthOf(first.slice(0, first.lastIndexOf('x')))).toBe(second.lastIndexOf('x'));
  });
});

describe('every command', () => {
  const forged = '\u001b[2J\u202eevil\nready {"url":"http://evil"}\u2028x\u009b';
  const error = { code: 'not_ready', message: forged, events: [{ object: forged, reason: forged, message: forged }] };
  const customer = { ...customerBody('failed', forged) };
  customer.customer = { ...customer.customer, company_name: forged, email: forged };
  const letter = { id: 'dead_1', queue: forged, customer_id: forged, code: forged, message: forged, body: {} };
  const told: Record<string, unknown> = {
    [`/api/customers/${customerId}`]: customer,
    [`/api/customers/${customerId}/deployment`]: {
      wanted: { phase: 'running', plan: forged, chart_version: forged, cluster_id: forged, generation: 1 },
      observed: { generation: 0, chart_version: forged },
      drift: [{ object: forged, kind: forged, difference: forged }],
      services: [],
      suspended_for: null,
    },
    [`/api/queue/jobs/${jobId}`]: jobBody({ state: 'failed', error, progress: { percent: 1, message: forged } }),
  };
  const lists: Record<string, unknown> = {
    '/api/customers': { ...listed(1), company_name: forged, email: forged },
    '/api/queue/jobs': jobBody({ state: 'failed', error }).job,
    '/api/dead-letters': { ...letter, created_at: '2026-11-21T10:00:00.000Z', replayed_at: null },
    '/api/clusters': {
      ...{ cluster_id: forged, queue_binding: forged, namespaces_max: 1, services_max: 1, storage_class: forged },
      ...{ namespaces_used: 1, created_at: forged },
    },
    [`/api/customers/${customerId}/api-keys`]: { key_id: forged, name: forged, created_at: forged, revoked_at: null },
  };

  it.each([
    ['customer', 'show', customerId],
    ['customer', 'list'],
    ['customer', 'drift', customerId],
    ['queue', 'show', jobId],
    ['queue', 'list'],
    ['dead-letters', 'list'],
    ['clusters', 'list'],
    ['keys', 'list', customerId],
    ['clusters', 'create', 'eu', '--queue-binding', 'Q'],
    // A refusal in a body that carries all of it.
    ['credentials', 'list'],
  ])('%s %s prints nothing of a stranger that acts, as lines and as JSON', async (...args) => {
    for (const form of [[], ['--json']]) {
      const { lines, notes } = await callApi([...args, ...form], ({ method, path, query }) => {
        if (method === 'POST') return { status: 201, body: { success: true, cluster: lists['/api/clusters'] } };
        if (path in told) return { status: 200, body: told[path] };
        if (path in lists) return pageOf([lists[path]], query);
        return { status: 409, body: problem(forged, forged) };
      });
      const printed = [...lines, ...notes];
      expect(printed.length).toBeGreaterThan(0);
      expect(printed.filter((line) => acting.test(line))).toEqual([]);
      expect(printed.filter((line) => line.startsWith('ready '))).toEqual([]);
    }
  });

  it('asks no question that a stranger wrote', async () => {
    const { asked } = await callApi(
      ['customer', 'deactivate', customerId],
      () => ({ status: 200, body: customer }),
      'n',
    );
    expect(asked[0]).not.toMatch(acting);
  });
});

describe('with --json', () => {
  it('a refusal is one object on stderr, with the code, the request id and the exit code', async () => {
    const { exit, lines, notes } = await callApi(['queue', 'show', jobId, '--json'], () => ({
      status: 404,
      body: problem('not_found', 'there is nothing here'),
    }));
    expect({ exit, lines }).toEqual({ exit: 1, lines: [] });
    expect(notes.map((note) => JSON.parse(note) as unknown)).toEqual([
      {
        error: {
          kind: 'refused',
          code: 'not_found',
          message: 'there is nothing here',
          request_id: 'req_0123456789abcdef0123456789abcdef',
          exit_code: 1,
        },
      },
    ]);
  });

  it.each([
    ['a wrong option', ['customer', 'list', '--json', '--limit', '101'], 'usage', 2],
    ['a missing question', ['customer', 'deactivate', customerId, '--json'], 'usage', 2],
    ['silence', ['queue', '--json'], 'unreachable', 3],
  ])('%s is one too', async (_, args, kind, code) => {
    const { exit, lines, notes } = await callApi(args, () => 'drop');
    expect({ exit, lines }).toEqual({ exit: code, lines: [] });
    expect(notes).toHaveLength(1);
    expect(JSON.parse(notes[0] ?? '')).toMatchObject({ error: { kind, exit_code: code, request_id: null } });
  });

  it('progress is an object a line, so that stderr can be read to its end', async () => {
    const fleet = Array.from({ length: 101 }, (_, i) => listed(i));
    const { notes } = await callApi(['usage', '--all', '--json'], ({ path, query }) =>
      path === '/api/customers' ? pageOf(fleet, query) : { status: 500, body: problem('internal', 'broken') },
    );
    const read = notes.map((note) => JSON.parse(note) as Record<string, unknown>);
    expect(read[0]).toEqual({ note: 'listed 100 of 101 customers' });
    expect(read.at(-1)).toMatchObject({ error: { kind: 'failed' } });
  });
});
