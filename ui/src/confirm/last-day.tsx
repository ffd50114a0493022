/** The field for the last day on which a new key works, and what the API is told of it. */
import { dayMs } from '../../../src/lib/time.ts';
import { common } from '../texts/common.ts';
import { LineField } from './fields.tsx';

export interface LastDayFieldProps {
  /** `2026-11-26`, or empty for a key without an end. */
  value: string;
  onChange: (day: string) => void;
}

export function LastDayField({ value, onChange }: LastDayFieldProps) {
  return <LineField label={common.lastDay} value={value} type="date" isNeeded={false} onChange={onChange} />;
}

/** The key expires with that day (UTC). */
export const expiringAfter = (day: string): { expires_at?: string } =>
  day === '' ? {} : { expires_at: new Date(Date.parse(`${day}T00:00:00Z`) + dayMs).toISOString() };
