/** How an operation is written, and how one is run: parameters read by it, then the deed, then what is to be expanded. */
import type { Context, Operation } from './context.ts';
import type { StripeError } from './errors.ts';
import { expand, takeExpand } from './expand.ts';
import type { Tree } from './form.ts';
import { type Parameters, readValues, type ValuesOf } from './parameters.ts';
import type { Wire } from './wire.ts';

type Described<P extends Parameters> = Omit<Operation, 'parameters' | 'run'> & {
  parameters: P;
  run(context: Context, call: { path: Readonly<Record<string, string>>; values: ValuesOf<P> }): Wire | StripeError;
};

/** An operation whose `run` knows its values' types from its parameters. */
export const operation = <const P extends Parameters>(described: Described<P>): Operation => ({
  ...described,
  run: (context, { path, values }) => described.run(context, { path, values: values as ValuesOf<P> }),
});

export const isError = (answer: Wire | StripeError): answer is StripeError => !('object' in answer);

/** Reads the parameters and runs it. Throws Refusal; a StripeError that it returns keeps what was written. */
export function execute(
  { parameters, run }: Operation,
  context: Context,
  path: Readonly<Record<string, string>>,
  form: Tree,
): Wire | StripeError {
  const { fields, paths } = takeExpand(form);
  const answer = run(context, { path, values: readValues(fields, parameters) });
  return isError(answer) || paths.length === 0 ? answer : expand(context, answer, paths);
}
