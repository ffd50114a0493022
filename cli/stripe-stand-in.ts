/**
 * The control door of the Stripe stand-in on this machine: its address and key are in DATA_DIR/ready.json. A platform that speaks
 * to Stripe itself has none, and neither has an API elsewhere: what is sent here never reaches real money.
 */
import { z } from 'zod';
import { readyLine } from '../src/contracts/ready.ts';
import { parseJson } from '../src/lib/json.ts';
import { messageOf } from '../src/lib/message.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import type { Failure } from './failure.ts';
import { readReadyFile } from './ready-file.ts';
import type { World } from './world.ts';

const place = readyLine.pick({ url: true, stripe_url: true, stripe_secret_key: true });
const event = z.looseObject({
  id: z.string(),
  type: z.string(),
  data: z.looseObject({ object: z.looseObject({ id: z.string().optional() }) }),
});
type StandInEvent = z.infer<typeof event>;
const refusal = z.object({ error: z.object({ message: z.string() }) });

const usage = (message: string) => err<Failure>({ kind: 'usage', message });

interface Door {
  url: string;
  key: string;
}

async function findDoor({ env }: World): Promise<Result<Door, Failure>> {
  const { path, json } = await readReadyFile(env);
  const read = place.safeParse(json);
  if (!read.success) return usage(`${path} names no Stripe stand-in: only a platform of npm start has one`);
  const { url, stripe_url, stripe_secret_key } = read.data;
  const api = env['BILLING_API_URL'];
  if (api && URL.parse(api)?.origin !== new URL(url).origin) {
    return usage(`BILLING_API_URL is ${api}, but the stand-in belongs to ${url}: nothing is sent for another API`);
  }
  if (stripe_url === null || stripe_secret_key === null) {
    return usage(
      `the platform at ${url} speaks to Stripe itself (STRIPE_SECRET_KEY): events are made at Stripe, not by this command`,
    );
  }
  return ok({ url: stripe_url, key: stripe_secret_key });
}

/** Has the stand-in send an event about an object, or about the newest of the kind that such events are about. */
export async function triggerEvent(
  world: World,
  type: string,
  objectId: string | undefined,
): Promise<Result<StandInEvent, Failure>> {
  const door = await findDoor(world);
  if (!door.ok) return door;
  const { url, key } = door.value;
  const asked = { type, ...(objectId === undefined ? {} : { object_id: objectId }) };
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(`${url}/_stand-in/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify(asked),
    });
    text = await answer.text();
  } catch (error) {
    return err({ kind: 'unreachable', message: `the Stripe stand-in does not answer at ${url}: ${messageOf(error)}` });
  }
  const body = parseJson(text);
  const made = event.safeParse(body);
  if (answer.ok && made.success) return ok(made.data);
  const refused = refusal.safeParse(body);
  if (refused.success) return err({ kind: 'failed', message: refused.data.error.message });
  return err({ kind: 'unexpected', message: `${url} is not a Stripe stand-in: it answered ${answer.status}` });
}
