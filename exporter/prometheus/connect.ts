/** The client of the Prometheus that a configuration names, with its secrets read when they are needed. */
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { reveal } from '../secrets.ts';
import { type Prometheus, prometheusClient } from './client.ts';

export function connectTo({ prometheus: { token, basic, ...rest } }: Config, clock: Clock): Prometheus {
  return prometheusClient({
    ...rest,
    clock,
    token: token && (() => reveal(token)),
    basic: basic && { username: basic.username, password: () => reveal(basic.password) },
  });
}
