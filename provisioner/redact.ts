/** Takes what could be a credential out of a line that leaves the provisioner: our keys and passwords, tokens, JWTs. Pure. */

const forms: readonly RegExp[] = [
  // Keys of ours: whose they are stays to be read.
  /(?<=\b(?:cust|rep|clu|prv|adm|org)_[0-9a-f]{32}_)[0-9a-f]{32}\b/g,
  // A bearer token, and userinfo of a URL.
  /(?<=\bBearer\s+)\S+/gi,
  /(?<=:\/\/)[^\s/@]+(?=@)/g,
  // JWTs, as licences and service account tokens are.
  /\beyJ[\w-]+\.[\w-]+(?:\.[\w-]+)?/g,
  // What we make as a database's password, and anything as long.
  /\b[0-9a-f]{48,}\b/g,
];

/** The line with `[redacted]` in the place of each of them. */
export const redact = (line: string): string => forms.reduce((text, form) => text.replace(form, '[redacted]'), line);
