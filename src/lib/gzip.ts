/** Text as gzip and back, by the web platform's streams. */

const through = async (bytes: Uint8Array, by: CompressionStream | DecompressionStream): Promise<Uint8Array> =>
  new Uint8Array(
    await new Response(new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(by)).arrayBuffer(),
  );

export const gzip = (text: string): Promise<Uint8Array> =>
  through(new TextEncoder().encode(text), new CompressionStream('gzip'));

/** @throws TypeError when the bytes are no whole gzip */
export const gunzip = async (bytes: Uint8Array): Promise<string> =>
  new TextDecoder().decode(await through(bytes, new DecompressionStream('gzip')));
