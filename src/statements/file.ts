/**
 * The bytes of a statement's file, read: gzip or already unpacked (some programs do so by themselves), line 1 the JWS, then the
 * windows. Says what the file is instead, where it is none. Pure.
 */
import { decodeProtectedHeader } from 'jose';
import { statementTyp, statementVersion } from '../contracts/statements.ts';
import { parseJson } from '../lib/json.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { statementAlg } from './keys.ts';

/** More text than the largest statement has: 100 namespaces with windows of 15 minutes over a month. */
const charactersMax = 400_000_000;

export interface StatementFile {
  jws: string;
  header: { kid: string; jwk: Record<string, unknown> | null };
  /** The payload's JSON, not yet checked for anything. */
  payload: Record<string, unknown>;
  windowLines: readonly string[];
}

const isGzip = ([a, b]: Uint8Array): boolean => a === 0x1f && b === 0x8b;

/** The file's text, null when its gzip breaks off or is damaged. @throws RangeError when it is far too long */
async function textOf(bytes: Uint8Array): Promise<string | null> {
  if (!isGzip(bytes)) return new TextDecoder().decode(bytes);
  const parts: string[] = [];
  let length = 0;
  try {
    const unpacked = new Blob([bytes as Uint8Array<ArrayBuffer>])
      .stream()
      .pipeThrough(new DecompressionStream('gzip'))
      .pipeThrough(new TextDecoderStream());
    const reader = (unpacked as ReadableStream<string>).getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      parts.push(read.value);
      length += read.value.length;
      if (length > charactersMax) break;
    }
  } catch {
    return null;
  }
  if (length > charactersMax) throw new RangeError('too long');
  return parts.join('');
}

function headerOf(jws: string): Record<string, unknown> | null {
  try {
    return decodeProtectedHeader(jws) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** The text of a part of a JWS; null when it is no base64url. */
function textOfPart(part: string): string | null {
  if (!/^[A-Za-z0-9_-]*$/.test(part) || part.length % 4 === 1) return null;
  const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
}

/** What was given instead of a statement, by the `typ` of its header. */
function otherThing(typ: unknown): string {
  if (typ === 'JWT') return 'this is a licence (or another JWT), not a statement';
  if (typ === 'tenantry-revocations+jws') return 'this is a list of revoked licences, not a statement';
  return `this is signed as ${typeof typ === 'string' ? typ : 'something without a type'}, not as a statement`;
}

/** The parts of a file, or in words why it is no statement that can be read. */
export async function readFile(bytes: Uint8Array): Promise<Result<StatementFile, string>> {
  let text: string | null;
  try {
    text = await textOf(bytes);
  } catch (error) {
    if (error instanceof RangeError) return err('the file unpacks to more than any statement');
    throw error;
  }
  if (text === null)
    return err('the file is cut short or damaged: its gzip does not end as it should. Download it again');
  if (text === '') return err('the file is empty');
  const [jws = '', ...rest] = text.split('\n');
  const parts = jws.trim().split('.');
  const header = parts.length === 3 ? headerOf(jws) : null;
  if (header === null) return err('the file is not a statement: its first line is not a signature with what it signs');
  const { typ, alg, kid, jwk } = header;
  if (typ !== statementTyp) return err(otherThing(typ));
  if (alg !== statementAlg || typeof kid !== 'string') {
    return err(`the statement is signed by ${String(alg)}: only ${statementAlg} with a key id is one`);
  }
  const payload = parseJson(textOfPart(parts[1] ?? '') ?? '');
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    return err('what the statement signs cannot be read');
  }
  const { version } = payload as { version?: unknown };
  if (typeof version === 'number' && version > statementVersion) {
    return err(
      `the statement is of version ${version}, and this program reads version ${statementVersion}: take a newer program`,
    );
  }
  // A file of whole lines ends with a line feed: what stands behind it is a line that was cut.
  const windowLines = rest.at(-1) === '' ? rest.slice(0, -1) : rest;
  return ok({
    jws,
    header: { kid, jwk: typeof jwk === 'object' && jwk !== null ? (jwk as Record<string, unknown>) : null },
    payload: payload as Record<string, unknown>,
    windowLines,
  });
}
