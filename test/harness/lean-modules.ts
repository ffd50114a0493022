/**
 * Modules on their way into workerd, without their source maps: two thirds of what is sent, for every file of tests anew, and workerd reads
 * them as a comment. Where a test failed is found in the runner's own copy.
 */
import { readFileSync } from 'node:fs';
import type { PoolRunnerInitializer, PoolWorker, Vite } from 'vitest/node';

/** Where vitest's kept modules end and their maps begin. */
const mapBegins = '\n//# vitestSourceMap=';

type Module = Record<string, unknown>;

const isObject = (value: unknown): value is Module => typeof value === 'object' && value !== null;
/** By its path, of which a part says what is in it. */
const kept = new Map<string, string>();

function codeIn(path: string): string {
  const known = kept.get(path);
  if (known !== undefined) return known;
  const [code = ''] = readFileSync(path, 'utf8').split(mapBegins);
  kept.set(path, code);
  return code;
}

/** What the runner answers of one module: its code, or where it is kept. Anything else as it is. */
function lean(value: unknown): unknown {
  if (!isObject(value)) return value;
  if (value['cached'] === true && typeof value['tmp'] === 'string') {
    const { cached, tmp, ...module } = value;
    return { ...module, code: codeIn(value['tmp']) };
  }
  if (typeof value['code'] !== 'string') return value;
  const { sourceMap, ...module } = value;
  return module;
}

/** An answer to a worker: one module, or those that it will ask for, by their names. */
function leanAnswer(answer: unknown): unknown {
  if (!isObject(answer) || Array.isArray(answer)) return answer;
  if ('cached' in answer || 'code' in answer) return lean(answer);
  return Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, lean(value)]));
}

function leanWorker(worker: PoolWorker): PoolWorker {
  const send = worker.send.bind(worker);
  worker.send = (message) => {
    const { t, r } = message as { t?: string; r?: unknown };
    send(t === 's' ? Object.assign({}, message, { r: leanAnswer(r) }) : message);
  };
  return worker;
}

/** To stand after the plugin that brings the pool. */
export const leanModules: Vite.Plugin = {
  name: 'lean-modules',
  configureVitest({ project }) {
    const pool = project.config.poolRunner;
    if (!pool) throw new Error('no pool was brought before');
    const createPoolWorker: PoolRunnerInitializer['createPoolWorker'] = (options) =>
      leanWorker(pool.createPoolWorker(options));
    project.config.poolRunner = { ...pool, createPoolWorker };
  },
};
