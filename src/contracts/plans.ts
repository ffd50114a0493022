/** The plans by name; what they contain is pricing data (src/pricing). */
import { z } from 'zod';

export const planName = z.enum(['starter', 'professional', 'enterprise']);
export type PlanName = z.infer<typeof planName>;
