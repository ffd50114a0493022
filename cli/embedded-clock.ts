/** The clock of the embedded platform on this machine: its address and token are in DATA_DIR/ready.json. */
import { type ClockAnswer, type ClockMove, clockAnswer, clockRefusal } from '../src/contracts/embedded-clock.ts';
import { readyLine } from '../src/contracts/ready.ts';
import { parseJson } from '../src/lib/json.ts';
import { messageOf } from '../src/lib/message.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import type { Failure } from './failure.ts';
import { readReadyFile } from './ready-file.ts';
import type { World } from './world.ts';

const place = readyLine.pick({ clock_url: true, clock_token: true });
type Place = { clock_url: string; clock_token: string };

async function findClock({ env }: World): Promise<Result<Place, Failure>> {
  const { path, json } = await readReadyFile(env);
  const read = place.safeParse(json);
  if (read.success) return ok(read.data);
  return err({ kind: 'usage', message: `${path} names no clock: only a platform of npm start has one that moves` });
}

/** Reads the clock, or moves it and waits until it has arrived. */
export async function askClock(world: World, move?: ClockMove): Promise<Result<ClockAnswer, Failure>> {
  const clock = await findClock(world);
  if (!clock.ok) return clock;
  const { clock_url, clock_token } = clock.value;
  const sent = move === undefined ? {} : { method: 'POST', body: JSON.stringify(move) };
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(clock_url, { ...sent, headers: { authorization: `Bearer ${clock_token}` } });
    text = await answer.text();
  } catch (error) {
    return err({ kind: 'unreachable', message: `the platform does not answer at ${clock_url}: ${messageOf(error)}` });
  }
  const body = parseJson(text);
  const shown = clockAnswer.safeParse(body);
  if (answer.ok && shown.success) return ok(shown.data);
  const refusal = clockRefusal.safeParse(body);
  if (refusal.success) return err({ kind: 'failed', message: refusal.data.message });
  return err({ kind: 'unexpected', message: `${clock_url} is not a platform's clock: it answered ${answer.status}` });
}
