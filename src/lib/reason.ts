/** The reason of an error, for the log: its message and those of its causes, without the parameters of SQL statements. */

/**
 * An error's own message. The query builder writes the parameters of a failed query, and D1 a value that it cannot take,
 * into theirs; those are people's emails and hashes of keys, so they are cut.
 */
function messageOf(error: Error): string {
  if ('query' in error && 'params' in error) return `Failed query: ${String(error.query)}`;
  return error.message.replace(/ for value '[\s\S]*'/, ' for a value');
}

/** The messages of an error and of its causes, outermost first, as one text; libraries wrap what D1 or a socket said. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const words: string[] = [];
  for (let e: unknown = error; e instanceof Error; e = e.cause) words.push(messageOf(e));
  return words.join(': ');
}

/** Where an error and its causes were thrown: the frames of their stacks, without the messages above them. */
export function framesOf(error: unknown): string {
  const frames: string[] = [];
  for (let e: unknown = error; e instanceof Error; e = e.cause) {
    frames.push(...(e.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)));
  }
  return frames.map((frame) => frame.trim()).join('\n');
}
