/** Reads whose parts would push one another: they are shown in one frame. */

/**
 * The read, as one that is not yet here until the others have come too, or have failed.
 * @param others their `isPending`: neither an answer nor a failure yet
 */
export function together<Read extends { data: unknown }>(
  read: Read,
  ...others: readonly { isPending: boolean }[]
): Read {
  return others.some(({ isPending }) => isPending) ? { ...read, data: undefined } : read;
}
