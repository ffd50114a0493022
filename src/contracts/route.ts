/**
 * What a route is on the wire, as data: the Worker mounts it (src/http/endpoint.ts), the OpenAPI document is made of it,
 * and every program calls by it. Stands in contracts/routes/, a file a domain. Who serves it, and how, is the Worker's.
 */
import type { z } from 'zod';
import type { FailureCode } from './failures.ts';

/** Roles of admin tokens and of staff, each includes the ones before it. */
export const roles = ['viewer', 'operator', 'owner'] as const;
export type Role = (typeof roles)[number];

/** Roles of a customer's members, each includes the ones before it. An account key has its customer's whole power: owner. */
export const memberRoles = ['viewer', 'billing', 'owner'] as const;
export type MemberRole = (typeof memberRoles)[number];

/**
 * What a route admits. `admin` and `account` name the least role; `public` needs no credential; `person` is somebody of an
 * organisation, `organisation` a key of one.
 */
export interface Allow {
  public?: true;
  account?: MemberRole;
  reporter?: true;
  cluster?: true;
  provisioner?: true;
  person?: true;
  organisation?: true;
  admin?: Role;
}

/** The statuses of a route and the schema of each body; null for an answer without one, or one that is not JSON. */
export type Answers = Record<number, z.ZodType | null>;

/** What a route says of itself. */
export interface Route<Path extends string = string, A extends Answers = Answers> {
  /** The operation's id in the OpenAPI document, verb and noun: `listCustomers`. No two routes share one. */
  operation: string;
  method: 'get' | 'post' | 'put' | 'delete';
  /** Hono's path syntax; a customer's id is always `:customerId`, which the mount checks against the principal. */
  path: Path;
  summary: string;
  allow: Allow;
  body?: z.ZodType;
  /** What the body should be, for programs and people, where `body` takes more and each part is judged by itself. */
  bodyForm?: z.ZodType;
  /** The media type of a body that is taken as it came and judged by what serves it; instead of `body`. */
  raw?: string;
  query?: z.ZodType;
  answers: A;
  /** The media type of a 200 that is not JSON: instead of its schema, or beside it where the query chooses. */
  text?: string;
  /** Codes that this route can fail with, beside those that follow from what it takes (failures-of.ts). */
  failures?: readonly FailureCode[];
  /**
   * Says in the words of organisation billing that a token is needed and that nothing can be read (failures.ts, `inWordsOf`). Absent: the
   * common ones.
   */
  words?: 'billing';
  /** Takes an Idempotency-Key (every mutating POST but usage, provisioner and webhooks). */
  idempotent?: true;
  /** Takes `?preview=true`: the same answer, nothing stored. */
  preview?: true;
  wireBytesMax?: number;
  /** The largest body after gzip, bytes; absent: gzip is refused. */
  inflatedBytesMax?: number;
}

/** Declares a route; what it is given keeps its literal types. */
export const route = <const R extends Route>(description: R): R => description;
