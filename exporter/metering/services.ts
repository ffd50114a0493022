/**
 * Whose a Traefik service is. Traefik joins namespace, name and port with hyphens and tells no field apart, so that
 * `shop-eu-web-80` is `eu-web` of `shop` or `web` of `shop-eu`: names are held against what is known of both.
 */

/** What is known of names, from kube-state-metrics and the nodes. */
export interface KnownNames {
  /** Namespaces whose names begin with the metered one's and a hyphen. */
  namespaces: readonly string[];
  /** Services, pods and routes of the metered namespace. */
  own: readonly string[];
}

export type Owner = 'own' | 'other' | 'ambiguous';

// A route of the Gateway API has its kind before its namespace, since Traefik 3.
const kindOfRoute = /^(?:http|grpc|tcp|tls)route-/;

/** @param service the label as Traefik writes it, e.g. `shop-web-80@kubernetes` */
export function ownerOf(service: string, namespace: string, names: KnownNames): Owner {
  const [name = '', provider = ''] = service.split('@');
  const path = name.replace(kindOfRoute, '');
  if (!provider.startsWith('kubernetes') || !path.startsWith(`${namespace}-`)) return 'other';
  // An Ingress' service has a name and a port, a route or a resource of Traefik's own a name.
  const least = provider === 'kubernetes' ? 2 : 1;
  const partsAfter = (owner: string): string[] =>
    path.startsWith(`${owner}-`) ? plain(path.slice(owner.length + 1)).split('-') : [];
  const isOthers = names.namespaces.some((other) => other !== namespace && partsAfter(other).length >= least);
  const parts = partsAfter(namespace);
  // With no more parts than that there is no room for the rest of another namespace's name.
  if (parts.length <= least) return 'own';
  const isOwn = names.own.some((own) => isBegunBy(parts, own));
  if (isOthers) return isOwn ? 'ambiguous' : 'other';
  return isOwn ? 'own' : 'ambiguous';
}

/** Without the gateway that a route is on, and the hash behind a resource of Traefik's. */
const plain = (rest: string): string => (rest.split('-gw-')[0] ?? '').replace(/-[0-9a-f]{20,}$/, '');

/** Whether a name begins as something of the namespace is called; a pod is called as its workload with a suffix or two. */
function isBegunBy(parts: string[], own: string): boolean {
  return parts.some((_, i) => {
    const head = parts.slice(0, i + 1).join('-');
    return own === head || own.startsWith(`${head}-`);
  });
}
