/** Labels as fields, a row each: written in a dialog, which begins with those that there are each time it is opened. */
import { Button, Flex, FlexItem, Stack, StackItem, TextInput } from '@patternfly/react-core';
import MinusCircleIcon from '@patternfly/react-icons/dist/esm/icons/minus-circle-icon';
import { useEffect, useState } from 'react';
import { organisationTexts } from '../texts/organisation.ts';

const texts = organisationTexts.labels;
const labelsMax = 20;

interface Row {
  id: number;
  key: string;
  value: string;
}

const rowsOf = (labels: Record<string, string>): Row[] =>
  Object.entries(labels).map(([key, value], id) => ({ id, key, value }));

/** A row without key and value is no label. */
const pairsOf = (rows: readonly Row[]): [string, string][] =>
  rows
    .map(({ key, value }): [string, string] => [key.trim(), value.trim()])
    .filter(([key, value]) => key !== '' || value !== '');

export interface LabelFieldsProps {
  labels: Record<string, string>;
  onChange: (labels: Record<string, string>) => void;
}

export function LabelFields({ labels, onChange }: LabelFieldsProps) {
  const [rows, setRows] = useState(() => rowsOf(labels));
  const pairs = pairsOf(rows);
  const twice = pairs.find(([key], n) => pairs.findIndex(([other]) => other === key) !== n);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what an earlier dialog was left with is not said again
  useEffect(() => onChange(labels), []);
  // Told at once: by an effect it comes a moment later, and who is quick with Enter would send the labels without the last letter.
  const put = (next: Row[]) => {
    setRows(next);
    onChange(Object.fromEntries(pairsOf(next)));
  };
  const change = (id: number, changes: Partial<Row>) =>
    put(rows.map((row) => (row.id === id ? { ...row, ...changes } : row)));
  const nextId = rows.reduce((most, { id }) => Math.max(most, id), -1) + 1;
  return (
    <Stack hasGutter>
      <StackItem>{texts.what}</StackItem>
      {rows.map(({ id, key, value }, n) => (
        <StackItem key={id}>
          <Flex flexWrap={{ default: 'nowrap' }}>
            <FlexItem>
              <TextInput aria-label={texts.key(n + 1)} value={key} onChange={(_, next) => change(id, { key: next })} />
            </FlexItem>
            <FlexItem>
              <TextInput
                aria-label={texts.value(n + 1)}
                value={value}
                onChange={(_, next) => change(id, { value: next })}
              />
            </FlexItem>
            <FlexItem>
              <Button
                variant="plain"
                icon={<MinusCircleIcon />}
                aria-label={texts.remove(n + 1)}
                onClick={() => put(rows.filter((row) => row.id !== id))}
              />
            </FlexItem>
          </Flex>
        </StackItem>
      ))}
      <StackItem>
        <Button
          variant="link"
          isInline
          isDisabled={rows.length >= labelsMax}
          onClick={() => put([...rows, { id: nextId, key: '', value: '' }])}
        >
          {texts.add}
        </Button>
      </StackItem>
      <StackItem role="status">{twice === undefined ? texts.hint : texts.twice(twice[0])}</StackItem>
    </Stack>
  );
}
