/** The innermost reason of a thrown error, e.g. `connect ECONNREFUSED 127.0.0.1:6443` under "fetch failed". */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors[0] !== undefined) return messageOf(error.errors[0]);
  return error.cause instanceof Error ? messageOf(error.cause) : error.message || error.name;
}
