/** Draws random customers, what they use, and what of it is put right. Seeded: the same number draws the same. */
import type { QuantityField } from '../../../src/contracts/usage.ts';
import { dayMs, hourMs, secondMs } from '../../../src/lib/time.ts';
import type { Asked } from '../../../src/usage/correction.ts';
import { quantityOf, toBase } from '../../../src/usage/meters.ts';
import type { Draw } from '../../oracle/draw.ts';
import type { MadeWindow } from '../organisations/harness.ts';
import { ownedSince, type Reporter, type Shape, type Story, versions } from './billed-customer.ts';

const fieldsOf: Record<keyof typeof versions, readonly QuantityField[]> = {
  infrastructure: [
    'cpu_hours',
    'memory_gb_hours',
    'storage_used_gb',
    'network_bytes_sent',
    'network_bytes_received',
    'http_requests',
    'custom_1',
    'custom_2',
  ],
  application: [
    'api_calls',
    'mqtt_bytes_sent',
    'mqtt_bytes_received',
    'http_bytes_sent',
    'postgres_size_mb',
    'active_devices',
    'custom_1',
    'custom_2',
  ],
};

const sizes: Partial<Record<QuantityField, number>> = {
  cpu_hours: 900,
  memory_gb_hours: 2000,
  storage_used_gb: 4000,
  network_bytes_sent: 1e12,
  network_bytes_received: 1e12,
  http_requests: 3e6,
  api_calls: 300_000,
  mqtt_bytes_sent: 1e11,
  mqtt_bytes_received: 1e11,
  http_bytes_sent: 1e11,
  postgres_size_mb: 400_000,
  active_devices: 300,
  custom_1: 20,
  custom_2: 40,
};

type Wire = Partial<Record<QuantityField, number>>;

function drawQuantities(draw: Draw, fields: readonly QuantityField[]): Wire {
  const chosen = draw.some(fields, 0.4);
  return Object.fromEntries(
    (chosen.length === 0 ? [draw.pick(fields)] : chosen).map((field) => {
      const most = sizes[field] ?? 1;
      const whole = field.includes('bytes') || field === 'active_devices' || most > 10_000;
      const value = draw.chance(0.1) ? 0 : draw.int(0, most * 1000) / 1000;
      return [field, whole ? Math.round(value) : value];
    }),
  );
}

const unitsOf = (wire: Wire, seconds: number): Record<string, number> =>
  Object.fromEntries(
    Object.entries(wire).flatMap(([field, value]) => {
      const quantity = quantityOf.get(field);
      return quantity ? [[quantity.column, toBase(quantity, value, seconds)]] : [];
    }),
  );

/** What a customer is like, and by which price list it is billed. */
export interface Drawn {
  shape: Shape;
  list: keyof typeof versions;
}

export function drawShape(draw: Draw): Drawn {
  const list = draw.pick(['infrastructure', 'application'] as const);
  const now = Date.UTC(2026, 5, draw.int(20, 28), draw.int(0, 23), draw.int(0, 59));
  const start = now - draw.int(20, 28) * dayMs - draw.int(0, 3_600_000);
  const edges = [start - 30 * dayMs, start, start + 30 * dayMs] as const;
  const version = versions[list];
  const changes = [
    { at: edges[0] - 5 * dayMs, plan: 'starter', version },
    ...(draw.chance(0.5)
      ? [{ at: draw.int(edges[0], now), plan: draw.pick(['professional', 'enterprise', 'starter']), version }]
      : []),
  ];
  const own = { infrastructure: ['cpu_core_ms', 'memory_mib_s'], application: ['api_calls', 'device_peak'] }[list];
  const overrides = draw.chance(0.3)
    ? {
        at: draw.int(edges[0], now),
        allowances: draw.chance(0.5) ? { [own[0] ?? '']: String(draw.int(0, 500)) } : {},
        prices: { [own[1] ?? '']: draw.decimal(99) },
      }
    : null;
  const lengths = Array.from({ length: draw.int(1, 3) }, () => draw.pick([3600, 3600, 900]));
  return { shape: { now, edges, changes, overrides, lengths }, list };
}

