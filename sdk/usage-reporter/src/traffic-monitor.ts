/**
 * Counts an application's traffic: API calls and bytes by category of endpoint, MQTT messages and bytes by quality of service,
 * and amounts of the operator's own meters. Knows no time: the reporter takes what was counted (`take`) into the window that is
 * open; totals since the start stay for whoever wants to show them. Never throws at who counts.
 */
import { type Field, fieldsOf, type OwnField, type Source, type SummedField } from './core/fields.ts';

export type Qos = 0 | 1 | 2;

export interface CategoryTotals {
  calls: number;
  bytesReceived: number;
  bytesSent: number;
}

export interface QosTotals {
  published: number;
  received: number;
}

/** Everything since the monitor was made. */
export interface TrafficTotals {
  http: CategoryTotals & { byCategory: Record<string, CategoryTotals> };
  mqtt: {
    messagesPublished: number;
    messagesReceived: number;
    bytesSent: number;
    bytesReceived: number;
    byQos: Record<Qos, QosTotals>;
  };
}

/** What was counted since the last `take`. */
export interface Taken {
  /** Sources in use. */
  sources: Source[];
  sums: Map<Field, number>;
  levels: Map<OwnField, number>;
}

/** More kinds of endpoint than an application has; a caller who makes paths up fills no memory. */
const categoriesMax = 50;
const otherCategory = 'other';

const isAmount = (value: number): boolean => Number.isFinite(value) && value >= 0;
const noCalls = (): CategoryTotals => ({ calls: 0, bytesReceived: 0, bytesSent: 0 });

export class TrafficMonitor {
  readonly #sources = new Set<Source>();
  readonly #categories = new Map<string, CategoryTotals>();
  readonly #totals = new Map<Field, number>();
  readonly #qos: Record<Qos, QosTotals> = {
    0: { published: 0, received: 0 },
    1: { published: 0, received: 0 },
    2: { published: 0, received: 0 },
  };
  #sums = new Map<Field, number>();
  #levels = new Map<OwnField, number>();

  /** Says that a source is in use: from here on, nothing counted is zero. Middleware and `watchMqtt` do. */
  use(source: 'http' | 'mqtt'): void {
    this.#sources.add(source);
  }

  /** A request that arrived. @param calls more than one, where another process has counted them */
  countCall(category: string, calls = 1): void {
    if (!isAmount(calls)) return;
    this.use('http');
    this.#add('api_calls', calls);
    this.#category(category).calls += calls;
  }

  /** Bytes of requests' bodies, as they arrive. */
  countBytesReceived(category: string, bytes: number): void {
    if (!isAmount(bytes)) return;
    this.use('http');
    this.#add('http_bytes_received', bytes);
    this.#category(category).bytesReceived += bytes;
  }

  /** Bytes of answers' bodies, as they are sent. */
  countBytesSent(category: string, bytes: number): void {
    if (!isAmount(bytes)) return;
    this.use('http');
    this.#add('http_bytes_sent', bytes);
    this.#category(category).bytesSent += bytes;
  }

  /** An MQTT message that was published. @param bytes of its payload; of all of them where there are several */
  countPublished(bytes: number, qos: Qos = 0, messages = 1): void {
    if (!isAmount(bytes) || !isAmount(messages)) return;
    this.use('mqtt');
    this.#add('mqtt_messages_published', messages);
    this.#add('mqtt_bytes_sent', bytes);
    this.#qos[qos].published += messages;
  }

  /** An MQTT message that was received. @param bytes of its payload; of all of them where there are several */
  countReceived(bytes: number, qos: Qos = 0, messages = 1): void {
    if (!isAmount(bytes) || !isAmount(messages)) return;
    this.use('mqtt');
    this.#add('mqtt_messages_received', messages);
    this.#add('mqtt_bytes_received', bytes);
    this.#qos[qos].received += messages;
  }

  /** Adds to a meter of the operator's own that adds up (`adds_up: sum`). */
  count(field: OwnField, amount: number): void {
    if (!isAmount(amount)) return;
    this.#sources.add(field);
    this.#add(field, amount);
  }

  /** Says how high a meter of the operator's own is (`adds_up: level`); the highest of a window counts. */
  level(field: OwnField, value: number): void {
    if (!isAmount(value)) return;
    this.#sources.add(field);
    this.#levels.set(field, Math.max(this.#levels.get(field) ?? 0, value));
  }

  /** What was counted since the last call, for the one reporter of this monitor. */
  take(): Taken {
    const taken: Taken = { sources: [...this.#sources], sums: this.#sums, levels: this.#levels };
    // Zero is told of what is in use, and nothing of what is not.
    for (const source of ['http', 'mqtt'] as const) {
      if (!this.#sources.has(source)) continue;
      for (const field of fieldsOf[source]) taken.sums.set(field, taken.sums.get(field) ?? 0);
    }
    this.#sums = new Map();
    this.#levels = new Map();
    return taken;
  }

  /** Totals since the start, for a page or a `/metrics` of the application's own. */
  totals(): TrafficTotals {
    const of = (field: SummedField): number => this.#totals.get(field) ?? 0;
    return {
      http: {
        calls: of('api_calls'),
        bytesReceived: of('http_bytes_received'),
        bytesSent: of('http_bytes_sent'),
        byCategory: Object.fromEntries([...this.#categories].map(([name, totals]) => [name, { ...totals }])),
      },
      mqtt: {
        messagesPublished: of('mqtt_messages_published'),
        messagesReceived: of('mqtt_messages_received'),
        bytesSent: of('mqtt_bytes_sent'),
        bytesReceived: of('mqtt_bytes_received'),
        byQos: structuredClone(this.#qos),
      },
    };
  }

  #add(field: Field, amount: number): void {
    this.#sums.set(field, (this.#sums.get(field) ?? 0) + amount);
    this.#totals.set(field, (this.#totals.get(field) ?? 0) + amount);
  }

  #category(asked: string): CategoryTotals {
    const known = this.#categories.get(asked);
    if (known) return known;
    const name = this.#categories.size < categoriesMax ? asked : otherCategory;
    const totals = this.#categories.get(name) ?? noCalls();
    this.#categories.set(name, totals);
    return totals;
  }
}
