/** A signed text of Tenantry's: its signature, algorithm, key id and kind. Owns no claim and no clock. */
import { compactVerify, errors } from 'jose';
import type { KeySet } from '../keys.ts';

/** Why a text is not signed by a known key. */
export type SignatureFault = 'malformed' | 'unknown_key' | 'bad_signature';

export interface Signed {
  kid: string;
  /** The kind that the header names, null when it names none. */
  typ: string | null;
  payload: unknown;
}

class UnknownKey extends Error {}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function faultOf(error: unknown): SignatureFault {
  if (error instanceof UnknownKey) return 'unknown_key';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'bad_signature';
  return 'malformed';
}

/** Reads a compact JWS. Only RS256 under a key of the set that the header names; a key in the header counts for nothing. */
export async function readSigned(text: string, keys: KeySet, bytesMax: number): Promise<Signed | SignatureFault> {
  if (text.length > bytesMax) return 'malformed';
  try {
    const { payload, protectedHeader } = await compactVerify(
      text,
      (header) => {
        const key = typeof header.kid === 'string' ? keys.get(header.kid) : undefined;
        if (!key) throw new UnknownKey();
        return key;
      },
      { algorithms: ['RS256'] },
    );
    // The one extension that jose would take, an unencoded payload (RFC 7797), is for no token.
    if (protectedHeader.crit !== undefined) return 'malformed';
    return {
      kid: protectedHeader.kid ?? '',
      typ: protectedHeader.typ ?? null,
      payload: JSON.parse(utf8.decode(payload)) as unknown,
    };
  } catch (error) {
    return faultOf(error);
  }
}