/** What a window holds, by reporter and end: what the customer was to be billed by. */
export type Truth = Map<string, { reporter: number; end: number; seconds: number; units: Record<string, number> }>;

export function drawUsage(draw: Draw, { shape, list }: Drawn): Truth {
  const truth: Truth = new Map();
  for (let n = draw.int(20, 60); n > 0; n--) {
    const reporter = draw.int(0, shape.lengths.length - 1);
    const seconds = shape.lengths[reporter] ?? 3600;
    const step = seconds * secondMs;
    const near = draw.chance(0.3)
      ? draw.pick([...shape.edges.slice(0, 2), ...shape.changes.map(({ at }) => at)])
      : null;
    const any = near === null ? draw.int(shape.edges[0], shape.now - step) : near + draw.int(-2, 2) * step;
    const end = Math.ceil(any / step) * step;
    if (end > shape.now || end < shape.now - 61 * dayMs || end - step < ownedSince(shape.edges)) continue;
    truth.set(`${reporter}/${end}`, {
      reporter,
      end,
      seconds,
      units: unitsOf(drawQuantities(draw, fieldsOf[list]), seconds),
    });
  }
  return truth;
}

export const windowsOf = (truth: Truth, { customer, reporters }: Story): MadeWindow[] =>
  [...truth.values()].map(({ reporter, end, seconds, units }) => ({
    customerSeq: customer.seq,
    reporterSeq: reporters[reporter]?.seq ?? 0,
    projectSeq: reporters[reporter]?.projectSeq ?? 0,
    end,
    seconds,
    units,
  }));

/** What is asked, and the truth by then: an independent account of what the correction means. */
export function drawCorrection(draw: Draw, truth: Truth, { shape, list, story }: Drawn & { story: Story }): Asked {
  const quantities = drawQuantities(draw, fieldsOf[list]);
  const reason = 'a story';
  const standing = [...truth.entries()];
  const reporterOf = (at: number) => story.reporters[at] as Reporter;
  if (standing.length > 0 && draw.chance(0.7)) {
    const [name, window] = draw.pick(standing);
    const { instanceId, namespace } = reporterOf(window.reporter);
    const kind = draw.chance(0.25) ? 'void' : 'replace';
    truth.set(name, { ...window, units: kind === 'void' ? {} : unitsOf(quantities, window.seconds) });
    const start = window.end - window.seconds * secondMs;
    return {
      kind,
      instanceId,
      namespace,
      start,
      end: window.end,
      quantities: kind === 'void' ? {} : quantities,
      reason,
    };
  }
  for (;;) {
    const reporter = draw.int(0, shape.lengths.length - 1);
    const { instanceId, namespace, seconds } = reporterOf(reporter);
    const start = Math.floor(draw.int(shape.edges[0], shape.now - hourMs) / hourMs) * hourMs;
    if (start < shape.now - 61 * dayMs) continue;
    const ends = Array.from({ length: 3600 / seconds }, (_, i) => start + (i + 1) * seconds * secondMs);
    const free = ends.filter((end) => Object.keys(truth.get(`${reporter}/${end}`)?.units ?? {}).length === 0);
    if (free.length === 0) continue;
    const whole = unitsOf(quantities, 3600);
    const isLevel = (column: string) => column === 'device_peak' || column === 'custom_2';
    for (const [i, end] of free.entries()) {
      const units = Object.entries(whole).map(([column, all]): [string, number] => [
        column,
        isLevel(column) ? all : (sharesOf(all, free.length)[i] ?? 0),
      ]);
      truth.set(`${reporter}/${end}`, { reporter, end, seconds, units: Object.fromEntries(units) });
    }
    return { kind: 'add', instanceId, namespace, start, end: start + hourMs, quantities, reason };
  }
}

/** Units dealt out one by one in turn, which is what each window gets. */
function sharesOf(units: number, windows: number): number[] {
  const each = (units - (units % windows)) / windows;
  return Array.from({ length: windows }, (_, i) => each + (i < units % windows ? 1 : 0));
}
