/** Correcting usage: what is asked is looked at, with the money that it moves, before it can be sent. */
import { Button } from '@patternfly/react-core';
import { useEffect, useState } from 'react';
import type { InputOf } from '../../../src/contracts/call.ts';
import { type Correction, correctionKind } from '../../../src/contracts/corrections.ts';
import { correctUsage, listAllCorrections, listCorrections } from '../../../src/contracts/routes/corrections.ts';
import { readCost, readForecast } from '../../../src/contracts/routes/costs.ts';
import { listReviews } from '../../../src/contracts/routes/usage-admin.ts';
import { readGaps, readUsage } from '../../../src/contracts/routes/usage-reads.ts';
import { quantityFields } from '../../../src/contracts/usage.ts';
import { Deed } from '../confirm/deed.tsx';
import { ChoiceField, LineField } from '../confirm/fields.tsx';
import { Words } from '../confirm/words.tsx';
import { useRead } from '../data/use-read.ts';
import { moneyText } from '../money/money-text.ts';
import { LineLoading } from '../states/loading.tsx';
import { ReadPart } from '../states/read-part.tsx';
import { correctionTexts } from '../texts/console-corrections.ts';
import { optionsOf } from '../texts/console-customers.ts';
import { CorrectionChange, invoiceText, movedText } from './correction-change.tsx';

const texts = correctionTexts.make;
const kinds = optionsOf(texts.kinds);
const changes = [listAllCorrections, listCorrections, listReviews, readUsage, readGaps, readCost, readForecast];
/** A look stores nothing; the route asks for a reason all the same. */
const lookReason = 'preview';

type Input = InputOf<typeof correctUsage>;

interface Form {
  customer: string;
  kind: string;
  instance: string;
  namespace: string;
  start: string;
  end: string;
  quantities: string;
}

/** `cpu_hours=12.5 api_calls=7`; null where it says something else. */
function readQuantities(text: string): Input['body']['quantities'] | null {
  const given = text.split(/[\s,]+/).filter((part) => part !== '');
  const pairs = given.map((part): [string, number] => {
    const [name = '', value = ''] = part.split('=');
    return [name, value === '' ? Number.NaN : Number(value)];
  });
  const isGood = pairs.every(
    ([name, value]) => Number.isFinite(value) && quantityFields.some((field) => field === name),
  );
  return isGood ? Object.fromEntries(pairs) : null;
}

/** What is looked at; null while something is missing or cannot be read. */
function inputOf(form: Form): Input | null {
  const kind = correctionKind.parse(form.kind);
  const quantities = kind === 'void' ? undefined : readQuantities(form.quantities);
  const needed = [form.customer, form.instance, form.start, form.end];
  if (quantities === null || needed.some((text) => text.trim() === '')) return null;
  return {
    params: { customerId: form.customer.trim() },
    body: {
      kind,
      instance_id: form.instance.trim(),
      ...(form.namespace.trim() === '' ? {} : { namespace: form.namespace.trim() }),
      window_start: form.start.trim(),
      window_end: form.end.trim(),
      ...(quantities === undefined ? {} : { quantities }),
      reason: lookReason,
    },
  };
}

interface LookProps {
  input: Input;
  /** Told whether what the API says of it now is shown. */
  onShown: (isShown: boolean) => void;
}

/** What it would move, by line. */
function Look({ input, onShown }: LookProps) {
  const preview = useRead(correctUsage, { ...input, preview: true });
  const isShown = preview.isSuccess && !preview.isFetching;
  useEffect(() => {
    onShown(isShown);
    return () => onShown(false);
  }, [isShown, onShown]);
  return (
    <ReadPart read={preview} loading={<LineLoading />}>
      {({ correction }) => (
        <div role="status">
          <p>{texts.moves(movedText(correction.delta_cents), invoiceText(correction.invoice))}</p>
          <CorrectionChange before={correction.before} after={correction.after} />
          <ul>
            {correction.lines.map((line) => (
              <li key={line.line_id} className="tenantry-number">
                {texts.line(line.description, moneyText(line.before_cents), moneyText(line.after_cents))}
              </li>
            ))}
          </ul>
        </div>
      )}
    </ReadPart>
  );
}

export interface MakeCorrectionProps {
  customerId: string;
  onDone: (made: Correction) => void;
}

export function MakeCorrection({ customerId, onDone }: MakeCorrectionProps) {
  const begin: Form = {
    customer: customerId,
    kind: 'replace',
    instance: '',
    namespace: '',
    start: '',
    end: '',
    quantities: '',
  };
  const [form, setForm] = useState(begin);
  const [looked, setLooked] = useState<Input | null>(null);
  const [isShown, setShown] = useState(false);
  const asked = inputOf(form);
  const set = (part: Partial<Form>) => {
    setForm({ ...form, ...part });
    setLooked(null);
  };
  return (
    <Deed
      route={correctUsage}
      label={texts.label}
      title={texts.title}
      what={
        <>
          <Words of={texts.what} />
          <LineField label={texts.customer} value={form.customer} onChange={(customer) => set({ customer })} />
          <ChoiceField label={texts.kind} value={form.kind} options={kinds} onChange={(kind) => set({ kind })} />
          <LineField label={texts.instance} value={form.instance} onChange={(instance) => set({ instance })} />
          <LineField
            label={texts.namespace}
            isNeeded={false}
            value={form.namespace}
            onChange={(namespace) => set({ namespace })}
          />
          <LineField label={texts.start} value={form.start} onChange={(start) => set({ start })} />
          <LineField label={texts.end} value={form.end} onChange={(end) => set({ end })} />
          {form.kind === 'void' ? null : (
            <LineField
              label={texts.quantities}
              value={form.quantities}
              onChange={(quantities) => set({ quantities })}
            />
          )}
          {readQuantities(form.quantities) === null ? <p>{texts.wrong}</p> : null}
          <Button variant="link" isInline isDisabled={asked === null} onClick={() => setLooked(asked)}>
            {texts.look}
          </Button>
          {looked === null ? <p>{texts.lookFirst}</p> : <Look input={looked} onShown={setShown} />}
        </>
      }
      reason="needed"
      isReady={isShown}
      input={(reason = '') => {
        if (looked === null) throw new Error('a correction that nobody has looked at');
        return { ...looked, body: { ...looked.body, reason } };
      }}
      changes={changes}
      onDone={({ correction }) => {
        setForm(begin);
        setLooked(null);
        onDone(correction);
      }}
    />
  );
}
