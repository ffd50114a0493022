/** Why somebody does it, for the audit log. */
import { FormGroup, TextInput } from '@patternfly/react-core';
import { useId } from 'react';
import { common } from '../texts/common.ts';

const charsMax = 500;

export interface ReasonFieldProps {
  isNeeded: boolean;
  value: string;
  onChange: (value: string) => void;
}

export function ReasonField({ isNeeded, value, onChange }: ReasonFieldProps) {
  const id = useId();
  return (
    <FormGroup label={isNeeded ? common.reason : common.reasonMaybe} fieldId={id} isRequired={isNeeded}>
      <TextInput
        id={id}
        value={value}
        maxLength={charsMax}
        isRequired={isNeeded}
        onChange={(_, next) => onChange(next)}
      />
    </FormGroup>
  );
}
