/** What a person who runs the platform can mend, in one clear line; shown without a stack. */
export class PlatformError extends Error {
  override name = 'PlatformError';
}

/** The platform was called with arguments that it does not take. */
export class UsageError extends PlatformError {
  override name = 'UsageError';
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
