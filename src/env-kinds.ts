/** Kinds of variables that only the Worker has: what a word of each means, and how it is read. */
import { clusterId } from './contracts/common.ts';
import { planSlug } from './contracts/plans.ts';
import { isOneLine } from './lib/text.ts';
import { dayMs, secondMs } from './lib/time.ts';
import { type Kind, text } from './lib/variables.ts';
import { readStaffRoles, type StaffRoles } from './sessions/staff.ts';

export type RateLimit = { requests: number; seconds: number };

const requestsMax = 1_000_000;
const rateSecondsMax = dayMs / secondMs;

/** `100/900` is 100 requests in 900 seconds; `off` lifts the limit, and nothing else does. */
export const rateLimit: Kind<RateLimit | null> = {
  words: 'requests/seconds, both at least 1, e.g. 100/900, or off',
  repeats: true,
  read: (given) => {
    if (given === 'off') return null;
    const [, requests, seconds] = (/^(\d{1,7})\/(\d{1,5})$/.exec(given) ?? []).map(Number);
    if (!requests || !seconds || requests > requestsMax || seconds > rateSecondsMax) return undefined;
    return { requests, seconds };
  },
};

/** A cluster's id, as POST /api/clusters takes it. */
export const clusterWord: Kind<string> = {
  words: 'a lower-case RFC 1123 label of at most 63 characters',
  repeats: true,
  read: (given) => (clusterId.safeParse(given).success ? given : undefined),
};

/** `all`, or slugs of plans.yaml; one that is not sold offers nothing. */
export const offeredPlans: Kind<readonly string[] | 'all'> = {
  words: 'all, or plans of plans.yaml with commas between them',
  repeats: true,
  read: (given) => {
    if (given === 'all') return given;
    const slugs = given.split(',').map((slug) => slug.trim());
    return slugs.every((slug) => planSlug.safeParse(slug).success) ? slugs : undefined;
  },
};

/** `groups:tenantry-admins=owner,tenantry-ops=operator`. */
export const staffRoleWords: Kind<StaffRoles> = {
  words: 'a claim, a colon and value=role with commas between, e.g. groups:admins=owner,ops=operator',
  repeats: false,
  read: (given) => readStaffRoles(given) ?? undefined,
};

/** Where mail is handed in. */
export const mailServer: Kind<string> = {
  words: 'smtps://user:password@host:port, or smtp://… for a server that goes over to TLS',
  repeats: false,
  read: (given) => {
    const parsed = URL.parse(given);
    const isServer = parsed !== null && /^smtps?:$/.test(parsed.protocol) && parsed.hostname !== '';
    return isServer && /^[/]?$/.test(parsed.pathname) && !/[?#]/.test(given) ? given : undefined;
  },
};

/** An address, with or without a name before it. */
export const sender: Kind<string> = text(
  'an address, or a name and an address: Tenantry <mail@example.com>',
  (given) => isOneLine(given) && /^(?:[^<>@"]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/.test(given),
);

/** `https://app.example.com,https://www.example.com`: scheme, host and port only. */
export const originList: Kind<readonly string[]> = {
  words: 'origins with commas between, e.g. https://app.example.com',
  repeats: true,
  read: (given) => {
    const origins = given.split(',').map((origin) => origin.trim());
    return origins.every((origin) => URL.parse(origin)?.origin === origin) ? origins : undefined;
  },
};
