/** The part of a body or query that says why, where somebody has said so. */
export const saying = (reason: string | undefined): { reason?: string } => (reason === undefined ? {} : { reason });
