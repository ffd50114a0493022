/** `reviews list`: what waits, or was decided, newest first, with what accepting it moves. */

import { type ReviewList, reviewsQuery } from '../../../src/contracts/reviews.ts';
import { listReviews } from '../../../src/contracts/routes/usage-admin.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { minuteOf } from '../../format/amounts.ts';
import { changeWords, moved } from '../../format/correction.ts';
import { type Column, tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { type PageOptions, pageLines, takesPage } from '../../pages.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, PageOptions {
  state?: ReviewList['items'][number]['state'];
}

const columns: readonly Column[] = [
  { title: 'review' },
  { title: 'customer' },
  { title: 'window until' },
  { title: 'why' },
  { title: 'change' },
  { title: 'moves by itself', align: 'right' },
];

async function list(world: World, api: Api, options: Options): Done {
  const { page, limit, state = 'open' } = options;
  const read = await api.call(listReviews, { query: { page, limit, state } });
  if (!read.ok) return read;
  const rows = read.value.items.map((review) => [
    review.review_id,
    review.customer_id,
    minuteOf(review.window_end),
    review.reason,
    changeWords(review.standing.quantities, review.proposed.quantities),
    moved(review.delta_cents),
  ]);
  print(world, options, read.value, pageLines(options, read.value.total, 'reviews', tableOf(columns, rows)));
  return done;
}

export const reviewsListCommand: Define = ({ program, world, withApi }) => {
  takesPage(program.command('list', { isDefault: true }), 'reviews')
    .description('what waits for a person, newest first')
    .option('--state <state>', 'open, accepted, rejected or superseded (default: open)', by(reviewsQuery.shape.state))
    .option(...jsonOption)
    .action(withApi((api, options: Options) => list(world, api, options)));
};
