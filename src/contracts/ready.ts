/** The embedded platform's ready line and DATA_DIR/ready.json: where programs and tests find it. */
import { z } from 'zod';

export const readyLine = z.object({
  url: z.string(),
  admin_token: z.string(),
  provisioner_token: z.string(),
  cluster_id: z.string(),
  queue_api_url: z.string(),
  queue_account_id: z.string(),
  queue_id: z.string(),
  queue_api_token: z.string(),
  /** The stand-in's; null where the platform speaks to Stripe itself. */
  stripe_url: z.string().nullable(),
  /** The key that the stand-in takes, and its control door. */
  stripe_secret_key: z.string().nullable().default(null),
  stripe_webhook_secret: z.string().nullable(),
  oidc_issuer: z.string().nullable(),
  /** Everybody's at that issuer: it is a stand-in of this machine. */
  oidc_password: z.string().nullable(),
  /** The first customer's example instance, once there is a customer; null where none is started. */
  instance_url: z.string().nullable(),
  /** Where the clock is read and moved (embedded-clock.ts). */
  clock_url: z.string(),
  clock_token: z.string(),
});
export type ReadyLine = z.infer<typeof readyLine>;
