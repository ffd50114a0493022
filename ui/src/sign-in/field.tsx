/** One field of a sign-in form. */
import { FormGroup, FormHelperText, HelperText, HelperTextItem, TextInput } from '@patternfly/react-core';

export interface FieldProps {
  id: string;
  label: string;
  value: string;
  onChange: (value: string) => void;
  type?: 'text' | 'email' | 'password';
  autoComplete: string;
  help?: string;
}

export function Field({ id, label, value, onChange, type = 'text', autoComplete, help }: FieldProps) {
  return (
    <FormGroup label={label} fieldId={id} isRequired>
      <TextInput
        id={id}
        type={type}
        value={value}
        isRequired
        autoComplete={autoComplete}
        onChange={(_, next) => onChange(next)}
        {...(help === undefined ? {} : { 'aria-describedby': `${id}-help` })}
      />
      {help === undefined ? null : (
        <FormHelperText>
          <HelperText>
            <HelperTextItem id={`${id}-help`}>{help}</HelperTextItem>
          </HelperText>
        </FormHelperText>
      )}
    </FormGroup>
  );
}
