/**
 * Which organisations have a socket open: one Durable Object for all of them, so that a batch of usage asks once and wakes
 * no object that nobody watches. What it remembers ends by itself: an organisation is watched until its last socket would
 * have expired, or until its object says that none is left.
 */
import { DurableObject } from 'cloudflare:workers';
import type { RawEnv } from '../env.ts';
import type { Directory } from './live.ts';

export class LiveDirectory extends DurableObject<RawEnv> implements Directory {
  /** Until when each is watched, ms. */
  #until = new Map<string, number>();

  constructor(ctx: DurableObjectState, env: RawEnv) {
    super(ctx, env);
    void ctx.blockConcurrencyWhile(async () => {
      this.#until = await ctx.storage.list<number>();
    });
  }

  /** The organisation has a socket that lives until then at the latest. */
  async watch(organisationId: string, until: number): Promise<void> {
    if ((this.#until.get(organisationId) ?? 0) >= until) return;
    this.#until.set(organisationId, until);
    await this.ctx.storage.put(organisationId, until);
  }

  /** It has none any more. */
  async forget(organisationId: string): Promise<void> {
    if (this.#until.delete(organisationId)) await this.ctx.storage.delete(organisationId);
  }

  /** Those of some organisations that are watched. */
  async watchedAmong(organisationIds: readonly string[]): Promise<string[]> {
    const now = Date.now();
    return organisationIds.filter((id) => (this.#until.get(id) ?? 0) > now);
  }
}
