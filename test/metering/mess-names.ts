/** Mess in what is whose: forgery, names that begin alike, clusters, disks. */
import { regular, target } from './build.ts';
import { type Change, having, isRequest, type Through, via } from './mess-kit.ts';
import { hourMs, type Sample, type Target } from './model.ts';

/** C15: a scraped pod that writes another's bill. */
export const forgery = (job: string, home: string): Change => {
  return (b, day) => {
    const forged: Target = {
      ...target(b, 'ingress', 'evil', regular(b, 13_000)),
      labels: { job, instance: '10.9.9.9:8080', namespace: home, pod: 'evil' },
      through: ({ atMs }) => [
        {
          name: 'nginx_ingress_controller_requests',
          labels: {
            job,
            instance: '10.9.9.9:8080',
            namespace: day.namespace,
            pod: 'evil',
            ingress: 'web',
            status: '200',
          },
          value: Math.floor((atMs - b.fromMs + 3 * hourMs) * 10),
          atMs,
        },
        {
          name: 'kubelet_volume_stats_used_bytes',
          labels: { job, instance: '10.9.9.9:8080', namespace: day.namespace, persistentvolumeclaim: 'forged' },
          value: 9e11,
          atMs,
        },
        ...['container_cpu_usage_seconds_total', 'container_memory_working_set_bytes'].map((name) => ({
          name,
          labels: {
            job,
            instance: '10.9.9.9:8080',
            namespace: day.namespace,
            pod: 'api-0',
            container: 'app',
            id: '/forged',
          },
          value: name.includes('cpu') ? (atMs - b.fromMs + 3 * hourMs) / 10 : 9e11,
          atMs,
        })),
      ],
    };
    return { flag: 'never', day: { ...day, targets: [...day.targets, forged] } };
  };
};

/** C5: names that others' names begin with. Traefik counts, and another namespace's services are on the same one. */
const traefik =
  (names: (namespace: string) => { own: string; other: string }): Change =>
  (_, day) => {
    const { own, other } = names(day.namespace);
    const through: Through = (s) => {
      if (!isRequest(s)) return [{ ...s, name: 'traefik_config_reloads_total', value: 1 }];
      const labels = {
        code: '200',
        method: 'GET',
        protocol: 'http',
        job: 'traefik',
        instance: s.labels['instance'] ?? '',
      };
      const told = { ...s, name: 'traefik_service_requests_total' };
      return [
        { ...told, labels: { ...labels, service: own } },
        { ...told, labels: { ...labels, service: other }, value: s.value * 5 },
      ];
    };
    const targets = via(day, 'ingress', through).targets.map((t) =>
      t.kind === 'ingress' ? { ...t, labels: { ...t.labels, job: 'traefik' } } : t,
    );
    return { flag: 'may', day: { ...day, targets, env: { HTTP_METRICS: 'traefik' } } };
  };
export const names: Record<string, Change> = {
  'ingress-service-and-port': traefik((n) => ({
    own: `${n}-api-80@kubernetes`,
    other: `${n}-staging-api-80@kubernetes`,
  })),
  'ingress-route': traefik((n) => ({
    own: `${n}-api-fcdde958c61d6c22e708@kubernetescrd`,
    other: `${n}-staging-api-0cdde958c61d6c22e708@kubernetescrd`,
  })),
  'gateway-route': traefik((n) => ({
    own: `httproute-${n}-api-gw-default-main-ep-web-0-1c0cf64bde37d9d0df06@kubernetesgateway`,
    other: `httproute-${n}-eu-web-gw-default-main-ep-web-0-2c0cf64bde37d9d0df06@kubernetesgateway`,
  })),
};

/** C6: another cluster in the same back end, whose namespace has the same name. */
const clusters =
  (label: string, matchers?: string): Change =>
  (b, day) => {
    const nodes = day.targets.filter((t) => t.kind === 'cadvisor' || t.kind === 'kubelet');
    const named = (t: Target, cluster: string): Target => ({ ...t, labels: { ...t.labels, [label]: cluster } });
    const others = nodes.map((t) => ({
      ...named(t, 'staging'),
      labels: { ...t.labels, [label]: 'staging', instance: `other-${t.of}`, node: `other-${t.of}` },
      good: regular(b, 21_000),
      through: (s: Sample) => [{ ...s, value: s.value * 3 }],
    }));
    return {
      flag: matchers ? 'never' : 'must',
      day: {
        ...day,
        targets: [...day.targets.map((t) => named(t, 'prod')), ...others],
        ...(matchers ? { env: { PROMETHEUS_MATCHERS: matchers } } : {}),
      },
    };
  };
export const sameNames: Record<string, Change> = {
  'label-cluster': clusters('cluster'),
  'label-k8s-cluster-name': clusters('k8s_cluster_name'),
  'label-cluster-with-matchers': clusters('cluster', 'cluster="prod"'),
};

/** C7: claims on a file system that holds more than them. */
const shared =
  (claims: number, request: number | undefined): Change =>
  (_, day) => {
    const disk = 500e9;
    const through: Through = (s) => {
      if (s.name !== 'kubelet_volume_stats_used_bytes') return [s];
      const told = Array.from({ length: claims }, (_, i) => having(s, { persistentvolumeclaim: `claim-${i}` }));
      return told.flatMap((one) => [
        { ...one, value: 180e9 + s.value / 1000 },
        { ...one, name: 'kubelet_volume_stats_capacity_bytes', value: disk },
      ]);
    };
    const asked: Through = (s) => {
      if (request === undefined) return [s];
      const name = 'kube_persistentvolumeclaim_resource_requests_storage_bytes';
      const { namespace = '', job = '', instance = '' } = s.labels;
      const told = Array.from({ length: claims }, (_, i) => ({
        ...s,
        name,
        labels: { namespace, job, instance, persistentvolumeclaim: `claim-${i}` },
        value: request,
      }));
      return s.labels['pod']?.startsWith('api') ? [s, ...told] : [s];
    };
    return {
      flag: 'must',
      storageMax: claims * (request ?? 0),
      day: via(via(day, 'kubelet', through), 'podlist', asked),
    };
  };
export const sharedDisks: Record<string, Change> = {
  'three-claims': shared(3, 10e9),
  'one-claim': shared(1, 20e9),
  'nobody-knows-what-was-asked': shared(4, undefined),
};
