/** The catalogue on the wire: what is sold, and the publishing of plans.yaml. */
import { z } from 'zod';

/** POST /api/plans/publish. The file's text, comments and all. */
export const publishBody = z.strictObject({ yaml: z.string().min(1) });
export const publishAnswer = z.object({
  success: z.literal(true),
  /** Those that are new; none when the file says what is published already. */
  versions: z.array(z.object({ plan: z.string(), version: z.string() })),
});
