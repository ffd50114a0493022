/** Whether our own ledger holds together: each rule, and the rows that break it. */
import { Alert, Label, PageSection } from '@patternfly/react-core';
import type { InvariantView } from '../../../src/contracts/drift.ts';
import { readInvariants, runInvariants } from '../../../src/contracts/routes/drift.ts';
import { Deed } from '../confirm/deed.tsx';
import { Words } from '../confirm/words.tsx';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { PlainList } from '../list/plain-list.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { common } from '../texts/common.ts';
import { consoleTexts } from '../texts/console.ts';
import { invariantTexts as texts } from '../texts/console-stripe.ts';
import { Time } from '../time/time.tsx';
import { SubjectLink } from './subject-link.tsx';

const names = texts.columns;
const everyMs = 60_000;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** A row that breaks a rule; the customer that it is about is led to. */
function Row({ row }: { row: InvariantView['rows'][number] }) {
  return (
    <>
      {Object.entries(row).map(([name, value]) => (
        <div key={name}>
          {name === 'customer_id' && typeof value === 'string' ? (
            <SubjectLink id={value} />
          ) : (
            texts.value(name, textOf(value))
          )}
        </div>
      ))}
    </>
  );
}

function Rows({ of: { name, rows } }: { of: InvariantView }) {
  if (rows.length === 0) return <>{common.none}</>;
  return (
    <ul aria-label={texts.rowsOf(name)}>
      {rows.map((row) => (
        <li key={JSON.stringify(row)}>
          <Row row={row} />
        </li>
      ))}
    </ul>
  );
}

const columns: readonly Column<InvariantView>[] = [
  { key: 'name', label: names.name, cell: ({ name }) => name.replaceAll('_', ' ') },
  {
    key: 'state',
    label: names.state,
    cell: ({ ok, rows }) => (
      <Label isCompact variant="outline" status={ok ? 'success' : 'danger'}>
        {ok ? texts.holds : texts.broken(rows.length)}
      </Label>
    ),
  },
  { key: 'checked', label: names.checked, cell: ({ checked_at }) => <Time at={checked_at} /> },
  { key: 'rows', label: names.rows, cell: (invariant) => <Rows of={invariant} /> },
];

/** Broken ones first. */
const inOrder = (items: readonly InvariantView[]): InvariantView[] =>
  items.toSorted((a, b) => Number(a.ok) - Number(b.ok) || a.name.localeCompare(b.name));

function Summary({ of }: { of: readonly InvariantView[] }) {
  if (of.length === 0) return null;
  const broken = of.filter(({ ok }) => !ok).length;
  return (
    <div role="status">
      <Alert
        isInline
        variant={broken === 0 ? 'success' : 'danger'}
        title={broken === 0 ? texts.allHold(of.length) : texts.someBroken(broken, of.length)}
      />
    </div>
  );
}

export function Page() {
  const invariants = useRead(readInvariants, {}, { everyMs });
  return (
    <>
      <PageTitle
        title={consoleTexts.invariants}
        intro={texts.intro}
        actions={
          <Deed
            route={runInvariants}
            label={texts.run.label}
            title={texts.run.title}
            what={<Words of={texts.run.what} />}
            input={() => ({ body: {} })}
            changes={[readInvariants]}
          />
        }
      />
      <PageSection className="tenantry-foreign">
        <Summary of={invariants.data?.items ?? []} />
        <PlainList
          label={texts.label}
          columns={columns}
          idOf={({ name }) => name}
          read={{ ...invariants, data: invariants.data && inOrder(invariants.data.items) }}
          empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
        />
      </PageSection>
    </>
  );
}
