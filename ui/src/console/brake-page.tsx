/** The brake of billing: what holds, who has set it and why; changed by whoever may, with what each mode means. */
import { Card, CardBody, CardTitle, Label, PageSection } from '@patternfly/react-core';
import { useState } from 'react';
import type { AnswerTo } from '../../../src/contracts/call.ts';
import { type BillingMode, billingMode } from '../../../src/contracts/invoices.ts';
import { readBrake, setBrake } from '../../../src/contracts/routes/invoices.ts';
import { Deed } from '../confirm/deed.tsx';
import { ChoiceField } from '../confirm/fields.tsx';
import { Words } from '../confirm/words.tsx';
import { useRead } from '../data/use-read.ts';
import { Facts } from '../list/facts.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { LinesLoading } from '../states/loading.tsx';
import { ReadPart } from '../states/read-part.tsx';
import { consoleTexts } from '../texts/console.ts';
import { optionsOf } from '../texts/console-customers.ts';
import { brakeTexts as texts } from '../texts/console-invoices.ts';
import { Time } from '../time/time.tsx';

const modes = optionsOf(texts.modes);
const statuses = { live: 'success', shadow: 'warning', paused: 'danger' } as const;
const everyMs = 30_000;

type Brake = AnswerTo<typeof readBrake>;

const Mode = ({ mode }: { mode: BillingMode }) => (
  <Label isCompact variant="outline" status={statuses[mode]}>
    {texts.modes[mode]}
  </Label>
);

function Standing({ brake: { mode, reason, changed_by, changed_at } }: { brake: Brake }) {
  return (
    <Facts
      isHalf
      facts={[
        [texts.mode, <Mode key="m" mode={mode} />],
        [texts.meaning, texts.meanings[mode]],
        [texts.since, changed_at === null ? texts.never : <Time key="t" at={changed_at} />],
        [texts.by, changed_by],
        [texts.reason, reason],
      ]}
    />
  );
}

function Change({ mode }: { mode: BillingMode }) {
  const [chosen, setChosen] = useState<BillingMode | null>(null);
  return (
    <Deed
      route={setBrake}
      label={texts.change}
      title={texts.changeTitle}
      what={
        <>
          <ChoiceField
            label={texts.choice}
            value={chosen ?? mode}
            options={modes}
            onChange={(next) => setChosen(billingMode.parse(next))}
          />
          <Words of={billingMode.options.map((one) => texts.ofAll(texts.modes[one], texts.meanings[one]))} />
        </>
      }
      reason="needed"
      isDangerous
      isReady={chosen !== null && chosen !== mode}
      input={(reason = '') => ({ body: { mode: chosen ?? mode, reason } })}
      changes={[readBrake]}
      onDone={() => setChosen(null)}
    />
  );
}

export function Page() {
  const brake = useRead(readBrake, {}, { everyMs });
  return (
    <>
      <PageTitle title={consoleTexts.brake} intro={texts.intro} />
      <PageSection>
        <Card>
          <CardTitle component="h2">{texts.part}</CardTitle>
          <CardBody>
            <ReadPart read={brake} loading={<LinesLoading count={5} />}>
              {(found) => (
                <>
                  <Standing brake={found} />
                  <Change mode={found.mode} />
                </>
              )}
            </ReadPart>
          </CardBody>
        </Card>
      </PageSection>
    </>
  );
}
