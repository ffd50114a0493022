/** The guard's work in workerd: a Worker in miniflare that does so many of one kind for each request, and is timed from outside. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import type { Given, Work } from './guard-work.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** `POST /` with `{given, kind, times}`. */
const worker = `
import { workOf } from './guard-work.ts';
let work;
export default {
  async fetch(request) {
    const { given, kind, times } = await request.json();
    work ??= workOf(given);
    await (await work)[kind](times);
    return new Response('done');
  },
};
`;

export interface WorkerWork {
  work: Work;
  end: () => Promise<void>;
}

/** Starts workerd with the work in it. */
export async function startWorkerWork(given: Given): Promise<WorkerWork> {
  const { outputFiles } = await build({
    stdin: { contents: worker, resolveDir: folder, loader: 'js' },
    bundle: true,
    write: false,
    format: 'esm',
    conditions: ['workerd', 'worker'],
    target: 'es2024',
  });
  const script = outputFiles[0]?.text ?? '';
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({ modules: true, script, compatibilityDate: '2026-11-01' }),
  );
  const ask = (kind: keyof Work) => async (times: number) => {
    const body = JSON.stringify({ given, kind, times });
    const answer = await miniflare.dispatchFetch('http://worker/', { method: 'POST', body });
    if (answer.status !== 200) throw new Error(`workerd: ${await answer.text()}`);
    await answer.text();
  };
  const work: Work = {
    'bare signature': ask('bare signature'),
    verdict: ask('verdict'),
    'bare request': ask('bare request'),
    'feature request': ask('feature request'),
    'limit request': ask('limit request'),
  };
  return { work, end: () => miniflare.dispose() };
}
