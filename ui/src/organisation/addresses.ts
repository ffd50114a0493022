/** Addresses of an organisation's pages, before the organisation that an admin looks at. */
export const organisationAddress = '/organisation';
export const summaryAddress = `${organisationAddress}/summary`;
export const attributionAddress = `${organisationAddress}/attribution`;
export const exportAddress = `${organisationAddress}/export`;
export const keysAddress = `${organisationAddress}/keys`;
export const auditAddress = `${organisationAddress}/audit`;

export const projectAddress = (namespace: string): string =>
  `${organisationAddress}/projects/${encodeURIComponent(namespace)}`;
