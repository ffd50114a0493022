/** The broker's exporter as its image runs it, for tests and figures. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { freePort } from '../../harness/prometheus.ts';

export interface MqttExporter {
  pid: number;
  /** Everything it has logged. */
  logged: () => string;
  metrics: () => Promise<Map<string, number>>;
  health: () => Promise<{ status: string; broker: string; reason: string | null }>;
  /** Its exit code. */
  stop: () => Promise<number | null>;
}

/** The flags of the image. */
const flags = (): string[] =>
  [...readFileSync(new URL('../../../exporter/mqtt/Dockerfile', import.meta.url), 'utf8').matchAll(/"(--[^"]+)"/g)].map(
    ([, flag = '']) => flag,
  );

export async function startMqttExporter(bundle: string, env: Record<string, string>): Promise<MqttExporter> {
  const port = await freePort();
  const child = spawn(process.execPath, [...flags(), bundle], {
    env: { MALLOC_ARENA_MAX: '1', HOST: '127.0.0.1', PORT: String(port), ...env },
  });
  let logged = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      logged += chunk.toString();
    });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);
  return {
    pid: child.pid ?? 0,
    logged: () => logged,
    metrics: async () => {
      const lines = (await (await get('/metrics')).text()).split('\n').filter((line) => line && !line.startsWith('#'));
      return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
    },
    health: async () => (await (await get('/health')).json()) as Awaited<ReturnType<MqttExporter['health']>>,
    stop: async () => {
      child.kill('SIGTERM');
      return await ended;
    },
  };
}
