/** What would be published of a plans.yaml, and publishing it. */
import { Alert, Button, List, ListItem, Stack, StackItem } from '@patternfly/react-core';
import type { AnswerTo } from '../../../src/contracts/call.ts';
import { listPlans, publishPlans } from '../../../src/contracts/routes/plans.ts';
import { Deed } from '../confirm/deed.tsx';
import { Words } from '../confirm/words.tsx';
import { useDeed } from '../data/use-deed.ts';
import { moneyText } from '../money/money-text.ts';
import { useMay } from '../session/session.tsx';
import { FailureAlert } from '../states/failure-alert.tsx';
import { catalogueTexts } from '../texts/console-catalogue.ts';

const texts = catalogueTexts.change;

function Preview({ answer }: { answer: AnswerTo<typeof publishPlans> }) {
  const { versions, simulation } = answer;
  return (
    <div role="status">
      <Alert isInline variant="info" title={versions.length === 0 ? texts.nothingNew : texts.versions(versions.length)}>
        <List>
          {versions.map(({ plan, version }) => (
            <ListItem key={texts.version(plan, version)}>{texts.version(plan, version)}</ListItem>
          ))}
        </List>
        <p>
          {simulation === null
            ? texts.unsimulated
            : texts.resting(
                moneyText(simulation.before_cents),
                moneyText(simulation.after_cents),
                simulation.customers,
              )}
        </p>
      </Alert>
    </div>
  );
}

export function Publish({ yaml, onPublished }: { yaml: string; onPublished: () => void }) {
  const mayCall = useMay();
  const preview = useDeed(publishPlans);
  if (!mayCall(publishPlans)) return <p>{texts.ownerOnly}</p>;
  return (
    <Stack hasGutter>
      <StackItem>
        <Button
          variant="secondary"
          isLoading={preview.isPending}
          isDisabled={preview.isPending}
          data-operation={publishPlans.operation}
          onClick={() => preview.mutate({ body: { yaml }, preview: true })}
        >
          {texts.preview}
        </Button>
      </StackItem>
      {preview.error ? (
        <StackItem>
          <FailureAlert failure={preview.error.failure} />
        </StackItem>
      ) : null}
      {preview.data === undefined ? null : (
        <>
          <StackItem>
            <Preview answer={preview.data} />
          </StackItem>
          <StackItem>
            <Deed
              route={publishPlans}
              label={texts.publish.label}
              title={texts.publish.title}
              what={<Words of={texts.publish.what} />}
              variant="primary"
              input={() => ({ body: { yaml } })}
              changes={[listPlans]}
              onDone={onPublished}
            />
          </StackItem>
        </>
      )}
    </Stack>
  );
}
