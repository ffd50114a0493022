/** The API's routes that commands use, by name: paths here, types from the contracts. */
import { z } from 'zod';
import type { pageQuery } from '../src/contracts/common.ts';
import { costAnswer } from '../src/contracts/cost.ts';
import {
  type createCustomerBody,
  customerAnswer,
  customerList,
  type customersQuery,
  type deactivateBody,
  reactivateAnswer,
  signupAnswer,
  type signupBody,
} from '../src/contracts/customers.ts';
import { accepted, jobAnswer, jobList, type jobsQuery, queueStats } from '../src/contracts/jobs.ts';
import { licenceAnswer, licenceHistory, type revokeBody } from '../src/contracts/licences.ts';
import {
  endReporterAnswer,
  type endReporterBody,
  reporterAnswer,
  type reporterBody,
} from '../src/contracts/reporters.ts';
import {
  deadLetterList,
  gapsAnswer,
  type gapsQuery,
  historyAnswer,
  type historyQuery,
  replayAnswer,
  reportAnswer,
  type UsageReport,
} from '../src/contracts/usage.ts';
import type { Api, Query } from './api.ts';

type Asked<T extends z.ZodType> = z.input<T> & Query;

export const signUp = (api: Api, body: z.input<typeof signupBody>) =>
  api.post('/api/customers/signup', body, signupAnswer);
export const addCustomer = (api: Api, body: z.input<typeof createCustomerBody>) =>
  api.post('/api/customers', body, signupAnswer);
export const listCustomers = (api: Api, query: Asked<typeof customersQuery>) =>
  api.get('/api/customers', customerList, query);
export const readCustomer = (api: Api, id: string) => api.get(`/api/customers/${id}`, customerAnswer);
export const deactivateCustomer = (api: Api, id: string, body: z.input<typeof deactivateBody>) =>
  api.post(`/api/customers/${id}/deactivate`, body, customerAnswer);
export const reactivateCustomer = (api: Api, id: string) =>
  api.post(`/api/customers/${id}/reactivate`, {}, reactivateAnswer);

export const addReporter = (api: Api, customerId: string, body: z.input<typeof reporterBody>) =>
  api.post(`/api/customers/${customerId}/reporters`, body, reporterAnswer);
export const endReporter = (api: Api, customerId: string, id: string, body: z.input<typeof endReporterBody>) =>
  api.post(`/api/customers/${customerId}/reporters/${id}/end`, body, endReporterAnswer);

export const sendReport = (api: Api, report: UsageReport) =>
  api.post('/api/usage/report', report, reportAnswer, { repeatsByItself: true });
export const readUsage = (api: Api, customerId: string, query: Partial<Asked<typeof historyQuery>>) =>
  api.get(`/api/usage/${customerId}`, historyAnswer, query);
export const readGaps = (api: Api, customerId: string, query: Partial<Asked<typeof gapsQuery>>) =>
  api.get(`/api/usage/${customerId}/gaps`, gapsAnswer, query);
export const readCost = (api: Api, customerId: string) => api.get(`/api/usage/${customerId}/cost`, costAnswer);

export const readLicence = (api: Api, customerId: string) => api.get(`/api/licenses/${customerId}`, licenceAnswer);
export const readLicenceHistory = (api: Api, customerId: string) =>
  api.get(`/api/licenses/${customerId}/history`, licenceHistory);
export const revokeLicence = (api: Api, customerId: string, body: z.input<typeof revokeBody>) =>
  api.post(`/api/licenses/${customerId}/revoke`, body, accepted);
/** The public keys as a JWK set; what is in a key is for the one who verifies with it. */
export const readPublicKeys = (api: Api) =>
  api.get('/.well-known/jwks.json', z.object({ keys: z.array(z.looseObject({ kty: z.string() })) }));

export const readQueueStats = (api: Api) => api.get('/api/queue/stats', queueStats);
export const listJobs = (api: Api, query: Partial<Asked<typeof jobsQuery>>) =>
  api.get('/api/queue/jobs', jobList, query);
export const readJob = (api: Api, id: string) => api.get(`/api/queue/jobs/${id}`, jobAnswer);
export const retryJob = (api: Api, id: string) => api.post(`/api/queue/jobs/${id}/retry`, {}, accepted);

export const listDeadLetters = (api: Api, query: Partial<Asked<typeof pageQuery>>) =>
  api.get('/api/dead-letters', deadLetterList, query);
export const replayDeadLetter = (api: Api, id: string) => api.post(`/api/dead-letters/${id}/replay`, {}, replayAnswer);
