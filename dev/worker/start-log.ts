/**
 * The Worker's log while it starts. What it logs as an error is held back until it runs, because it may be why it refuses
 * to: then it is told once, instead of once a request.
 */

export function startLog(print: (line: string) => void) {
  let held: string[] | null = [];
  const release = (): void => {
    for (const line of held ?? []) print(line);
    held = null;
  };
  return {
    line(text: string): void {
      if (held !== null && errorOf(text) !== null) held.push(text);
      else print(text);
    },
    /** What is wrong, a line each and each line once: the reasons under the errors, where they have one. */
    complaints: (): string[] => [...new Set((held ?? []).flatMap((text) => errorOf(text)?.split('\n') ?? []))],
    /** Prints what was held back, and everything from now on. */
    release,
  };
}

/** The reason of a line that is logged as an error (src/lib/log.ts), else null. */
function errorOf(text: string): string | null {
  if (!text.startsWith('{')) return null;
  try {
    const entry = JSON.parse(text) as { level?: unknown; message?: unknown; error?: unknown };
    if (entry.level !== 'error') return null;
    return String(entry.error ?? entry.message);
  } catch {
    return null;
  }
}
