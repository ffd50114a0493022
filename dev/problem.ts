/** What a person who runs the platform can mend, in one clear line; shown without a stack. */
export class PlatformError extends Error {
  override name = 'PlatformError';
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
