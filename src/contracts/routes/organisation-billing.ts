/** The routes of an organisation's billing: where they are, whom they admit, what they take and answer. */
import {
  attributionAnswer,
  attributionQuery,
  billingHealthAnswer,
  billingProjectsAnswer,
  billingProjectsQuery,
  exportAnswer,
  exportQuery,
  labelsAnswer,
  labelsBody,
  labelsQuery,
  organisationQuery,
  overviewAnswer,
  overviewQuery,
  summaryAnswer,
  summaryQuery,
  trendsAnswer,
  trendsQuery,
} from '../organisation-billing.ts';
import { type Allow, route } from '../route.ts';

/** What each of them can fail with: their own words of two, and an organisation that an admin names and that is not there. */
const common = ['token_required', 'not_found', 'billing_unavailable'] as const;

/** Who reads: people of the organisation, and admins, who name it. */
const readers = { person: true, admin: 'viewer' } as const satisfies Allow;

export const readBillingHealth = route({
  operation: 'readBillingHealth',
  method: 'get',
  path: '/api/billing/health',
  summary: 'Whether billing answers, and up to when usage is known',
  allow: readers,
  words: 'billing',
  query: organisationQuery,
  answers: { 200: billingHealthAnswer },
  failures: common,
});

export const listBillingProjects = route({
  operation: 'listBillingProjects',
  method: 'get',
  path: '/api/billing/projects',
  summary: 'Projects with what they cost this month at list rates',
  allow: readers,
  words: 'billing',
  query: billingProjectsQuery,
  answers: { 200: billingProjectsAnswer },
  failures: common,
});

export const readProjectOverview = route({
  operation: 'readProjectOverview',
  method: 'get',
  path: '/api/billing/project/:namespace/overview',
  summary: 'What one project costs this month, by kind of resource',
  allow: readers,
  words: 'billing',
  query: overviewQuery,
  answers: { 200: overviewAnswer },
  failures: [...common, 'namespace_denied'],
});

export const readBillingSummary = route({
  operation: 'readBillingSummary',
  method: 'get',
  path: '/api/billing/summary',
  summary: 'A month by project, meter and label, beside the month before',
  allow: readers,
  words: 'billing',
  query: summaryQuery,
  answers: { 200: summaryAnswer },
  failures: common,
});

export const readBillingTrends = route({
  operation: 'readBillingTrends',
  method: 'get',
  path: '/api/billing/trends',
  summary: 'Cost by hour, day or month, by project, meter or label',
  allow: readers,
  words: 'billing',
  query: trendsQuery,
  answers: { 200: trendsAnswer },
  failures: [...common, 'namespace_denied', 'unknown_meter'],
});

export const readAttribution = route({
  operation: 'readAttribution',
  method: 'get',
  path: '/api/billing/attribution',
  summary: "Whose a month's cost is, by the values of one label",
  allow: readers,
  words: 'billing',
  query: attributionQuery,
  answers: { 200: attributionAnswer },
  failures: common,
});

export const putProjectLabels = route({
  operation: 'putProjectLabels',
  method: 'put',
  path: '/api/billing/projects/:namespace/labels',
  summary: "A project's labels, in the place of those that it had (org-admin)",
  allow: { person: true, admin: 'operator' },
  words: 'billing',
  body: labelsBody,
  query: labelsQuery,
  answers: { 200: labelsAnswer },
  failures: [...common, 'namespace_denied'],
});

export const exportBilling = route({
  operation: 'exportBilling',
  method: 'get',
  path: '/api/billing/export',
  summary: 'Trends or projects as CSV or JSON, or a month in the form of FOCUS',
  allow: readers,
  words: 'billing',
  query: exportQuery,
  answers: { 200: exportAnswer },
  failures: [...common, 'namespace_denied', 'unknown_meter'],
});

export const readBillingMetrics = route({
  operation: 'readBillingMetrics',
  method: 'get',
  path: '/api/billing/metrics',
  summary: 'What projects cost, as Prometheus reads it',
  allow: { ...readers, organisation: true },
  words: 'billing',
  query: organisationQuery,
  answers: { 200: null },
  failures: common,
});

export const watchBilling = route({
  operation: 'watchBilling',
  method: 'get',
  path: '/api/billing/live',
  summary: 'A WebSocket that tells what projects cost as usage is stored',
  allow: readers,
  words: 'billing',
  query: organisationQuery,
  answers: { 101: null },
  failures: [...common, 'upgrade_required', 'cross_site', 'too_many_sockets'],
});
