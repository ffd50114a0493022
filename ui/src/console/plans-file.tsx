/** A plans.yaml: written, pasted, or opened from the reader's machine. */
import { FormGroup, TextArea } from '@patternfly/react-core';
import { catalogueTexts } from '../texts/console-catalogue.ts';

const texts = catalogueTexts.change;
const fieldId = 'plans-yaml';
const rows = 12;

export function PlansFile({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const open = async (file: File | undefined) => {
    if (file !== undefined) onChange(await file.text());
  };
  return (
    <FormGroup label={texts.file} fieldId={fieldId}>
      <TextArea
        id={fieldId}
        value={value}
        placeholder={texts.fileHint}
        rows={rows}
        resizeOrientation="vertical"
        onChange={(_, text) => onChange(text)}
      />
      <input
        type="file"
        accept=".yaml,.yml"
        className="tenantry-file"
        aria-label={texts.open}
        onChange={({ target }) => void open(target.files?.[0])}
      />
    </FormGroup>
  );
}
