/** Who the demo is about: companies, what they bought, how they use it, and what becomes of them. */
import type { Profile, Shape, Size } from './shapes.ts';

/** What a project's labels say: whose it is, what it is for, and whether its cost is everybody's. */
export type Project = { team: string; env: string; isShared: boolean };

export type Member = Profile & {
  /** Its place in the cast, which its noise is made of. */
  number: number;
  company: string;
  /** The local part of its mail address, and of a host name. */
  name: string;
  plan: 'starter' | 'professional' | 'enterprise';
  /** One of the organisation's projects; null for a customer of its own. */
  project: Project | null;
  /** Days after the start, from two weeks on rounded to whole months; negative: before the end. */
  joins: number;
  /** What it buys on the last day of its trial, or null: it lets the trial run out. */
  pays: 'month' | 'year' | null;
  /** The renewal at which its card is declined, 1 is the first. */
  cardFails: number | null;
  /** Days after that. */
  paysAgain: number | null;
  /** Days after it joined. */
  leaves: number | null;
  /** A cancellation ends with what is paid for, a deactivation at once. */
  leavesBy: 'cancel' | 'deactivation';
  /** Days after it stopped. */
  returns: number | null;
  /** What is agreed with it when it has bought: it pays by bank transfer, has credit, or a cap on what a month may cost; cents. */
  agreed: { netDays: number } | { creditCents: number } | { capCents: number } | null;
  /** What stops it in the story's last days, the day counted from the end: a person pauses it at Stripe, or it sets a cap that its month is above. */
  stopsOn: { day: number; by: 'pause' } | { day: number; by: 'cap'; capCents: number } | null;
};

type Told = Partial<
  Pick<
    Member,
    'project' | 'pays' | 'cardFails' | 'paysAgain' | 'leaves' | 'leavesBy' | 'returns' | 'agreed' | 'stopsOn' | 'growth'
  >
>;
type Line = [name: string, company: string, plan: Member['plan'], size: Size, shape: Shape, joins: number, told?: Told];

const project = (team: string, env: string, isShared = false): Told => ({ project: { team, env, isShared } });

const lines: Line[] = [
  // Six projects of one organisation.
  [
    'northwind-shop',
    'Northwind Shop',
    'enterprise',
    'huge',
    'evening',
    0,
    { ...project('commerce', 'production'), growth: 0.04 },
  ],
  ['northwind-shop-staging', 'Northwind Shop Staging', 'starter', 'small', 'office', 0, project('commerce', 'staging')],
  [
    'northwind-logistics',
    'Northwind Logistics',
    'professional',
    'large',
    'office',
    0,
    project('logistics', 'production'),
  ],
  [
    'northwind-reports',
    'Northwind Reports',
    'professional',
    'medium',
    'nightly',
    33,
    project('data', 'production', true),
  ],
  [
    'northwind-iot',
    'Northwind Stores IoT',
    'professional',
    'large',
    'steady',
    95,
    { ...project('stores', 'production'), growth: 0.06 },
  ],
  ['northwind-lab', 'Northwind Lab', 'starter', 'medium', 'bursty', 190, project('data', 'development')],
  // Everybody else.
  ['alder-clinic', 'Alder Clinic', 'starter', 'small', 'office', 0],
  [
    'brightside',
    'Brightside Media',
    'professional',
    'large',
    'evening',
    0,
    { growth: 0.05, agreed: { creditCents: 25_000 } },
  ],
  ['cobalt-foundry', 'Cobalt Foundry', 'professional', 'medium', 'steady', 0, { pays: 'year' }],
  [
    'dune-games',
    'Dune Games',
    'starter',
    'medium',
    'evening',
    0,
    { growth: 0.08, stopsOn: { day: -1, by: 'cap', capCents: 5_000 } },
  ],
  ['ember-heating', 'Ember Heating', 'starter', 'small', 'steady', 33],
  ['fjord-analytics', 'Fjord Analytics', 'professional', 'large', 'nightly', 33],
  ['gable-estates', 'Gable Estates', 'starter', 'small', 'idle', 33, { stopsOn: { day: -6, by: 'pause' } }],
  ['harbour-freight', 'Harbour Freight', 'enterprise', 'huge', 'steady', 61, { pays: 'year' }],
  ['iris-optics', 'Iris Optics', 'starter', 'medium', 'office', 61, { growth: 0.03, cardFails: 4, paysAgain: 10 }],
  ['juniper-farms', 'Juniper Farms', 'starter', 'small', 'steady', 95, { cardFails: 9 }],
  ['kestrel-air', 'Kestrel Air', 'professional', 'large', 'bursty', 95, { agreed: { capCents: 40_000 } }],
  ['lumen-schools', 'Lumen Schools', 'professional', 'medium', 'office', 128, { leaves: 265 }],
  ['maple-bakery', 'Maple Bakery', 'starter', 'small', 'office', 128, { leaves: 75, leavesBy: 'deactivation' }],
  ['nimbus-weather', 'Nimbus Weather', 'professional', 'medium', 'steady', 160],
  ['orchid-spa', 'Orchid Spa', 'starter', 'small', 'idle', 160, { pays: null, leaves: 44, leavesBy: 'deactivation' }],
  ['pioneer-tools', 'Pioneer Tools', 'professional', 'medium', 'office', 190, { leaves: 60, returns: 24 }],
  ['quartz-mining', 'Quartz Mining', 'enterprise', 'large', 'nightly', 225],
  ['river-transit', 'River Transit', 'professional', 'large', 'evening', 260, { growth: 0.09 }],
  ['saffron-kitchen', 'Saffron Kitchen', 'starter', 'small', 'evening', 260, { leaves: 90 }],
  ['tundra-outdoor', 'Tundra Outdoor', 'starter', 'medium', 'bursty', -46, { cardFails: 1 }],
  ['umbra-security', 'Umbra Security', 'professional', 'medium', 'steady', -46, { agreed: { netDays: 30 } }],
  ['verdant-energy', 'Verdant Energy', 'starter', 'small', 'office', -40, { pays: null }],
  ['willow-books', 'Willow Books', 'starter', 'small', 'evening', -9],
  ['zephyr-bikes', 'Zephyr Bikes', 'professional', 'medium', 'office', -4],
];

export const cast: readonly Member[] = lines.map(
  ([name, company, plan, size, shape, joins, told], number): Member => ({
    number,
    name,
    company,
    plan,
    size,
    shape,
    joins,
    project: null,
    pays: 'month',
    cardFails: null,
    paysAgain: null,
    leaves: null,
    leavesBy: 'cancel',
    returns: null,
    agreed: null,
    stopsOn: null,
    growth: 0.01,
    ...told,
  }),
);
