/** The catalogue on the wire: checking and publishing plans.yaml, what it would change for whom, moving subscribers. */
import { z } from 'zod';
import { idPattern } from '../lib/ids.ts';
import { customerId, instant } from './common.ts';
import { planVersionName } from './plans.ts';

/** Of a body that carries plans.yaml, bytes: a file of 256 Ki characters as JSON. */
export const plansBodyBytesMax = 1024 * 1024;

const yaml = z.string().min(1);
const planAndVersion = z.object({ plan: z.string(), version: z.string() });

/** POST /api/plans/check. The file's text, comments and all. */
export const checkBody = z.strictObject({ yaml });
const plansIssue = z.object({ path: z.string(), message: z.string(), line: z.number().int().nullable() });
/** What the file says of a plan (`after`) instead of what is sold now (`before`), for people; null is absent. */
const planDifference = planAndVersion.extend({
  field: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});
export const checkAnswer = z.object({
  valid: z.boolean(),
  issues: z.array(plansIssue),
  diff: z.array(planDifference),
});
export type CheckAnswer = z.infer<typeof checkAnswer>;

/** A customer whom other plans would charge otherwise, and which lines say so. */
export const customerChange = z.object({
  customer_id: z.string(),
  before_cents: z.number().int(),
  after_cents: z.number().int(),
  why: z.string(),
});

const simulationId = z.string().regex(idPattern('simulation'), 'must look like sim_ + 32 hex digits');

/** POST /api/plans/publish. Without `simulation_id` the newest finished simulation of the same text counts. */
export const publishBody = z.strictObject({ yaml, simulation_id: simulationId.optional() });
export const publishAnswer = z.object({
  success: z.literal(true),
  /** Those that are new; none when the file says what is published already. */
  versions: z.array(planAndVersion),
  /** The simulation that the publication rests on, whom it changes most first; null where none was needed. */
  simulation: z
    .object({
      simulation_id: z.string(),
      customers: z.number().int(),
      before_cents: z.number().int(),
      after_cents: z.number().int(),
      top: z.array(customerChange),
    })
    .nullable(),
});

const period = z
  .union([z.literal('previous'), instant], 'must be previous or the start of a period')
  .default('previous');
const plan_versions = z
  .array(z.strictObject({ plan: z.string().max(40), version: planVersionName }))
  .min(1)
  .max(100);
const simulated = { yaml: yaml.optional(), plan_versions: plan_versions.optional(), period };
const oneOf = (body: { yaml?: unknown; plan_versions?: unknown }) =>
  (body.yaml === undefined) !== (body.plan_versions === undefined);
const either = { oneOf: [{ required: ['yaml'] }, { required: ['plan_versions'] }] };
const oneOfWords = { error: 'must have either yaml or plan_versions', path: ['yaml'] };

/** POST /api/simulations: past periods under other plans, those of a file or published ones. */
export const simulationBody = z
  .strictObject({ ...simulated, customer_ids: z.array(customerId).min(1).max(1000).optional() })
  .refine(oneOf, oneOfWords)
  .meta(either);
export const simulationStarted = z.object({ success: z.literal(true), simulation_id: z.string() });

/** GET /api/simulations/:simulationId. */
export const simulationAnswer = z.object({
  simulation_id: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  /** Percent. */
  progress: z.number().int(),
  /** Those that are looked at, and of them those without such a period, those whose usage has gaps, and those that could not be rated. */
  customers: z.number().int(),
  skipped: z.number().int(),
  incomplete: z.number().int(),
  failed: z.number().int(),
  before_cents: z.number().int(),
  after_cents: z.number().int(),
  /** Whom it changes most, most first. */
  top: z.array(customerChange),
});
export type SimulationAnswer = z.infer<typeof simulationAnswer>;

/** POST /api/usage/:customerId/simulate: one customer, at once. */
export const simulateBody = z.strictObject(simulated).refine(oneOf, oneOfWords).meta(either);
export const simulateAnswer = customerChange.extend({
  success: z.literal(true),
  period: z.object({ start: z.string(), end: z.string() }),
  complete: z.boolean(),
  /** The meters whose amounts change, most first; the plan's own price is `base_fee`. */
  changes: z.array(
    z.object({
      meter: z.string(),
      description: z.string(),
      before_cents: z.number().int(),
      after_cents: z.number().int(),
    }),
  ),
});

/** POST /api/plans/:plan/migrate: subscribers of one version get another at the end of their running period. */
export const migrateBody = z
  .strictObject({
    from_version: planVersionName,
    to_version: planVersionName,
    customer_ids: z.array(customerId).min(1).max(1000).optional(),
    all: z.literal(true).optional(),
    at: z.literal('period_end'),
  })
  .refine(({ customer_ids, all }) => (customer_ids === undefined) !== (all === undefined), {
    error: 'must have either customer_ids or all',
    path: ['customer_ids'],
  })
  .meta({ oneOf: [{ required: ['customer_ids'] }, { required: ['all'] }] });
export const migrateAnswer = z.object({
  success: z.literal(true),
  moved: z.number().int(),
  skipped: z.array(z.object({ customer_id: z.string(), why: z.string() })),
});
export type MigrateAnswer = z.infer<typeof migrateAnswer>;
