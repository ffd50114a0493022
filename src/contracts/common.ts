/** Pieces of the wire that every domain uses. Times are ISO 8601 UTC, ids prefixed, money integer cents. */
import { z } from 'zod';
import { idPattern } from '../lib/ids.ts';
import { isOneLine, linePattern, toOneLine } from '../lib/text.ts';

/** An instant. Offsets are accepted and normalised by the reader; answers are always UTC with milliseconds. */
export const instant = z.iso.datetime({ offset: true });

export const customerId = z.string().regex(idPattern('customer'), 'must look like cust_ + 32 hex digits');
export const organisationId = z.string().regex(idPattern('organisation'), 'must look like org_ + 32 hex digits');
export const jobId = z.string().regex(idPattern('job'), 'must look like job_ + 32 hex digits');
export const leaseId = z.string().regex(idPattern('lease'), 'must look like lease_ + 32 hex digits');

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const labelWords = 'must be a lower-case RFC 1123 label';

/** A Kubernetes namespace: an RFC 1123 label. */
export const namespace = z.string().max(63).regex(label, labelWords);

/** A cluster: the operator's word for it, e.g. `eu-west-1`. */
export const clusterId = z.string().max(63).regex(label, labelWords);

/** One line that a person wrote, 1 to `max` characters: what would forge a second line is refused. */
export const lineText = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine(isOneLine, 'must be one line without control characters')
    .meta({ pattern: linePattern });

/** Text of programs (Helm, Kubernetes, a pod) for people to read: made one line, because whoever wrote it may be hostile. */
export const foreignLine = (max: number) => z.string().max(max).overwrite(toOneLine);

/** What a list is searched for. */
export const searchText = z.string().max(200);

/** An email, blanks around it taken off. */
export const emailText = z.string().trim().pipe(z.email().max(254)).meta({ format: 'email', maxLength: 254 });

/** Query of every list: page from 1, limit 1 to 100 (default 20). What a parameter means stands in the OpenAPI document. */
export const pageQuery = z.object({
  page: z.coerce.number().int().min(1).max(1_000_000).default(1).describe('The page, from 1.'),
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('Items of a page.'),
});

/** `{items, total, page, limit}`: the one shape of a list. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), total: z.number().int(), page: z.number().int(), limit: z.number().int() });

/** The one error shape, a superset of both seeds'. */
export const problemBody = z.object({
  success: z.literal(false),
  error: z.string(),
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
  timestamp: z.string(),
  request_id: z.string(),
});
export type ProblemBody = z.infer<typeof problemBody>;

/** Body sizes in bytes, counted as they stream (contract: Bodies). */
export const bodyBytesMax = 64 * 1024;
export const batchWireBytesMax = 1024 * 1024;
export const batchInflatedBytesMax = 8 * 1024 * 1024;
