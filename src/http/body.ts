/** Reads a body with its limits counted as it streams (chunked too): JSON, gzip where the route takes it, or as it came. */

import type { Failure } from '../contracts/failures.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { illFormedText, prototypeNames } from './validate.ts';

export interface BodyLimits {
  wireBytesMax: number;
  /** Set where gzip is taken: how large the body may become. */
  inflatedBytesMax?: number;
  /** Ill-formed text is mended (U+FFFD) instead of refused. */
  mendsText: boolean;
}

/** Collects a stream, refusing it at the first byte over the limit. */
async function collect(stream: ReadableStream<Uint8Array>, bytesMax: number): Promise<Uint8Array | null> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > bytesMax) {
      reader.cancel().catch(() => {});
      return null;
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/**
 * The bytes of a body, null when they are too many. A declared length is what HTTP then delivers at most, and reading that
 * at once takes a fraction of reading its pieces.
 */
async function read(request: Request, bytesMax: number): Promise<Uint8Array | null> {
  if (!request.body) return new Uint8Array(0);
  const declared = request.headers.get('content-length');
  if (declared === null) return await collect(request.body, bytesMax);
  if (!(Number(declared) <= bytesMax)) return null;
  const bytes = new Uint8Array(await request.arrayBuffer());
  return bytes.byteLength <= bytesMax ? bytes : null;
}

const tooLarge = (bytesMax: number): Failure => ({
  code: 'too_large',
  message: `the body is over this route's limit of ${bytesMax} bytes`,
  details: { limit_bytes: bytesMax },
});

const unsupported = (message: string): Failure => ({ code: 'unsupported_media_type', message });

async function inflate(bytes: Uint8Array, bytesMax: number): Promise<Result<Uint8Array, Failure>> {
  const source = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  try {
    const plain = await collect(source.pipeThrough(new DecompressionStream('gzip')), bytesMax);
    return plain ? ok(plain) : err(tooLarge(bytesMax));
  } catch {
    return err({ code: 'invalid_gzip', message: 'the body is not valid gzip' });
  }
}

const incomplete: Failure = { code: 'body_incomplete', message: 'the body broke off before its end' };

/** Only an escape can make a lone surrogate: the bytes themselves are checked while they are decoded. */
const surrogateEscape = /\\u[dD][89a-fA-F]/;
/** The name of every object's prototype, or an escape of its underscore. */
const prototypeName = /__proto__|\\u005[fF]/;

/** The value of a JSON text whose strings are well-formed Unicode and no name `__proto__`; or the mended one. */
function parse(text: string, mendsText: boolean): Result<unknown, Failure> {
  const suspect = surrogateEscape.test(text);
  let value: unknown;
  try {
    const mend = (_: string, item: unknown) => (typeof item === 'string' ? item.toWellFormed() : item);
    value = JSON.parse(text, suspect && mendsText ? mend : undefined);
  } catch {
    return err(invalidJson);
  }
  if (mendsText) return ok(value);
  const fault = (suspect ? illFormedText(value) : null) ?? (prototypeName.test(text) ? prototypeNames(value) : null);
  return fault ? err(fault) : ok(value);
}

const invalidJson: Failure = { code: 'invalid_json', message: 'the body is not valid JSON in UTF-8' };

/** The bytes of a request as they came, or 413, 400 as a failure. */
export async function readBytes(request: Request, bytesMax: number): Promise<Result<Uint8Array, Failure>> {
  try {
    const bytes = await read(request, bytesMax);
    return bytes ? ok(bytes) : err(tooLarge(bytesMax));
  } catch {
    // Nothing but the caller's bytes was read: the caller broke the connection off, whatever the error says.
    return err(incomplete);
  }
}

/** The parsed JSON of a request, or 415, 413, 422, 400 as a failure. An empty body reads as `{}`. */
export async function readJson(request: Request, limits: BodyLimits): Promise<Result<unknown, Failure>> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  const encoding = (request.headers.get('content-encoding') ?? 'identity').trim().toLowerCase();
  const gzip = encoding === 'gzip' && limits.inflatedBytesMax !== undefined;
  const whole = await readBytes(request, limits.wireBytesMax);
  if (!whole.ok) return whole;
  const wire = whole.value;
  if (wire.byteLength === 0 && type === '') return ok({});
  if (type !== 'application/json') return err(unsupported('the body must be application/json'));
  if (encoding !== 'identity' && !gzip)
    return err(unsupported(`the content encoding ${encoding.slice(0, 20)} is not taken here`));
  const plain = gzip ? await inflate(wire, limits.inflatedBytesMax ?? 0) : ok(wire);
  if (!plain.ok) return plain;
  if (plain.value.byteLength === 0) return ok({});
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(plain.value);
  } catch {
    return err(invalidJson);
  }
  return parse(text, limits.mendsText);
}
