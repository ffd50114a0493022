/** Fields of a dialog (inputs.tsx), which no page has at its first look: they are loaded when the dialog opens. */
import { lazy } from 'react';

const load = () => import('./inputs.tsx');

export const LineField = lazy(async () => ({ default: (await load()).LineField }));
export const ChoiceField = lazy(async () => ({ default: (await load()).ChoiceField }));
