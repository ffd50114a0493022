/** Devices: registered by a key, then known by their token; listed, told and removed by administrators. */
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { name, type Parts, pageQuery, problem } from './parts.ts';
import { bodyOf, queryOf } from './read.ts';

const secretCharsMax = 200;
const commandCharsMax = 10_000;

const registerBody = z.strictObject({ provisioning_key: z.string().max(secretCharsMax), name });
const commandBody = z.strictObject({
  payload: z.string().max(commandCharsMax),
  qos: z.union([z.literal(0), z.literal(1), z.literal(2)]).default(1),
});

const unknownDevice = problem('Not found', 'There is no such device.');
const unknownToken = problem('Unauthorized', 'The token is not that of an active device with this id.');
const noBroker = problem('No broker', 'This instance has no MQTT broker, or it cannot be reached.');

const bearerOf = (context: Context): string =>
  /^Bearer (\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1] ?? '';

export function deviceRoutes({ devices, messages, broker, administrators }: Parts) {
  const seen = (context: Context, deviceId: string) => devices.seen(deviceId, bearerOf(context));
  return new Hono()
    .post('/register', async (context) => {
      const { provisioning_key: key, name: called } = await bodyOf(context, registerBody);
      const made = await devices.register(key, called);
      if (made === null) {
        return context.json(problem('Unauthorized', 'The provisioning key is unknown, used or too old.'), 401);
      }
      return context.json({ ...made.device, device_token: made.token }, 201);
    })
    .post('/:deviceId/heartbeat', async (context) =>
      (await seen(context, context.req.param('deviceId'))) ? context.body(null, 204) : context.json(unknownToken, 401),
    )
    .post('/:deviceId/messages', async (context) => {
      const deviceId = context.req.param('deviceId');
      if (!(await seen(context, deviceId))) return context.json(unknownToken, 401);
      const kept = await messages.keep(deviceId, new Uint8Array(await context.req.arrayBuffer()), 'http', null);
      return kept ? context.json({ accepted: true }, 202) : context.json(unknownToken, 401);
    })
    .use(administrators)
    .get('/', async (context) => context.json(await devices.list(queryOf(context, pageQuery))))
    .get('/:deviceId/messages', async (context) => {
      const deviceId = context.req.param('deviceId');
      if (!(await devices.exists(deviceId))) return context.json(unknownDevice, 404);
      return context.json(await messages.list(deviceId, queryOf(context, pageQuery)));
    })
    .post('/:deviceId/commands', async (context) => {
      const deviceId = context.req.param('deviceId');
      const { payload, qos } = await bodyOf(context, commandBody);
      if (!(await devices.exists(deviceId))) return context.json(unknownDevice, 404);
      if (!broker?.connected()) return context.json(noBroker, 503);
      await broker.publishCommand(deviceId, payload, qos);
      return context.json({ published: true }, 202);
    })
    .delete('/:deviceId', async (context) =>
      (await devices.remove(context.req.param('deviceId')))
        ? context.body(null, 204)
        : context.json(unknownDevice, 404),
    );
}
