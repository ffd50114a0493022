/**
 * The page: devices, licence and limits, with forms that work without a script. It knows the instance by its API alone, so it
 * is the same page in the API's process and in one of its own.
 */
import { type Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { byPassword } from '../administrators.ts';
import type { Secret } from '../settings.ts';
import { deviceList, licenceView, madeDevice, madeKey, reasonOf } from './answers.ts';
import { style } from './style.ts';
import { pageOf, type Told, troubleOf } from './view.ts';

/** Asks the API, in this process or over HTTP. @param path e.g. `/api/devices` */
export type Ask = (path: string, init?: RequestInit) => Promise<Response>;

export interface PageOptions {
  ask: Ask;
  companyName: string;
  adminToken: Secret | null;
  log: Logger;
}

const devicesShown = 200;
const cssMaxAge = 'public, max-age=300';

export function pageRoutes({ ask, companyName, adminToken, log }: PageOptions): Hono {
  const authorization = (): Record<string, string> =>
    adminToken === null ? {} : { authorization: `Bearer ${adminToken()}` };
  const send = (method: string, path: string, body?: object): Promise<Response> =>
    ask(path, {
      method,
      headers: { 'content-type': 'application/json', ...authorization() },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  async function read<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    const answer = await send('GET', path);
    if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}`);
    return schema.parse(await answer.json());
  }

  async function show(context: Context, told: Told | null, status: 200 | 201 | 400 | 403 = 200): Promise<Response> {
    const [licence, devices] = await Promise.all([
      read('/api/licence', licenceView),
      read(`/api/devices?limit=${devicesShown}`, deviceList),
    ]);
    context.header('cache-control', 'no-store');
    return context.html(await pageOf({ companyName, licence, devices, told }), status);
  }

  const field = async (context: Context, name: string): Promise<string> => {
    const value = (await context.req.parseBody())[name];
    return typeof value === 'string' ? value : '';
  };
  const refused = async (context: Context, answer: Response): Promise<Response> =>
    show(context, { kind: 'refused', message: await reasonOf(answer) }, answer.status === 403 ? 403 : 400);
  /** A reload does not ask again. */
  const back = async (context: Context, answer: Response): Promise<Response> =>
    answer.ok ? context.redirect('/', 303) : refused(context, answer);

  const page = new Hono();
  page.onError(async (error, context) => {
    if (error instanceof HTTPException) return error.getResponse();
    log.error({ problem: error.message }, 'the page could not be made');
    return context.html(await troubleOf(companyName), 502);
  });
  return page
    .get('/style.css', (context) =>
      context.body(style, 200, { 'content-type': 'text/css', 'cache-control': cssMaxAge }),
    )
    .use(byPassword(adminToken))
    .get('/', (context) => show(context, null))
    .post('/keys', async (context) => {
      const answer = await send('POST', '/api/provisioning-keys', { name: await field(context, 'name') });
      if (!answer.ok) return refused(context, answer);
      const { provisioning_key: key, expires_at: expiresAt } = madeKey.parse(await answer.json());
      return show(context, { kind: 'key', key, expiresAt }, 201);
    })
    .post('/devices', async (context) => {
      const body = { provisioning_key: await field(context, 'provisioning_key'), name: await field(context, 'name') };
      const answer = await send('POST', '/api/devices/register', body);
      if (!answer.ok) return refused(context, answer);
      const { device_id: deviceId, device_token: token } = madeDevice.parse(await answer.json());
      return show(context, { kind: 'device', deviceId, token }, 201);
    })
    .post('/devices/:deviceId/remove', async (context) =>
      back(context, await send('DELETE', `/api/devices/${encodeURIComponent(context.req.param('deviceId'))}`)),
    )
    .post('/licence', async (context) => back(context, await send('POST', '/api/licence/refresh')));
}
