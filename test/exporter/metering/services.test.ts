import { describe, expect, it } from 'vitest';
import { ownerOf } from '../../../exporter/metering/services.ts';

const shop = 'customer-abc12345';
const unknown = { namespaces: [], own: [] };
const pods = { namespaces: [], own: ['web-7d9f8-x2x', 'c1-customer-instance-api-0'] };

describe('whose a Traefik service is', () => {
  it.each([
    [`${shop}-web-80@kubernetes`, unknown, 'own'],
    [`${shop}-web-http@kubernetes`, unknown, 'own'],
    [`${shop}-web-fcdde958c61d6c22e708@kubernetescrd`, unknown, 'own'],
    [`${shop}-web-http-0@kubernetesgateway`, pods, 'own'],
    [`httproute-${shop}-web-gw-default-main-ep-web-0-1c0cf64bde37d9d0df06@kubernetesgateway`, unknown, 'own'],
    [`${shop}-c1-customer-instance-api-80@kubernetes`, pods, 'own'],
    [`${shop}-eu-web-80@kubernetes`, unknown, 'ambiguous'],
    [`${shop}-eu-web-80@kubernetes`, pods, 'ambiguous'],
    [`${shop}-eu-web-80@kubernetes`, { namespaces: [`${shop}-eu`], own: ['web-1'] }, 'other'],
    [`${shop}-eu-web-80@kubernetes`, { namespaces: [`${shop}-eu`], own: ['eu-web'] }, 'ambiguous'],
    [`${shop}-eu-web-80@kubernetes`, { namespaces: [], own: ['eu-web'] }, 'own'],
    [`${shop}-eu-80@kubernetes`, { namespaces: [`${shop}-eu`], own: [] }, 'own'],
    [`${shop}eu-web-80@kubernetes`, unknown, 'other'],
    [`other-web-80@kubernetes`, unknown, 'other'],
    [`${shop}-web-80@file`, unknown, 'other'],
  ])('%s with %j is %s', (service, names, owner) => {
    expect(ownerOf(service, shop, names)).toBe(owner);
  });
});
