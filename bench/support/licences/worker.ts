/** The jobs in workerd: `/<job>?n=100` does one a hundred times. Timed from outside, because a Worker's clock stands while it computes. */
import { type Jobs, jobNames, makeJobs } from './jobs.ts';

let jobs: Promise<Jobs> | null = null;

const worker = {
  async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const name = jobNames.find((one) => `/${one}` === decodeURIComponent(url.pathname));
    if (name === undefined) return new Response(null, { status: 404 });
    jobs ??= makeJobs(Number(url.searchParams.get('now')));
    const job = (await jobs)[name];
    for (let left = Number(url.searchParams.get('n')); left > 0; left--) await job();
    return new Response('done');
  },
};

// biome-ignore lint/style/noDefaultExport: a Worker's handlers are its default export
export default worker;
