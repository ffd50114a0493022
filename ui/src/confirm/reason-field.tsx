/** Why somebody does it, for the audit log. */
import { common } from '../texts/common.ts';
import { LineField } from './inputs.tsx';

const charsMax = 500;

export interface ReasonFieldProps {
  isNeeded: boolean;
  value: string;
  onChange: (value: string) => void;
}

export const ReasonField = (props: ReasonFieldProps) => (
  <LineField {...props} label={props.isNeeded ? common.reason : common.reasonMaybe} charsMax={charsMax} />
);
