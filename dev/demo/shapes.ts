/**
 * What a customer of the demo uses in an hour: a shape (when), a size (how much) and growth, with noise that is a function of
 * seed, customer and hour, so that the same seed gives the same numbers in whatever order they are asked for. Whole numbers
 * of the API's base units; no clock, no state.
 */
import { dayMs, hourMs, secondMs } from '../../src/lib/time.ts';

export type Shape = 'office' | 'evening' | 'nightly' | 'steady' | 'bursty' | 'idle';
export type Size = 'small' | 'medium' | 'large' | 'huge';

/** One hour's use. */
export type Use = {
  cpuCoreMs: number;
  memoryMibS: number;
  storageMibS: number;
  sentBytes: number;
  receivedBytes: number;
  requests: number;
};

export type Profile = {
  shape: Shape;
  size: Size;
  /** What a month adds, e.g. 0.05. */
  growth: number;
};

const MIB_PER_GB = 1024;
const GB = 2 ** 30;
const hourSeconds = hourMs / secondMs;
const monthMs = 30.5 * dayMs;

/** Means: cores, GB of memory, GB on disk at first, GB sent an hour, requests an hour. */
const sizes: Readonly<
  Record<Size, { cores: number; memoryGb: number; diskGb: number; sentGb: number; requests: number }>
> = {
  small: { cores: 0.4, memoryGb: 0.9, diskGb: 4, sentGb: 0.06, requests: 900 },
  medium: { cores: 1.5, memoryGb: 3.1, diskGb: 18, sentGb: 0.35, requests: 9_000 },
  large: { cores: 4.2, memoryGb: 8.5, diskGb: 60, sentGb: 1.1, requests: 32_000 },
  huge: { cores: 9, memoryGb: 21, diskGb: 170, sentGb: 2.6, requests: 110_000 },
};

const MIX = [0x85ebca6b, 0xc2b2ae35] as const;

/** 0 ≤ x < 1, the same for the same numbers. */
function scatter(...of: number[]): number {
  let mixed = 0x9e3779b9;
  for (const part of of) {
    mixed = Math.imul(mixed ^ (part | 0), MIX[0]);
    mixed = Math.imul(mixed ^ (mixed >>> 13), MIX[1]);
    mixed ^= mixed >>> 16;
  }
  return (mixed >>> 0) / 2 ** 32;
}

/** A hill around an hour of the day, `width` hours to either side. */
function hill(hour: number, top: number, width: number): number {
  const distance = Math.min(Math.abs(hour - top), 24 - Math.abs(hour - top));
  return distance >= width ? 0 : (1 + Math.cos((Math.PI * distance) / width)) / 2;
}

/** How busy an hour is, around 1 over a week. @param dice 0 ≤ x < 1, of the hour's day */
function levelOf(shape: Shape, startMs: number, dice: (n: number) => number): number {
  const at = new Date(startMs);
  const hour = at.getUTCHours();
  const isWeekend = at.getUTCDay() === 0 || at.getUTCDay() === 6;
  switch (shape) {
    case 'office':
      return isWeekend ? 0.2 : 0.3 + 2.6 * hill(hour, 13, 7);
    case 'evening':
      return (isWeekend ? 1.3 : 1) * (0.35 + 1.9 * hill(hour, 20, 6));
    case 'nightly':
      return 0.15 + (hour >= 1 && hour <= 4 ? 5 : 0);
    case 'steady':
      return 1;
    case 'bursty':
      return 0.4 + (dice(1) < 0.25 && Math.abs(hour - Math.floor(24 * dice(2))) <= 2 ? 9 : 0);
    case 'idle':
      return 0.04;
  }
}

const noiseShare = 0.18;

/**
 * The use of the hour that begins at `startMs`.
 * @param lived the share of the hour in which the stack ran, 0 to 1
 */
export function useOf(
  { shape, size, growth }: Profile,
  { seed, customer, sinceMs }: { seed: number; customer: number; sinceMs: number },
  startMs: number,
  lived = 1,
): Use {
  const hour = startMs / hourMs;
  const day = Math.floor(startMs / dayMs);
  const noise = (n: number): number => 1 + noiseShare * (2 * scatter(seed, customer, hour, n) - 1);
  const months = (startMs - sinceMs) / monthMs;
  const grown = (1 + growth) ** months;
  const level = grown * levelOf(shape, startMs, (n) => scatter(seed, customer, day, n));
  const mean = sizes[size];
  const whole = (amount: number): number => Math.round(amount * lived);
  const sent = mean.sentGb * GB * level;
  return {
    cpuCoreMs: whole(mean.cores * hourMs * level * noise(1)),
    memoryMibS: whole(mean.memoryGb * MIB_PER_GB * hourSeconds * (0.7 + 0.3 * Math.min(level, 3)) * noise(2)),
    storageMibS: whole(mean.diskGb * MIB_PER_GB * hourSeconds * (1 + 0.07 * months)),
    sentBytes: whole(sent * noise(3)),
    receivedBytes: whole(sent * 0.4 * noise(4)),
    requests: whole(mean.requests * level * noise(5)),
  };
}

/** All but the level of the disk, made larger or smaller. */
export const scaled = (use: Use, factor: number): Use => ({
  cpuCoreMs: Math.round(use.cpuCoreMs * factor),
  memoryMibS: Math.round(use.memoryMibS * factor),
  storageMibS: use.storageMibS,
  sentBytes: Math.round(use.sentBytes * factor),
  receivedBytes: Math.round(use.receivedBytes * factor),
  requests: Math.round(use.requests * factor),
});
