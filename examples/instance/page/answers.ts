/** What the page reads of the API's answers. Pure. */
import { z } from 'zod';

const refusal = z.object({ error: z.string(), message: z.string() });

export const licenceView = z.object({
  mode: z.enum(['licensed', 'unlicensed']),
  code: z.string(),
  plan: z.string(),
  devices: z.object({ active: z.number(), open_keys: z.number(), limit: z.number().nullable() }),
  features: z.record(z.string(), z.union([z.boolean(), z.number(), z.null()])),
  limits: z.record(z.string(), z.union([z.boolean(), z.number(), z.null()])),
  customer_name: z.string().nullable(),
  expires_at: z.string().nullable(),
  unlicensed_until: z.string().nullable(),
  checked_at: z.string().nullable(),
  problem: z.string().nullable(),
});
export type LicenceView = z.infer<typeof licenceView>;

export const deviceList = z.object({
  items: z.array(
    z.object({
      device_id: z.string(),
      name: z.string(),
      registered_at: z.string(),
      last_seen_at: z.string().nullable(),
    }),
  ),
  total: z.number(),
});
export type DeviceList = z.infer<typeof deviceList>;

export const madeKey = z.object({ provisioning_key: z.string(), expires_at: z.string() });
export const madeDevice = z.object({ device_id: z.string(), device_token: z.string() });

/** The sentence of a refusal, or one of our own where the answer has none. */
export async function reasonOf(answer: Response): Promise<string> {
  const read = refusal.safeParse(await answer.json().catch(() => null));
  return read.success ? read.data.message : `The API answered with ${answer.status}.`;
}
