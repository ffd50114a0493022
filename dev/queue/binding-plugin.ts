/**
 * A Miniflare plugin that points workerd's own queue binding at the durable queue's socket. The Worker keeps the real
 * binding, with its serialisation and its errors; only what is behind it is ours. Miniflare imports this file by its
 * path and looks for the export `plugins`.
 */
import type { Plugin } from 'miniflare';
import { QUEUE_HEADER } from './producer-socket.ts';

export const PLUGIN_NAME = 'embedded-queue';
export type QueueBindingOptions = { queue: string; socket: string };

type QueueBinding = { name: string; options: QueueBindingOptions };

function queueBindings(env: Record<string, unknown> | undefined): QueueBinding[] {
  return Object.entries(env ?? {}).flatMap(([name, value]) => {
    const binding = value as { dev?: { plugin?: { name: string }; options?: QueueBindingOptions } };
    const { plugin, options } = binding.dev ?? {};
    return plugin?.name === PLUGIN_NAME && options ? [{ name, options }] : [];
  });
}

const serviceName = (queue: string) => `${PLUGIN_NAME}:${queue}`;

const plugin: Plugin = {
  getBindings: (options) =>
    queueBindings(options.config.env).map(({ name, options: { queue } }) => ({
      name,
      queue: { name: serviceName(queue) },
    })),
  getNodeBindings: () => ({}),
  getServices({ options }) {
    const queues = new Map(
      queueBindings(options.config.env).map((binding) => [binding.options.queue, binding.options]),
    );
    return [...queues.values()].map(({ queue, socket }) => ({
      name: serviceName(queue),
      external: {
        address: `unix:${socket}`,
        http: { injectRequestHeaders: [{ name: QUEUE_HEADER, value: queue }] },
      },
    }));
  },
};

export const plugins: Record<string, Plugin> = { [PLUGIN_NAME]: plugin };
