/** How a route is called: its name in the battery and the URL of a sample. */
import type { Endpoint } from '../../../src/http/endpoint.ts';
import type { Fixture } from './fixture.ts';
import type { Sample } from './sample.ts';

export const nameOf = (spec: Endpoint): string => `${spec.method.toUpperCase()} ${spec.path}`;

/** The sample's URL, with some parameters replaced. */
export function urlOf(spec: Endpoint, sample: Sample, f: Fixture, replace: Record<string, string> = {}): string {
  const params: Record<string, string> = { ...sample.params?.(f), ...replace };
  const path = spec.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? 'missing'));
  return `${path}${sample.query ?? ''}`;
}
