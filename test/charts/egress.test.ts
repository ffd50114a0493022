/** What the pods reach outside the cluster: the internet, and no address that is not a part of it. */
import { expect, it } from 'vitest';
import { describeWithTools } from '../harness/tools.ts';
import { exampleValues } from './example.ts';
import { type Manifest, render } from './helm.ts';
import { inBlocks, mayConnect, podOf, policiesOf } from './network-policies.ts';
import { edgesOf, metadataAddresses, specialBlocks } from './special-purpose.ts';

const parts = [
  ['Deployment', 'api'],
  ['Deployment', 'billing-exporter'],
  ['StatefulSet', 'postgres'],
] as const;
const ports = [80, 443, 8787, 32526];
const azure = '168.63.129.16/32';
/** What IANA gives out as global unicast. */
const globalUnicast = '2000::/3';

/** Parts that may connect to an address, at any of the ports. */
const reachedBy = (objects: Manifest[], ip: string): string[] =>
  parts
    .filter(([kind, part]) =>
      ports.some((port) =>
        mayConnect(policiesOf(objects), podOf(objects, kind, part), { name: ip, ip }, { port, protocol: 'TCP' }),
      ),
    )
    .map(([, part]) => part);

describeWithTools(['helm'], 'the addresses that a stack reaches', () => {
  it('are in no special-purpose block of IANA', async () => {
    const objects = await render(exampleValues());
    const reached = specialBlocks.map(([block, name]) => [
      block,
      name,
      edgesOf(block).inside.flatMap((ip) => reachedBy(objects, ip)),
    ]);
    expect(reached.filter(([, , by]) => by?.length)).toEqual([]);
  });

  it("are nobody's metadata service", async () => {
    const objects = await render(exampleValues());
    const reached = metadataAddresses.map(([ip, whose]) => [ip, whose, reachedBy(objects, ip)]);
    expect(reached.filter(([, , by]) => by?.length)).toEqual([]);
  });

  it('are everything else: right beside each block the internet goes on', async () => {
    const objects = await render(exampleValues());
    const blocks = [...specialBlocks.map(([block]) => block), azure];
    const neighbours = blocks
      .flatMap((block) => edgesOf(block).beside)
      .filter((ip) => !inBlocks(blocks, ip) && (!ip.includes(':') || inBlocks([globalUnicast], ip)));
    expect(neighbours.length).toBeGreaterThan(25);
    for (const ip of [...neighbours, '1.1.1.1', '104.16.132.229', '2606:4700::6810:84e5', '2a00:1450:4001:80e::200e'])
      expect([ip, reachedBy(objects, ip)]).toEqual([ip, ['api', 'billing-exporter']]);
  });

  it('are reached by the port of the billing API alone', async () => {
    const objects = await render({ ...exampleValues(), billingApiUrl: 'https://billing.example.com:8787' });
    const from = podOf(objects, 'Deployment', 'api');
    const open = ports.filter((port) =>
      mayConnect(policiesOf(objects), from, { name: 'internet', ip: '1.1.1.1' }, { port, protocol: 'TCP' }),
    );
    expect(open).toEqual([8787]);
  });
});
