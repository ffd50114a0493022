/** Fields of a dialog: a line of text, and one of some. */
import { FormGroup, FormSelect, FormSelectOption, TextInput } from '@patternfly/react-core';
import { useId } from 'react';

export interface LineFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  isNeeded?: boolean;
  type?: 'text' | 'email' | 'number' | 'url' | 'password' | 'date';
  charsMax?: number;
}

export function LineField({ label, value, onChange, isNeeded = true, type = 'text', charsMax }: LineFieldProps) {
  const id = useId();
  return (
    <FormGroup label={label} fieldId={id} isRequired={isNeeded}>
      <TextInput
        id={id}
        type={type}
        value={value}
        isRequired={isNeeded}
        autoComplete="off"
        {...(charsMax === undefined ? {} : { maxLength: charsMax })}
        onChange={(_, next) => onChange(next)}
      />
    </FormGroup>
  );
}

export interface ChoiceFieldProps {
  label: string;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
}

export function ChoiceField({ label, value, options, onChange }: ChoiceFieldProps) {
  const id = useId();
  return (
    <FormGroup label={label} fieldId={id} isRequired>
      <FormSelect id={id} value={value} onChange={(_, next) => onChange(next)}>
        {options.map((option) => (
          <FormSelectOption key={option.value} {...option} />
        ))}
      </FormSelect>
    </FormGroup>
  );
}
