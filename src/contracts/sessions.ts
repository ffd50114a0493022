/**
 * Sessions and members on the wire. A session is the principal that it stands for: a customer's member, an admin of a name
 * and role, or a person of an organisation; nothing else can be done with it than with that one's key.
 */
import { z } from 'zod';
import { idPattern } from '../lib/ids.ts';
import { customerId, emailText, listOf, pageQuery } from './common.ts';
import { adminRole } from './credentials.ts';
import { memberRoles } from './route.ts';

export const memberId = z.string().regex(idPattern('member'), 'must look like mem_ + 32 hex digits');
export const memberRole = z.enum(memberRoles);

const passwordText = z.string().min(8).max(200);
const secretCharsMax = 512;

/** The fields of each way to sign in; `customer_id` may be beside those of people. */
const ways = [['email', 'password'], ['admin_token'], ['link']] as const;

/**
 * POST /api/sessions: one way to sign in. `link` is the secret of a mailed link, used once. `customer_id` chooses among the
 * customers of a person who has several; without it the answer says which there are.
 */
export const sessionBody = z
  .strictObject({
    email: emailText.optional(),
    password: z.string().min(1).max(200).optional(),
    admin_token: z.string().min(1).max(secretCharsMax).optional(),
    link: z.string().min(1).max(secretCharsMax).optional(),
    customer_id: customerId.optional(),
  })
  .refine((body) => {
    const given = Object.keys(body).filter((name) => name !== 'customer_id');
    return ways.some((way) => way.length === given.length && way.every((name) => given.includes(name)));
  }, 'must be either email and password, or admin_token, or link');
export type SessionBody = z.infer<typeof sessionBody>;

/** Who a session is: the fields of the other kinds are null. Times are instants. */
export const session = z.object({
  session_id: z.string(),
  kind: z.enum(['account', 'admin', 'person']),
  /** For people: an email, an admin's name, or the subject that the issuer names. */
  name: z.string(),
  customer: z.object({ customer_id: z.string(), company_name: z.string(), role: memberRole }).nullable(),
  admin_role: adminRole.nullable(),
  organisation: z
    .object({
      organisation_id: z.string(),
      slug: z.string(),
      name: z.string(),
      role: z.enum(['org-admin', 'project-user']),
      /** What the person may see; null for all projects of the organisation. */
      namespaces: z.array(z.string()).nullable(),
    })
    .nullable(),
  created_at: z.string(),
  last_used_at: z.string(),
  /** When it ends at the latest; without a request it ends 12 hours after the last one. */
  expires_at: z.string(),
  /** The session of this request. */
  current: z.boolean(),
});
export type SessionView = z.infer<typeof session>;

/** 201 of POST /api/sessions, with the cookie; GET /api/sessions/current. */
export const sessionAnswer = z.object({ success: z.literal(true), session });

/** 200 of POST /api/sessions {link}: nothing was used up; ask again with one of these. */
export const sessionChoice = z.object({
  success: z.literal(true),
  choose: z.array(z.object({ customer_id: z.string(), company_name: z.string(), role: memberRole })),
});
export const sessionList = listOf(session);
export const sessionsQuery = pageQuery;

/** POST /api/sessions/links: always 202, in the same words and the same time for an email that nobody has. */
export const linkBody = z.strictObject({ email: emailText });

/** PUT /api/sessions/password: `old` is not needed within 15 minutes of a link. All other sessions end. */
export const passwordBody = z.strictObject({ old: z.string().min(1).max(200).optional(), new: passwordText });

export const memberBody = z.strictObject({ email: emailText, role: memberRole });
const member = z.object({
  member_id: z.string(),
  email: z.string(),
  role: memberRole,
  created_at: z.string(),
  last_signed_in_at: z.string().nullable(),
});
export type MemberView = z.infer<typeof member>;
export const memberAnswer = z.object({ success: z.literal(true), member });
export const memberList = listOf(member);
