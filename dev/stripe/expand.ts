/**
 * `expand[]=latest_invoice&expand[]=data.customer`: an id in an answer becomes its object
 * (https://docs.stripe.com/api/expanding_objects). What is there but is no id, or is not there, is refused.
 */
import type { Context, Wire } from './context.ts';
import { refuse } from './errors.ts';
import type { Tree } from './form.ts';
import { included } from './includes.ts';
import { wireOf } from './wires.ts';

// https://docs.stripe.com/api/expanding_objects: "Expansions have a maximum depth of four levels."
const depthMax = 4;

const cannot = (path: string): never => refuse(`This property cannot be expanded (${path}).`, undefined, 'expand');

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function expanded(context: Context, value: unknown, names: string[], path: string): unknown {
  if (value === null) return null;
  if (Array.isArray(value)) return value.map((item) => expanded(context, item, names, path));
  const object = typeof value === 'string' ? (wireOf(context, value) ?? cannot(path)) : value;
  const [name, ...rest] = names;
  if (name === undefined) return typeof object === 'object' ? object : cannot(path);
  if (!isRecord(object) || name === 'id') return cannot(path);
  const inside = Object.hasOwn(object, name) ? object[name] : included(context, object as Wire, name);
  return inside === undefined ? cannot(path) : { ...object, [name]: expanded(context, inside, rest, path) };
}

/** The form without its `expand`, and the paths that it asks to expand. */
export function takeExpand(form: Tree): { fields: Tree; paths: string[] } {
  const fields: Tree = new Map([...form].filter(([name]) => name !== 'expand'));
  const given = form.get('expand');
  if (given === undefined) return { fields, paths: [] };
  if (typeof given === 'string') return refuse('Invalid array', 'parameter_invalid_array', 'expand');
  return { fields, paths: [...given.values()].map((path) => (typeof path === 'string' ? path : cannot('expand'))) };
}

/** The answer with those ids replaced. Throws Stripe's refusal. */
export function expand(context: Context, answer: Wire, paths: readonly string[]): Wire {
  return paths.reduce<Wire>((wire, path) => {
    const names = path.split('.');
    if (names.filter((name) => name !== 'data').length > depthMax) cannot(path);
    return expanded(context, wire, names, path) as Wire;
  }, answer);
}
