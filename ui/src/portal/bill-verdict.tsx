/** What the check of a bill has found: the verdict, what is wrong in words, and every line. */
import { Alert, Content, List, ListItem } from '@patternfly/react-core';
import type { CheckedLine, Verdict } from '../../../src/contracts/statement-verdict.ts';
import type { Column } from '../list/columns.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { PlainList } from '../list/plain-list.tsx';
import { moneyText } from '../money/money-text.ts';
import { Amount } from '../money/numbers.tsx';
import { statementTexts as texts } from '../texts/portal-statements.ts';

const columns: readonly Column<CheckedLine>[] = [
  {
    key: 'line',
    label: texts.line,
    cell: ({ description }) => <span className="tenantry-foreign">{description}</span>,
  },
  { key: 'amount', label: texts.amount, cell: ({ amount_cents: cents }) => <Amount cents={cents} /> },
  { key: 'check', label: texts.check, cell: ({ state }) => texts.states[state] },
  { key: 'id', label: texts.id, cell: ({ line_id: id }) => <span className="tenantry-foreign">{id}</span> },
];

const variants = { right: 'success', wrong: 'danger', unreadable: 'warning' } as const;

const titleOf = ({ outcome, facts }: Verdict): string =>
  outcome === 'right' ? texts.right(moneyText(facts?.total_cents ?? 0)) : texts[outcome];

export function BillVerdict({ verdict }: { verdict: Verdict }) {
  const { facts, signature, findings, lines } = verdict;
  // A statement may have two lines of one id: then it is wrong, and both are shown.
  const placed = lines.map((line, place) => ({ ...line, place }));
  return (
    <>
      <div role="status">
        <Alert isInline variant={variants[verdict.outcome]} title={titleOf(verdict)}>
          {facts === null ? null : (
            <p className="tenantry-foreign">
              {texts.of(facts.invoice_id, facts.period.start, facts.period.end, String(facts.windows))}
            </p>
          )}
          {signature === null ? null : <p>{texts.signature[signature]}</p>}
          {findings.length === 0 ? null : (
            <List>
              {findings.map(({ message }) => (
                <ListItem key={message} className="tenantry-foreign">
                  {message}
                </ListItem>
              ))}
            </List>
          )}
        </Alert>
      </div>
      {facts === null ? null : (
        <>
          <Content component="h2">{texts.linesLabel}</Content>
          <PlainList
            label={texts.linesLabel}
            columns={columns}
            idOf={(line) => String((line as (typeof placed)[number]).place)}
            read={{ data: placed, error: null, dataUpdatedAt: 0, refetch: async () => null }}
            empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
          />
        </>
      )}
    </>
  );
}
