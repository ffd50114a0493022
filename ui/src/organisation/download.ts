/** A file of the API, fetched whole before it is saved: one that breaks off is a failure, and not a file that looks whole. */
import { useMutation } from '@tanstack/react-query';
import { problemBody } from '../../../src/contracts/common.ts';
import type { Route } from '../../../src/contracts/route.ts';
import type { ApiFailure } from '../../../src/lib/api-client.ts';
import { parseJson } from '../../../src/lib/json.ts';
import { messageOf } from '../../../src/lib/message.ts';
import { CallFailed } from '../data/api.ts';

export interface FileWish {
  route: Pick<Route, 'path' | 'text'>;
  query: Readonly<Record<string, string | undefined>>;
  /** What it is saved as. */
  name: string;
}

const failure = (of: Partial<ApiFailure> & Pick<ApiFailure, 'kind' | 'message'>): CallFailed =>
  new CallFailed({ status: null, code: of.kind, requestId: null, retryAfterMs: null, ...of });

/** The file, whole. Throws CallFailed. */
export async function fetchFile({ route, query }: Omit<FileWish, 'name'>): Promise<Blob> {
  const wanted = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const type = query['format'] === 'json' ? 'application/json' : (route.text?.split(';')[0] ?? '');
  try {
    const answer = await fetch(`${route.path}?${new URLSearchParams(wanted)}`, { cache: 'no-store' });
    if (answer.ok && answer.headers.get('content-type')?.startsWith(type)) return await answer.blob();
    const { status } = answer;
    const problem = problemBody.safeParse(parseJson(await answer.text()));
    if (!problem.success) throw failure({ kind: 'unexpected', status, message: `${route.path}: ${status}` });
    const { code, message, request_id: requestId } = problem.data;
    throw failure({ kind: status >= 500 || status === 429 ? 'not_now' : 'refused', status, code, message, requestId });
  } catch (error) {
    throw error instanceof CallFailed ? error : failure({ kind: 'unreachable', message: messageOf(error) });
  }
}

function save(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser has begun to save it when the click's own work is done.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Saves files, one at a time. */
export const useDownload = () =>
  useMutation<void, CallFailed, FileWish>({
    mutationFn: async (wish) => save(await fetchFile(wish), wish.name),
  });
