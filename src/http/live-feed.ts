/**
 * An organisation's sockets: one Durable Object each, which hibernates while nothing is sent, so that an idle socket costs
 * nothing. It is never a truth: what it sends is read from D1 when usage has been stored, and a message that is lost is
 * made good by the next one, or by a read of the overview.
 *
 * workerd does not say how much a socket's peer has left unread. So a socket has a credit of messages that each of the
 * peer's pings renews, and one that has used it up is closed: what a peer that never reads can hold is bounded.
 */
import { DurableObject } from 'cloudflare:workers';
import type { LiveMessage } from '../contracts/organisation-billing.ts';
import type { RawEnv } from '../env.ts';
import { sha256Hex } from '../lib/keys.ts';
import { reasonOf } from '../lib/reason.ts';
import { toLive } from '../organisations/billing-wire.ts';
import { type Services, servicesOf } from '../services.ts';
import { staffIssuerOf } from '../wiring.ts';
import { liveCosts } from '../workflows/organisations/live-costs.ts';
import { stillStanding } from '../workflows/organisations/still-standing.ts';
import { type Directory, directoryOf, type Feed, type Grant, grantHeader } from './live.ts';

/** Close codes of our own (RFC 6455 leaves 4000 to 4999 to applications). */
const expired = { code: 4401, reason: 'the token has expired' };
const ended = { code: 4401, reason: 'what this was opened with has ended' };
const unread = { code: 4408, reason: 'no ping for too many messages' };
const notTaken = { code: 1008, reason: 'this socket takes nothing but ping' };

const socketsMax = 1000;
const socketsOfOneMax = 25;
/** Some 250 bytes each. */
const creditMessages = 500;

/** What hibernation keeps beside a socket. */
interface Seat {
  id: string;
  expiresAt: number;
  /** Messages since the peer's last ping, and when that was, ms. */
  sent: number;
  pingedAt: number;
}

/** What its object keeps of a seat: too much for a socket's own attachment. */
type Kept = Pick<Grant, 'namespaces' | 'opened'>;

export class LiveFeed extends DurableObject<RawEnv> implements Feed {
  /** Customers whose usage has come since the figures were read. */
  #stale = new Set<string>();
  #telling: Promise<void> | null = null;

  constructor(ctx: DurableObjectState, env: RawEnv) {
    super(ctx, env);
    // Answered without waking the object.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'));
  }

  /** Takes a socket in; only the Worker reaches this, and it has judged the caller. */
  override async fetch(request: Request): Promise<Response> {
    const grant = JSON.parse(decodeURIComponent(request.headers.get(grantHeader) ?? '')) as Grant;
    const holder = await sha256Hex(grant.holder);
    const [all, theirs] = [this.#open(), this.#open(holder)];
    if (all.length >= socketsMax || theirs.length >= socketsOfOneMax) return new Response(null, { status: 429 });
    const { 0: client, 1: server } = new WebSocketPair();
    const seat: Seat = { id: crypto.randomUUID(), expiresAt: Date.now() + grant.livesMs, sent: 0, pingedAt: 0 };
    // One step: whoever leaves meanwhile finds the seat and its socket, or neither.
    const { namespaces, opened } = grant;
    const seated = this.ctx.storage.put<Kept | string>({
      [seatKey(seat)]: { namespaces, opened },
      organisation: grant.organisationId,
    });
    this.ctx.acceptWebSocket(server, [holder]);
    server.serializeAttachment(seat);
    await seated;
    await this.#directory().watch(grant.organisationId, seat.expiresAt);
    const alarm = await this.ctx.storage.getAlarm();
    if (alarm === null || alarm > seat.expiresAt) await this.ctx.storage.setAlarm(seat.expiresAt);
    const protocol = protocolOf(request.headers);
    return new Response(null, {
      status: 101,
      webSocket: client,
      ...(protocol === null ? {} : { headers: { 'sec-websocket-protocol': protocol } }),
    });
  }

  /** Usage of these customers was stored. Answers at once; what it sends is read afterwards. */
  async stored(organisationId: string, customerIds: readonly string[]): Promise<void> {
    if (this.#open().length === 0) return;
    for (const id of customerIds) this.#stale.add(id);
    this.#telling ??= this.#tell(organisationId).finally(() => {
      this.#telling = null;
    });
  }

