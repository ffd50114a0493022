/** Provisioning keys: each is for one device, and the licence's limit of devices is enforced when one is made. */
import { Hono } from 'hono';
import { z } from 'zod';
import { name, type Parts, pageQuery, problem } from './parts.ts';
import { bodyOf, queryOf } from './read.ts';

const hourSeconds = 3_600;
const lifeHoursMax = 8_760;

const keyBody = z.strictObject({
  name: name.default('a device'),
  expires_in_hours: z.number().positive().max(lifeHoursMax).default(24),
});

export const keyRoutes = ({ devices, guard, administrators }: Parts) =>
  new Hono()
    .use(administrators)
    .get('/', async (context) => context.json(await devices.keys(queryOf(context, pageQuery))))
    .post('/', async (context) => {
      const { name: called, expires_in_hours: hours } = await bodyOf(context, keyBody);
      const made = await devices.createKey(called, hours * hourSeconds, (current) =>
        guard().checkLimit('maxDevices', current),
      );
      if ('refusal' in made) return context.json(made.refusal, 403);
      return context.json({ ...made.key, provisioning_key: made.secret }, 201);
    })
    .delete('/:keyId', async (context) =>
      (await devices.deleteKey(context.req.param('keyId')))
        ? context.body(null, 204)
        : context.json(problem('Not found', 'There is no such key, or a device has used it.'), 404),
    );
