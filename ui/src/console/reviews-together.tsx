/** What accepting the chosen reviews would move together, of the bills as they are now. */
import { decideReviews } from '../../../src/contracts/routes/usage-admin.ts';
import { Words } from '../confirm/words.tsx';
import { useRead } from '../data/use-read.ts';
import { LineLoading } from '../states/loading.tsx';
import { ReadPart } from '../states/read-part.tsx';
import { reviewTexts } from '../texts/console-operations.ts';
import { movedText } from './correction-change.tsx';

/** A look stores nothing; the route asks for a reason all the same. */
const lookReason = 'preview';

export function ReviewsTogether({ ids }: { ids: string[] }) {
  const preview = useRead(decideReviews, { body: { ids, decision: 'accept', reason: lookReason }, preview: true });
  return (
    <ReadPart read={preview} loading={<LineLoading />}>
      {({ together_cents }) => <Words of={[reviewTexts.accept.together(movedText(together_cents))]} />}
    </ReadPart>
  );
}