  /** What sockets were opened with may have ended. */
  async recheck(organisationId: string): Promise<void> {
    if (this.#open().length > 0) await this.#standing(organisationId, servicesOf(this.env, this.ctx));
  }

  /** Whose seats still stand. Closes the others: who has signed out, was revoked, or came by an issuer that is gone. */
  async #standing(organisationId: string, services: Services): Promise<Map<string, Kept>> {
    const { db, env, now } = services;
    const kept = await this.ctx.storage.list<Kept>({ prefix: seatPrefix });
    const opened = [...kept].map(([key, { opened: by }]) => ({ key, ...by }));
    const standing = { rootHash: await sha256Hex(env.ADMIN_API_TOKEN), staffIssuer: staffIssuerOf(env) };
    const left = await stillStanding({ db, now: now(), ...standing }, organisationId, opened);
    const stands = new Set(left.map(({ key }) => key));
    const over = this.#open().filter((socket) => {
      const key = seatKey(seatOf(socket));
      return kept.has(key) && !stands.has(key);
    });
    for (const socket of over) socket.close(ended.code, ended.reason);
    if (over.length > 0) await this.#leave(over.map(seatOf));
    return new Map([...kept].filter(([key]) => stands.has(key)));
  }

  /** One reading at a time; what comes meanwhile is in the next, however many batches that were. */
  async #tell(organisationId: string): Promise<void> {
    const services = servicesOf(this.env, this.ctx);
    while (this.#stale.size > 0) {
      const customerIds = [...this.#stale];
      this.#stale.clear();
      try {
        const { db, env } = services;
        const reads = { db, shards: env.usageShards, now: services.now() };
        const costs = await liveCosts(reads, organisationId, customerIds);
        this.#send(costs.map(toLive), await this.#standing(organisationId, services), services);
      } catch (error) {
        services.log('warn', 'live figures could not be read', {
          organisation_id: organisationId,
          error: reasonOf(error),
        });
      }
    }
  }

  #send(costs: readonly LiveMessage[], seats: ReadonlyMap<string, Kept>, { log }: Services): void {
    const messages = costs.map((cost) => ({ namespace: cost.namespace, text: JSON.stringify(cost) }));
    for (const socket of this.#open()) {
      const seat = seatOf(socket);
      const kept = seats.get(seatKey(seat));
      if (kept === undefined) continue;
      const { namespaces } = kept;
      const theirs = messages.filter(({ namespace }) => namespaces === null || namespaces.includes(namespace));
      if (theirs.length === 0) continue;
      try {
        if (seat.expiresAt <= Date.now()) socket.close(expired.code, expired.reason);
        else if (this.#hasCredit(socket, seat, theirs.length)) for (const { text } of theirs) socket.send(text);
        else socket.close(unread.code, unread.reason);
      } catch (error) {
        log('info', 'a socket went away as it was sent to', { error: reasonOf(error) });
      }
    }
  }

  /** Takes messages from the socket's credit; false where it does not reach. */
  #hasCredit(socket: WebSocket, seat: Seat, messages: number): boolean {
    const pingedAt = this.ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0;
    const sent = (pingedAt > seat.pingedAt ? 0 : seat.sent) + messages;
    socket.serializeAttachment({ ...seat, sent, pingedAt } satisfies Seat);
    // More projects than the credit are still told, once a ping.
    return sent <= creditMessages || sent === messages;
  }

  /** Closes those whose token has expired. */
  override async alarm(): Promise<void> {
    const now = Date.now();
    const seats = this.#open().map((socket) => ({ socket, seat: seatOf(socket) }));
    const over = seats.filter(({ seat }) => seat.expiresAt <= now);
    for (const { socket } of over) socket.close(expired.code, expired.reason);
    await this.#leave(over.map(({ seat }) => seat));
    const next = Math.min(...seats.filter((s) => !over.includes(s)).map(({ seat }) => seat.expiresAt));
    if (Number.isFinite(next)) await this.ctx.storage.setAlarm(next);
  }

  override async webSocketMessage(socket: WebSocket): Promise<void> {
    socket.close(notTaken.code, notTaken.reason);
    await this.#leave([seatOf(socket)]);
  }

  override async webSocketClose(socket: WebSocket): Promise<void> {
    await this.#leave([seatOf(socket)]);
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    await this.#leave([seatOf(socket)]);
  }

  /** Forgets seats; with the last of them the object has nothing left to remember. */
  async #leave(seats: readonly Seat[]): Promise<void> {
    if (seats.length > 0) await this.ctx.storage.delete(seats.map(seatKey));
    const gone = new Set(seats.map(({ id }) => id));
    if (this.#open().some((socket) => !gone.has(seatOf(socket).id))) return;
    const organisationId = await this.ctx.storage.get<string>('organisation');
    if (organisationId === undefined) return;
    await this.#directory().forget(organisationId);
    const came = this.#open().map((socket) => seatOf(socket).expiresAt);
    if (came.length > 0) return await this.#directory().watch(organisationId, Math.max(...came));
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
  }

  #directory(): Directory {
    return directoryOf(this.env['LIVE_DIRECTORY'] as DurableObjectNamespace);
  }

  #open(holder?: string): WebSocket[] {
    return this.ctx.getWebSockets(holder).filter((socket) => socket.readyState === WebSocket.READY_STATE_OPEN);
  }
}

const seatPrefix = 'seat:';
const seatKey = ({ id }: Pick<Seat, 'id'>): string => `${seatPrefix}${id}`;
const seatOf = (socket: WebSocket): Seat => socket.deserializeAttachment() as Seat;

/** The sub-protocol that is answered: a client that offers some must be given one; ours before the one that is the token. */
function protocolOf(headers: Headers): string | null {
  const offered = (headers.get('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim());
  return offered.find((name) => name === 'tenantry.live') ?? offered.find((name) => name !== '') ?? null;
}
