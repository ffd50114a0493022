/** A simulation: how far it is, what bills would have been, and whom it changes most. */
import { Alert, Progress, Stack, StackItem } from '@patternfly/react-core';
import { Link } from 'react-router';
import type { SimulationAnswer } from '../../../src/contracts/plan-catalogue.ts';
import { readSimulation } from '../../../src/contracts/routes/simulations.ts';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { type Fact, Facts } from '../list/facts.tsx';
import { NothingYet } from '../list/no-rows.tsx';
import { PlainList } from '../list/plain-list.tsx';
import { wholeRead } from '../list/whole-read.ts';
import { Amount, Digits } from '../money/numbers.tsx';
import { ReadPart } from '../states/read-part.tsx';
import { catalogueTexts } from '../texts/console-catalogue.ts';
import { customerAddress } from './addresses.ts';

const texts = catalogueTexts.change;
const everyMs = 1_000;

type Change = SimulationAnswer['top'][number];
const columns: readonly Column<Change>[] = [
  {
    key: 'customer',
    label: texts.topColumns.customer,
    cell: ({ customer_id }) => <Link to={`${customerAddress(customer_id)}?tab=cost`}>{customer_id}</Link>,
  },
  { key: 'before', label: texts.topColumns.before, cell: ({ before_cents }) => <Amount cents={before_cents} /> },
  { key: 'after', label: texts.topColumns.after, cell: ({ after_cents }) => <Amount cents={after_cents} /> },
  { key: 'why', label: texts.topColumns.why, cell: ({ why }) => why },
];

const factsOf = (answer: SimulationAnswer): Fact[] => [
  [texts.facts.before, <Amount key="b" cents={answer.before_cents} />],
  [texts.facts.after, <Amount key="a" cents={answer.after_cents} />],
  [texts.facts.difference, <Amount key="d" cents={answer.after_cents - answer.before_cents} />],
  [texts.facts.customers, <Digits key="c">{answer.customers}</Digits>],
  [texts.facts.skipped, <Digits key="s">{answer.skipped}</Digits>],
  [texts.facts.incomplete, <Digits key="i">{answer.incomplete}</Digits>],
  [texts.facts.failed, <Digits key="f">{answer.failed}</Digits>],
];

function State({ answer }: { answer: SimulationAnswer }) {
  const { state, progress, top } = answer;
  return (
    <Stack hasGutter>
      <StackItem>
        <Progress
          aria-label={texts.progress}
          value={progress}
          {...(state === 'running' ? {} : { variant: state === 'done' ? ('success' as const) : ('danger' as const) })}
        />
        {state === 'running' ? <p>{texts.running}</p> : null}
        {state === 'failed' ? <Alert isInline variant="danger" title={texts.failed} /> : null}
      </StackItem>
      <StackItem>
        <Facts facts={factsOf(answer)} />
      </StackItem>
      {state === 'done' ? (
        <StackItem>
          <PlainList
            label={texts.topLabel}
            columns={columns}
            idOf={({ customer_id }) => customer_id}
            read={wholeRead(top)}
            empty={<NothingYet title={texts.noChangeTitle}>{texts.noChange}</NothingYet>}
          />
        </StackItem>
      ) : null}
    </Stack>
  );
}

/** Asked for again while it runs: a part of its own, so that what is done is not asked for any more. */
export function Simulation({ simulationId }: { simulationId: string }) {
  const params = { simulationId };
  const known = useRead(readSimulation, { params });
  useRead(readSimulation, { params }, { everyMs, enabled: known.data?.state === 'running' });
  return <ReadPart read={known}>{(answer) => <State answer={answer} />}</ReadPart>;
}
