/**
 * Which names of namespaces are taken for one another. What joins a namespace and a service with hyphens, as Traefik does in
 * its metrics, calls `web` of `shop-eu` and `eu-web` of `shop` the same, so a cluster has no two such namespaces. Pure.
 */

/** The names that a namespace goes on from after a hyphen: `shop` and `shop-eu` for `shop-eu-1`. */
export const namesBefore = (namespace: string): string[] => {
  const parts = namespace.split('-');
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('-'));
};

/** Two of the names of which the second goes on from the first; null when there are none. */
export function ambiguousIn(namespaces: readonly string[]): [string, string] | null {
  for (const longer of namespaces) {
    const shorter = namesBefore(longer).find((name) => namespaces.includes(name));
    if (shorter !== undefined) return [shorter, longer];
  }
  return null;
}
