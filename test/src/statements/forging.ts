/** A statement's file taken apart, changed in one place, and put together again. */

export const decoded = (part: string): string =>
  new TextDecoder().decode(
    Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0)),
  );
const encoded = (text: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

export const textOf = (jws: string, windows: readonly string[]): string => `${[jws, ...windows].join('\n')}\n`;
/** As a program may have unpacked it, which saves packing a thousand times. */
export const packed = (jws: string, windows: readonly string[]) => new TextEncoder().encode(textOf(jws, windows));

/** The payload with another one under the signature that was there. */
export function unsigned(jws: string, payload: unknown): string {
  const [header, , signature] = jws.split('.');
  return [header, encoded(JSON.stringify(payload)), signature].join('.');
}

/** The header with another one over the signature that was there. */
export function underHeader(jws: string, header: unknown): string {
  const [, payload, signature] = jws.split('.');
  return [encoded(JSON.stringify(header)), payload, signature].join('.');
}

export type Path = readonly (string | number)[];

/** Every value of a payload that is not itself a list or a map, by its path. */
export function leaves(value: unknown, path: Path = []): { path: Path; value: unknown }[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  return Object.entries(value).flatMap(([name, one]) => leaves(one, [...path, name]));
}

/** The payload with one value changed in a way that keeps its form where it has one. */
export function withChange<T>(payload: T, path: Path, value: unknown): T {
  const copy = structuredClone(payload) as unknown as Record<string | number, unknown>;
  let parent = copy;
  for (const name of path.slice(0, -1)) parent = parent[name] as Record<string | number, unknown>;
  parent[path.at(-1) ?? ''] = changed(value);
  return copy as unknown as T;
}

function changed(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string') return '7';
  if (/^\d{4}-\d{2}-\d{2}T/.test(value)) return new Date(Date.parse(value) + 3_600_000).toISOString();
  if (/^\d+(\.\d+)?$/.test(value)) return `${value.startsWith('1') ? '2' : '1'}${value.slice(1)}`;
  if (/^[0-9a-f]{64}$/.test(value)) return `${value.startsWith('0') ? '1' : '0'}${value.slice(1)}`;
  return `${value}x`;
}
