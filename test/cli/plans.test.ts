/** `tenantry plans` against the routes' contracts: what is asked, what is shown, how it ends. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  checkAnswer,
  checkBody,
  migrateAnswer,
  migrateBody,
  publishAnswer,
  publishBody,
  simulationAnswer,
  simulationBody,
  simulationStarted,
} from '../../src/contracts/plan-catalogue.ts';
import { planList } from '../../src/contracts/plans.ts';
import { callApi, customerId, problem, type Told } from './harness.ts';
import { type Route, standIn } from './stand-in.ts';

let folder: string;
let file: string;
const yaml = 'currency: usd # as it is\n';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantry-plans-'));
  file = join(folder, 'plans.yaml');
  await writeFile(file, yaml);
});
afterAll(() => rm(folder, { recursive: true }));

const simulationId = `sim_${'a'.repeat(32)}`;
const change = { customer_id: customerId, before_cents: 3500, after_cents: 5_003_000, why: 'CPU $5.00 → $50,000.00' };
const diff = [{ plan: 'small', version: '2', field: 'fee', before: '$29 a month', after: '$30 a month' }];
const verdict = { valid: true, issues: [], diff };
const wrong = {
  valid: false,
  issues: [
    { path: 'plans.small.order', message: 'is missing', line: 7 },
    { path: '', message: 'is more than one document', line: null },
  ],
  diff: [],
};
const found = { customers: 3, before_cents: 9300, after_cents: 5_009_000, top: [change] };

const checking = (tell: () => unknown): Route => ({
  method: 'POST',
  path: '/api/plans/check',
  body: checkBody,
  status: 200,
  answer: checkAnswer,
  tell,
});
const publishing: Route = {
  method: 'POST',
  path: '/api/plans/publish',
  body: publishBody,
  status: 201,
  answer: publishAnswer,
  tell: () => ({ success: true, versions: [{ plan: 'small', version: '2' }], simulation: null }),
};
const beginning: Route = {
  method: 'POST',
  path: '/api/simulations',
  body: simulationBody,
  status: 202,
  answer: simulationStarted,
  tell: () => ({ success: true, simulation_id: simulationId }),
};
/** A simulation that is done at the third look, or fails there. */
function reading(state: 'done' | 'failed' = 'done'): Route {
  let looks = 0;
  return {
    method: 'GET',
    path: '/api/simulations/:id',
    status: 200,
    answer: simulationAnswer,
    tell: () => {
      looks += 1;
      const counts = { skipped: 1, incomplete: 2, failed: state === 'failed' ? 1 : 0 };
      const now = looks < 3 ? { state: 'running', progress: looks * 40 } : { state, progress: 100 };
      return { simulation_id: simulationId, ...found, ...counts, ...now };
    },
  };
}
const usual = () => standIn([checking(() => verdict), publishing, beginning, reading()]);
/** Publishing is refused until a simulation was asked for. */
function needsSimulation() {
  const answer = usual();
  let simulated = false;
  return (heard: Parameters<typeof answer>[0]): Told => {
    if (heard.path === '/api/simulations') simulated = true;
    if (heard.path === '/api/plans/publish' && !simulated) {
      return { status: 409, body: problem('simulation_required', 'simulate this file first') };
    }
    return answer(heard);
  };
}

describe('plans check', () => {
  it('says that a file is right, and how much it changes', async () => {
    const { exit, lines, heard } = await callApi(['plans', 'check', file], usual());
    expect({ exit, lines }).toEqual({ exit: 0, lines: [`${file} is right; 1 change: tenantry plans diff`] });
    expect(heard[0]?.body).toEqual({ yaml });
  });

  it('names each fault with its line, and ends with 1', async () => {
    const { exit, lines, notes } = await callApi(['plans', 'check', file], standIn([checking(() => wrong)]));
    expect({ exit, lines, notes }).toEqual({
      exit: 1,
      lines: [`${file}:7: plans.small.order: is missing`, `${file}: is more than one document`],
      notes: [`error: ${file} cannot be published`],
    });
  });

  it.each([
    ['that is not there', async () => join(folder, 'none.yaml'), 'cannot be read'],
    [
      'of 10 MB',
      async () => {
        const path = join(folder, 'huge.yaml');
        await writeFile(path, '#'.repeat(10 * 1024 * 1024));
        return path;
      },
      'is longer than any file of plans',
    ],
    [
      'that is no text',
      async () => {
        const path = join(folder, 'bytes.yaml');
        await writeFile(path, Uint8Array.of(0xff, 0xfe));
        return path;
      },
      'is not UTF-8 text',
    ],
  ])('sends nothing of a file %s', async (_, path, said) => {
    const { exit, notes, heard } = await callApi(['plans', 'check', await path()], usual());
    expect({ exit, heard }).toEqual({ exit: 1, heard: [] });
    expect(notes.join()).toContain(said);
  });
});

describe('plans diff', () => {
  it('shows every field that changes', async () => {
    const { exit, lines } = await callApi(['plans', 'diff', file], usual());
    expect(exit).toBe(0);
    expect(lines.map((line) => line.replaceAll(/ {2,}/g, ' | '))).toEqual([
      'PLAN | FIELD | NOW | THEN',
      'small | fee | $29 a month | $30 a month',
    ]);
    const json = await callApi(['plans', 'diff', file, '--json'], usual());
    expect(JSON.parse(json.lines[0] ?? '')).toEqual(diff);
  });
});

