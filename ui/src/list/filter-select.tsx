/** One filter of a list: all, or one of some. */
import { FormSelect, FormSelectOption } from '@patternfly/react-core';

export interface FilterSelectProps {
  label: string;
  /** What no choice is called; absent: one is always chosen. */
  all?: string;
  value: string | undefined;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
}

export function FilterSelect({ label, all, value = '', options, onChange }: FilterSelectProps) {
  return (
    <FormSelect aria-label={label} value={value} onChange={(_, next) => onChange(next)}>
      {all === undefined ? null : <FormSelectOption value="" label={all} />}
      {options.map((option) => (
        <FormSelectOption key={option.value} {...option} />
      ))}
    </FormSelect>
  );
}
