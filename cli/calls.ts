/** A function for each of the API's routes that commands call: method and path stand here, types come from src/contracts. */
import { z } from 'zod';
import type { pageQuery } from '../src/contracts/common.ts';
import { costAnswer, forecastAnswer } from '../src/contracts/cost.ts';
import {
  adminTokenAnswer,
  type adminTokenBody,
  credentialList,
  type credentialsQuery,
} from '../src/contracts/credentials.ts';
import {
  apiKeyAnswer,
  type apiKeyBody,
  apiKeyList,
  type createCustomerBody,
  customerAnswer,
  customerList,
  type customersQuery,
  type deactivateBody,
  reactivateAnswer,
  rotateAnswer,
  type rotateBody,
  signupAnswer,
  type signupBody,
} from '../src/contracts/customers.ts';
import { deploymentAnswer, type driftBody, jobOrdered, type redeployBody } from '../src/contracts/deployments.ts';
import { accepted } from '../src/contracts/jobs.ts';
import { licenceAnswer, licenceHistory, type reissueBody, type revokeBody } from '../src/contracts/licences.ts';
import {
  clusterAnswer,
  type clusterBody,
  clusterKeyAnswer,
  clusterList,
  clusterTokenAnswer,
} from '../src/contracts/organisations.ts';
import { ownMeterList } from '../src/contracts/own-meters.ts';
import { periodList } from '../src/contracts/periods.ts';
import {
  checkAnswer,
  migrateAnswer,
  type migrateBody,
  publishAnswer,
  simulationAnswer,
  type simulationBody,
  simulationStarted,
} from '../src/contracts/plan-catalogue.ts';
import { planList } from '../src/contracts/plans.ts';
import {
  deadLetterList,
  type deadLettersQuery,
  jobAnswer,
  jobList,
  type jobsQuery,
  queueStats,
  replayAnswer,
} from '../src/contracts/queue.ts';
import {
  endReporterAnswer,
  type endReporterBody,
  reporterAnswer,
  type reporterBody,
} from '../src/contracts/reporters.ts';
import {
  gapsAnswer,
  type gapsQuery,
  historyAnswer,
  type historyQuery,
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

export const readDeployment = (api: Api, id: string) => api.get(`/api/customers/${id}/deployment`, deploymentAnswer);
export const redeploy = (api: Api, id: string, body: z.input<typeof redeployBody>) =>
  api.post(`/api/customers/${id}/deployment/redeploy`, body, jobOrdered);
export const lookForDrift = (api: Api, id: string, body: z.input<typeof driftBody>) =>
  api.post(`/api/customers/${id}/deployment/drift`, body, jobOrdered);

export const listAccountKeys = (api: Api, customerId: string, query: Partial<Asked<typeof pageQuery>>) =>
  api.get(`/api/customers/${customerId}/api-keys`, apiKeyList, query);
export const makeAccountKey = (api: Api, customerId: string, body: z.input<typeof apiKeyBody>) =>
  api.post(`/api/customers/${customerId}/api-keys`, body, apiKeyAnswer);
export const rotateAccountKey = (api: Api, customerId: string, keyId: string, body: z.input<typeof rotateBody>) =>
  api.post(`/api/customers/${customerId}/api-keys/${keyId}/rotate`, body, rotateAnswer);
export const revokeAccountKey = (api: Api, customerId: string, keyId: string) =>
  api.delete(`/api/customers/${customerId}/api-keys/${keyId}`);

export const listCredentials = (api: Api, query: Partial<Asked<typeof credentialsQuery>>) =>
  api.get('/api/credentials', credentialList, query);
export const revokeCredential = (api: Api, id: string) => api.delete(`/api/credentials/${id}`);
export const makeAdminToken = (api: Api, body: z.input<typeof adminTokenBody>) =>
  api.post('/api/admin-tokens', body, adminTokenAnswer);

export const listClusters = (api: Api, query: Partial<Asked<typeof pageQuery>>) =>
  api.get('/api/clusters', clusterList, query);
export const addCluster = (api: Api, body: z.input<typeof clusterBody>) =>
  api.post('/api/clusters', body, clusterAnswer);
export const makeClusterToken = (api: Api, id: string) =>
  api.post(`/api/clusters/${id}/tokens`, {}, clusterTokenAnswer);
export const makeClusterKey = (api: Api, id: string) => api.post(`/api/clusters/${id}/keys`, {}, clusterKeyAnswer);

export const addReporter = (api: Api, customerId: string, body: z.input<typeof reporterBody>) =>
  api.post(`/api/customers/${customerId}/reporters`, body, reporterAnswer);
export const endReporter = (api: Api, customerId: string, id: string, body: z.input<typeof endReporterBody>) =>
  api.post(`/api/customers/${customerId}/reporters/${id}/end`, body, endReporterAnswer);

export const sendReport = (api: Api, report: UsageReport) =>
  api.post('/api/usage/report', report, reportAnswer, { repeatsByItself: true });
export const readUsage = (api: Api, customerId: string, query: Partial<Asked<typeof historyQuery>>) =>
  api.get(`/api/usage/${customerId}`, historyAnswer, query);
/** The operator's own meters: what custom_1 to custom_5 are. */
export const readOwnMeters = (api: Api, customerId: string) => api.get(`/api/usage/${customerId}/meters`, ownMeterList);
export const readGaps = (api: Api, customerId: string, query: Partial<Asked<typeof gapsQuery>>) =>
  api.get(`/api/usage/${customerId}/gaps`, gapsAnswer, query);
/** Of the period that runs, or of an earlier one: `previous` or its start. */
export const readCost = (api: Api, customerId: string, query: { period?: string } = {}) =>
  api.get(`/api/usage/${customerId}/cost`, costAnswer, query);
/** Where the running period ends. */
export const readForecast = (api: Api, customerId: string) =>
  api.get(`/api/usage/${customerId}/forecast`, forecastAnswer);
export const listPeriods = (api: Api, customerId: string, query: Partial<Asked<typeof pageQuery>>) =>
  api.get(`/api/customers/${customerId}/periods`, periodList, query);

export const readLicence = (api: Api, customerId: string) => api.get(`/api/licenses/${customerId}`, licenceAnswer);
export const readLicenceHistory = (api: Api, customerId: string) =>
  api.get(`/api/licenses/${customerId}/history`, licenceHistory);
export const revokeLicence = (api: Api, customerId: string, body: z.input<typeof revokeBody>) =>
  api.post(`/api/licenses/${customerId}/revoke`, body, accepted);
/** New licences; what is answered beside the 202 is the API's own. */
export const reissueLicences = (api: Api, body: z.input<typeof reissueBody>) =>
  api.post('/api/licenses/reissue', body, z.looseObject({}));
/** The public keys as a JWK set; what is in a key is for the one who verifies with it. */
export const readPublicKeys = (api: Api) =>
  api.get('/.well-known/jwks.json', z.object({ keys: z.array(z.looseObject({ kty: z.string() })) }));

export const readQueueStats = (api: Api) => api.get('/api/queue/stats', queueStats);
export const listJobs = (api: Api, query: Partial<Asked<typeof jobsQuery>>) =>
  api.get('/api/queue/jobs', jobList, query);
export const readJob = (api: Api, id: string) => api.get(`/api/queue/jobs/${id}`, jobAnswer);
export const retryJob = (api: Api, id: string) => api.post(`/api/queue/jobs/${id}/retry`, {}, accepted);

export const listDeadLetters = (api: Api, query: Partial<Asked<typeof deadLettersQuery>>) =>
  api.get('/api/dead-letters', deadLetterList, query);
export const replayDeadLetter = (api: Api, id: string) => api.post(`/api/dead-letters/${id}/replay`, {}, replayAnswer);

/** Every version, with its subscribers. */
export const listPlans = (api: Api) => api.get('/api/plans', planList);
export const checkPlans = (api: Api, yaml: string) => api.post('/api/plans/check', { yaml }, checkAnswer);
export const previewPublishing = (api: Api, yaml: string) =>
  api.post('/api/plans/publish?preview=true', { yaml }, publishAnswer);
export const publishPlans = (api: Api, yaml: string) => api.post('/api/plans/publish', { yaml }, publishAnswer);
export const beginSimulation = (api: Api, body: z.input<typeof simulationBody>) =>
  api.post('/api/simulations', body, simulationStarted);
export const readSimulation = (api: Api, id: string) => api.get(`/api/simulations/${id}`, simulationAnswer);
export const previewMigration = (api: Api, plan: string, body: z.input<typeof migrateBody>) =>
  api.post(`/api/plans/${plan}/migrate?preview=true`, body, migrateAnswer);
export const migrateSubscribers = (api: Api, plan: string, body: z.input<typeof migrateBody>) =>
  api.post(`/api/plans/${plan}/migrate`, body, migrateAnswer);
