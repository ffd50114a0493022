/** Values of an operator who uses every setting of a pod, so that each of them is rendered, and read by a real API server. */
export const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

const term = { matchExpressions: [{ key: 'pool', operator: 'In', values: ['customers', 'spare'] }] };
const spread = { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' };

/** Said once for every part; PostgreSQL says some of it anew for itself, the API has variables of its own. */
export const everySetting = {
  imagePullSecrets: [{ name: 'registry' }],
  podAnnotations: { 'example.com/owner': 'platform: "team"' },
  podLabels: { team: 'platform' },
  nodeSelector: { pool: 'customers' },
  tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'customers', effect: 'NoSchedule' }],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] },
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 10, preference: term }],
    },
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: {
            topologyKey: 'kubernetes.io/hostname',
            labelSelector: { matchLabels: { 'app.kubernetes.io/component': 'postgres' } },
            namespaceSelector: {},
          },
        },
      ],
    },
  },
  topologySpreadConstraints: [{ ...spread, nodeTaintsPolicy: 'Honor' }],
  priorityClassName: 'customers',
  api: {
    env: [
      { name: 'FEATURES', value: 'a,b="c"' },
      { name: 'EMPTY', value: '' },
      { name: 'DATABASE_URL', value: 'postgres://$(PGUSER):$(PGPASSWORD)@$(PGHOST)/$(PGDATABASE)' },
      { name: 'MAIL_TOKEN', secretKeyRef: { name: 'mail', key: 'token' } },
    ],
  },
  postgres: {
    podLabels: { tier: 'data' },
    nodeSelector: { disk: 'ssd' },
    tolerations: [{ key: 'data', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }],
    priorityClassName: 'databases',
    resources: { limits: { memory: '1Gi' } },
  },
};
