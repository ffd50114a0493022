/** What of usage is looked at, in the address: a range by day or by hour, or the hours of one day, and which quantity is drawn. */
import { useSearchParams } from 'react-router';
import { instant } from '../../../src/contracts/common.ts';
import { portalTexts } from '../texts/portal.ts';

const texts = portalTexts.usage;

export type UsageRange = keyof typeof texts.ranges;
export type UsageField = keyof typeof texts.fields;

const days: Record<UsageRange, number> = { day30: 30, day90: 90, hour1: 1, hour4: 4 };
const dayMs = 86_400_000;
const dayForm = /^\d{4}-\d{2}-\d{2}$/;

/** The most that the API gives at once. */
export const rowsMax = 100;

interface Stretch {
  from: string;
  to: string;
}

export interface UsageView {
  range: UsageRange;
  /** The UTC day whose hours are shown; null: the range or the stretch is. */
  day: string | null;
  /** The stretch of time whose days are shown, a billing period; null: the range is. */
  stretch: Stretch | null;
  /** The quantity that is drawn; null: the first that there is. */
  field: UsageField | null;
  granularity: 'day' | 'window';
  /** The query of usage and of gaps. */
  query: { days: number } | { from: string; to: string };
  set: (changes: Partial<Record<'range' | 'day' | 'field', string | null>>) => void;
}

const isRange = (text: string): text is UsageRange => Object.hasOwn(texts.ranges, text);
export const isUsageField = (text: string): text is UsageField => Object.hasOwn(texts.fields, text);

function stretchOf(query: URLSearchParams): Stretch | null {
  const [from, to] = ['from', 'to'].map((name) => instant.safeParse(query.get(name)).data);
  return from === undefined || to === undefined || from >= to ? null : { from, to };
}

export function useUsageView(): UsageView {
  const [query, setQuery] = useSearchParams();
  const asked = query.get('day');
  const from = asked !== null && dayForm.test(asked) ? Date.parse(`${asked}T00:00:00.000Z`) : Number.NaN;
  const day = Number.isNaN(from) ? null : asked;
  const stretch = day === null ? stretchOf(query) : null;
  const range = query.get('range') ?? '';
  const field = query.get('field') ?? '';
  const chosen: UsageRange = isRange(range) ? range : 'day30';
  return {
    range: chosen,
    day,
    stretch,
    field: isUsageField(field) ? field : null,
    granularity: day !== null || (stretch === null && chosen.startsWith('hour')) ? 'window' : 'day',
    query:
      day === null
        ? (stretch ?? { days: days[chosen] })
        : { from: new Date(from).toISOString(), to: new Date(from + dayMs).toISOString() },
    set: (changes) =>
      setQuery((before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries(changes)) {
          if (value === null) after.delete(name);
          else after.set(name, value);
        }
        return after;
      }),
  };
}
