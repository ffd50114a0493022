/** How a customer's instance is reached from outside: host, paths, certificate. */
import type { V1Ingress } from '@kubernetes/client-node';
import { expect, it } from 'vitest';
import { describeWithTools } from '../harness/tools.ts';
import { exampleValues } from './example.ts';
import { pick, render } from './helm.ts';

describeWithTools(['helm'], 'the ingress of a customer', () => {
  it('serves the API at the host that the customer was told, with a certificate', async () => {
    const ingress = pick<V1Ingress>(await render(exampleValues()), 'Ingress', 'api');
    expect(ingress.spec?.tls?.[0]?.hosts).toEqual(['b4c867f4.example.com']);
    expect(ingress.spec?.rules?.map(({ host }) => host)).toEqual(['b4c867f4.example.com']);
    const ports = (component: string, name: string) => ({
      name: `cb4c867f4-customer-instance-${component}`,
      port: { name },
    });
    expect(ingress.spec?.rules?.[0]?.http?.paths.map(({ path, backend }) => [path, backend.service])).toEqual([
      ['/api', ports('api', 'http')],
      ['/mqtt', ports('mosquitto', 'websockets')],
      ['/', ports('dashboard', 'http')],
    ]);
  });

  it('is served by no host where the operator wants none, and under the controller’s own certificate where it has one', async () => {
    const without = await render(exampleValues(), { ingress: { enabled: false } });
    expect(without.filter(({ kind }) => kind === 'Ingress')).toEqual([]);
    const wildcard = pick<V1Ingress>(
      await render(exampleValues(), { ingress: { clusterIssuer: '' } }),
      'Ingress',
      'api',
    );
    expect(wildcard.spec?.tls).toEqual([{ hosts: ['b4c867f4.example.com'] }]);
    expect(wildcard.metadata?.annotations).not.toHaveProperty(['cert-manager.io/cluster-issuer']);
  });
});
