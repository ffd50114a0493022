/** Which operation a request means. A literal segment wins over a place, so that `/v1/customers/search` is no customer. */
import type { Operation } from './context.ts';

export type Found = { operation: Operation; path: Record<string, string> };

export const segmentsOf = (path: string): string[] => path.split('/').slice(1);
const isPlace = (segment: string): boolean => segment.startsWith(':');

function decoded(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

/** What stands in the pattern's places, null where the path is another one. */
export function placesOf(pattern: string[], path: string[]): Record<string, string> | null {
  if (pattern.length !== path.length) return null;
  const places: Record<string, string> = {};
  for (const [index, segment] of pattern.entries()) {
    const given = path[index] ?? '';
    if (!isPlace(segment)) {
      if (segment !== given) return null;
      continue;
    }
    const value = decoded(given);
    if (value === null || value === '') return null;
    places[segment.slice(1)] = value;
  }
  return places;
}

/** Throws where two operations have one address: the second would never be asked. */
export function routerOf(operations: readonly Operation[]) {
  const seen = new Set<string>();
  for (const { method, path } of operations) {
    const address = `${method} ${path.replaceAll(/:[^/]+/g, ':')}`;
    if (seen.has(address)) throw new Error(`two operations answer ${address}`);
    seen.add(address);
  }
  const placesIn = ({ path }: Operation) => segmentsOf(path).filter(isPlace).length;
  const table = operations
    .toSorted((one, other) => placesIn(one) - placesIn(other))
    .map((operation) => ({ operation, pattern: segmentsOf(operation.path) }));
  return (method: string, path: string): Found | null => {
    const segments = segmentsOf(path);
    for (const { operation, pattern } of table) {
      if (operation.method !== method) continue;
      const places = placesOf(pattern, segments);
      if (places !== null) return { operation, path: places };
    }
    return null;
  };
}
export type Router = ReturnType<typeof routerOf>;
