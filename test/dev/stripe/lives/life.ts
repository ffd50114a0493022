/** A life that an object leads, told through the official client: its name is what a user relies on. */
import type { World } from '../world.ts';

export type Life = { name: string; live: (world: World) => Promise<void> };
