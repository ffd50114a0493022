/** The routes of clusters: where they are, whom they admit, what they take and answer. */
import { pageQuery } from '../common.ts';
import {
  clusterAnswer,
  clusterBody,
  clusterCredentialBody,
  clusterKeyAnswer,
  clusterList,
  clusterTokenAnswer,
} from '../organisations.ts';
import { route } from '../route.ts';

export const createCluster = route({
  operation: 'createCluster',
  method: 'post',
  path: '/api/clusters',
  summary: 'Register a cluster',
  allow: { admin: 'owner' },
  body: clusterBody,
  answers: { 201: clusterAnswer },
  failures: ['cluster_exists', 'queue_taken'],
  idempotent: true,
});

export const listClusters = route({
  operation: 'listClusters',
  method: 'get',
  path: '/api/clusters',
  summary: 'Clusters with their capacity',
  allow: { admin: 'owner' },
  query: pageQuery,
  answers: { 200: clusterList },
});

export const makeClusterToken = route({
  operation: 'makeClusterToken',
  method: 'post',
  path: '/api/clusters/:clusterId/tokens',
  summary: 'A provisioner token of the cluster, shown once',
  allow: { admin: 'owner' },
  body: clusterCredentialBody,
  answers: { 201: clusterTokenAnswer },
  idempotent: true,
});

export const makeClusterKey = route({
  operation: 'makeClusterKey',
  method: 'post',
  path: '/api/clusters/:clusterId/keys',
  summary: 'A cluster key: usage of the customers placed there, shown once',
  allow: { admin: 'owner' },
  body: clusterCredentialBody,
  answers: { 201: clusterKeyAnswer },
  idempotent: true,
});
