/** Dead letters for admins: what could never be stored, by itself and by its cause; sent again, one or many, or given up. */
import * as routes from '../contracts/routes/dead-letters.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, empty, endpoint, json, param, reply } from '../http/endpoint.ts';
import { iso, isoOrNull } from '../lib/time.ts';
import { replayMeansOf } from '../wiring.ts';
import { dropDeadLetter } from '../workflows/metering/drop-letter.ts';
import { replayLetter } from '../workflows/metering/replay-letter.ts';
import { continueReplay, replayLetters } from '../workflows/metering/replay-letters.ts';
import { groupLetters, listLetters } from './dead-letter-store.ts';

const list = endpoint({
  ...routes.listDeadLetters,
  handle: async ({ db, query }) => {
    const { rows, total } = await listLetters(db, query);
    const items = rows.map(({ letter, companyName }) => ({
      id: letter.id,
      queue: letter.queue,
      customer_id: letter.customerId,
      company_name: companyName,
      code: letter.code,
      message: letter.message,
      body: letter.body,
      created_at: iso(letter.createdAt),
      replayed_at: isoOrNull(letter.replayedAt),
    }));
    return reply(200, { items, total, page: query.page, limit: query.limit });
  },
});

const groups = endpoint({
  ...routes.readDeadLetterGroups,
  handle: async ({ db }) => {
    const found = await groupLetters(db);
    return reply(
      200,
      found.map(({ sampleId, oldest, newest, ...group }) => ({
        ...group,
        oldest: iso(oldest),
        newest: iso(newest),
        sample_id: sampleId,
      })),
    );
  },
});

const replay = deed({
  ...routes.replayDeadLetter,
  plan: (context, call) => replayLetter(context, { id: param(call, 'id'), ...replayMeansOf(call) }),
  answer: ({ id, at }) => json(202, { success: true, id, replayed_at: iso(at) }),
});

const replayMany = deed({
  ...routes.replayDeadLetters,
  plan: (context, { body: { code, ids, rate, reason } }) =>
    replayLetters(context, { code, ids: ids ?? [], rate, reason }),
  afterwards: (context, { batchId }, call) => continueReplay(context, batchId, replayMeansOf(call)),
  answer: ({ batchId, matched }) => json(202, { batch_id: batchId, matched }),
});

const drop = deed({
  ...routes.dropDeadLetter,
  plan: (context, call) => dropDeadLetter(context, { id: param(call, 'id'), reason: call.body.reason }),
  answer: () => empty(204),
});

/** `/api/dead-letters/groups` and `/replay` have no other route of the same form before them. */
export const deadLetterEndpoints: readonly Endpoint[] = [list, groups, replayMany, replay, drop];
