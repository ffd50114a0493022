/**
 * The Worker's side of live figures: a socket goes to its organisation's object (live-feed.ts), and whoever has stored usage
 * tells the objects that somebody watches. They are told after the fact and may be away: usage never waits for them.
 */

import { reasonOf } from '../lib/reason.ts';
import type { Services } from '../services.ts';
import type { Opened } from '../workflows/organisations/still-standing.ts';

/** What a socket may be sent, and how long. */
export interface Grant {
  organisationId: string;
  /** Whose it is, for the limit of one person: a credential's owner or a subject. */
  holder: string;
  /** Null for all of the organisation. */
  namespaces: readonly string[] | null;
  /** How long the token or session behind it lives yet, ms. */
  livesMs: number;
  /** What it was opened with, which is looked at again before anything is sent. */
  opened: Opened;
}

/** Customers whose usage was stored, by their organisation. */
export type Stored = ReadonlyMap<string, ReadonlySet<string>>;

/** What the Worker asks of an organisation's object. */
export interface Feed {
  stored(organisationId: string, customerIds: readonly string[]): Promise<void>;
  /** Closes the sockets whose credential does not stand any more. */
  recheck(organisationId: string): Promise<void>;
}

/** What it asks of the one object that knows which organisations are watched. */
export interface Directory {
  watch(organisationId: string, until: number): Promise<void>;
  forget(organisationId: string): Promise<void>;
  watchedAmong(organisationIds: readonly string[]): Promise<string[]>;
}

/** The grant of a request to an organisation's object, as JSON; percent-encoded, because a header takes no other text. */
export const grantHeader = 'x-tenantry-grant';

/** The name of that one object. */
const directoryName = 'directory';

export const directoryOf = (directories: DurableObjectNamespace): Directory =>
  directories.get(directories.idFromName(directoryName)) as unknown as Directory;

const objectOf = (feeds: DurableObjectNamespace, organisationId: string) => feeds.get(feeds.idFromName(organisationId));

/** Opens the socket in the organisation's object. The answer is 101, or a status that says why not. */
export async function openSocket(services: Services, grant: Grant, request: Request): Promise<Response> {
  const headers = new Headers({
    upgrade: 'websocket',
    [grantHeader]: encodeURIComponent(JSON.stringify(grant)),
  });
  const protocol = request.headers.get('sec-websocket-protocol');
  if (protocol !== null) headers.set('sec-websocket-protocol', protocol);
  return await objectOf(services.env.LIVE, grant.organisationId).fetch(new Request(request.url, { headers }));
}

/** More than this at once is an object that hangs; the next usage tells it again. */
const tellMs = 3000;
/** Objects of one batch that are told; Cloudflare bounds the requests that one invocation makes. */
const toldMax = 200;

type Means = Pick<Services, 'env' | 'log'>;

/** Tells the objects of new usage. Never throws, and takes no longer than its bound. */
export const tellLive = (means: Means, stored: Stored): Promise<void> =>
  askWatched(means, [...stored.keys()], (feed, id) => feed.stored(id, [...(stored.get(id) ?? [])]));

/** Closes the sockets of an organisation that could not be opened any more. As bounded, and throws as little. */
export const recheckLive = (means: Means, organisationId: string): Promise<void> =>
  askWatched(means, [organisationId], (feed, id) => feed.recheck(id));

/** Asks something of the objects that are watched. */
async function askWatched(
  { env, log }: Means,
  organisationIds: readonly string[],
  ask: (feed: Feed, organisationId: string) => Promise<void>,
): Promise<void> {
  if (organisationIds.length === 0) return;
  const tell = async () => {
    const watched = await directoryOf(env.LIVE_DIRECTORY).watchedAmong(organisationIds);
    if (watched.length > toldMax)
      log('warn', 'more organisations are watched than one batch tells', { watched: watched.length });
    await Promise.all(watched.slice(0, toldMax).map((id) => ask(objectOf(env.LIVE, id) as unknown as Feed, id)));
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${tellMs} ms`)), tellMs);
  });
  try {
    await Promise.race([tell(), late]);
  } catch (error) {
    log('warn', 'the objects of live figures could not be told', { error: reasonOf(error) });
  } finally {
    clearTimeout(timer);
  }
}
