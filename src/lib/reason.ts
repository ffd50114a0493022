/** Why something failed, for the log: nothing that fails may lose its reason. */

/** The messages of an error and of its causes, outermost first, as one text; libraries wrap what D1 or a socket said. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const words: string[] = [];
  for (let e: unknown = error; e instanceof Error; e = e.cause) words.push(e.message);
  return words.join(': ');
}