describe('plans simulate', () => {
  it('tells how far it is, then whom it changes most, and all of it', async () => {
    const { exit, lines, notes, heard } = await callApi(['plans', 'simulate', file], usual());
    expect(exit).toBe(0);
    expect(heard[0]?.body).toEqual({ yaml });
    expect(notes).toEqual([40, 80, 100].map((percent) => `simulated ${percent} % of 3 customers`));
    expect(lines[1]).toContain(`${customerId}  $35.00  $50,030.00  CPU $5.00 → $50,000.00`);
    expect(lines.slice(2)).toEqual([
      '3 customers: $93.00 now, $50,090.00 then',
      '1 customer without such a period',
      '2 customers with gaps in the usage',
    ]);
  });

  it('that could not rate somebody has failed', async () => {
    const { exit, notes } = await callApi(['plans', 'simulate', file], standIn([beginning, reading('failed')]));
    expect(exit).toBe(1);
    expect(notes.at(-1)).toContain(`the simulation ${simulationId} could not rate 1 of 3 customers`);
  });
});

describe('plans publish', () => {
  it('simulates where a price moves, shows whom it changes most before anything else, asks, and publishes', async () => {
    const { exit, lines, notes, asked, heard } = await callApi(['plans', 'publish', file], needsSimulation(), 'y');
    expect({ exit, lines }).toEqual({ exit: 0, lines: ['published: small 2'] });
    expect(asked).toEqual([`${file} is published: 1 change. Go on? [y/N] `]);
    const shown = notes.filter((note) => !note.startsWith('simulated'));
    expect(shown[1]).toContain(change.why);
    expect(shown.at(-1)).toContain('$30 a month');
    expect(heard.filter(({ method }) => method === 'POST').map(({ path, query }) => `${path}?${query}`)).toEqual([
      '/api/plans/check?',
      '/api/plans/publish?preview=true',
      '/api/simulations?',
      '/api/plans/publish?',
    ]);
  });

  it('publishes nothing without a yes, without a terminal, and of a file that is wrong', async () => {
    const no = await callApi(['plans', 'publish', file], needsSimulation(), 'n');
    expect(no.exit).toBe(1);
    const silent = await callApi(['plans', 'publish', file], needsSimulation());
    expect({ exit: silent.exit, heard: silent.heard }).toEqual({ exit: 2, heard: [] });
    const bad = await callApi(['plans', 'publish', file, '--yes'], standIn([checking(() => wrong)]));
    expect(bad.exit).toBe(1);
    expect(bad.notes).toContain(`${file}:7: plans.small.order: is missing`);
    for (const { heard } of [no, bad]) {
      expect(heard.filter(({ path, query }) => path.endsWith('/publish') && !query.has('preview'))).toEqual([]);
    }
  });

  it('needs no simulation where no price moves', async () => {
    const { exit, heard } = await callApi(['plans', 'publish', file, '--yes', '--json'], usual());
    expect(exit).toBe(0);
    expect(heard.map(({ path }) => path)).not.toContain('/api/simulations');
  });
});

describe('plans list', () => {
  it('shows every version with its subscribers', async () => {
    const item = {
      plan: 'small',
      version: '1',
      state: 'retired',
      name: 'Small',
      order: 1,
      fee_cents: 2900,
      annual_fee_cents: null,
      interval: 'month',
      open: false,
      features: {},
      limits: {},
      allowances: {},
      prices: {},
      subscribers: 12,
      stripe_price_id: null,
    };
    const route = (items: unknown[]): Route => ({
      method: 'GET',
      path: '/api/plans',
      status: 200,
      answer: planList,
      tell: () => ({ items }),
    });
    const { lines } = await callApi(['plans'], standIn([route([item])]));
    expect(lines[1]?.split(/ {2,}/)).toEqual(['small', '1', 'retired', '1', '$29.00', 'month', '12']);
    const none = await callApi(['plans', 'list'], standIn([route([])]));
    expect(none.lines).toEqual(['no plans: publish a file of them with tenantry plans publish']);
  });
});

describe('plans migrate', () => {
  const route: Route = {
    method: 'POST',
    path: '/api/plans/:plan/migrate',
    body: migrateBody,
    status: 202,
    answer: migrateAnswer,
    tell: () => ({ success: true, moved: 2, skipped: [{ customer_id: customerId, why: 'has left' }] }),
  };
  const args = ['plans', 'migrate', 'small', '--from', '1', '--to', '2'];

  it('says who is left where they are, asks, and schedules the others', async () => {
    const { exit, lines, notes, asked, heard } = await callApi([...args, '--all'], standIn([route]), 'yes');
    expect({ exit, lines }).toEqual({ exit: 0, lines: ['2 customers scheduled to move to 2'] });
    expect(notes).toEqual([`${customerId} is left where it is: has left`]);
    expect(asked).toEqual(['2 customers of small 1 move to 2 at the end of their running period. Go on? [y/N] ']);
    expect(heard.map(({ query, body }) => [query.get('preview'), body])).toEqual([
      ['true', { from_version: '1', to_version: '2', at: 'period_end', all: true }],
      [null, { from_version: '1', to_version: '2', at: 'period_end', all: true }],
    ]);
  });

  it('takes customers by id, or all, not both', async () => {
    const some = await callApi([...args, '--customer', customerId, '--yes'], standIn([route]));
    expect(some.heard[0]?.body).toMatchObject({ customer_ids: [customerId] });
    for (const more of [[], ['--all', '--customer', customerId]]) {
      expect((await callApi([...args, ...more, '--yes'], standIn([route]))).exit).toBe(2);
    }
  });
});
