/** A stream that passes everything on and says how many bytes went through it, when they do. */

/** @param onBytes called with each piece's length; nothing is read before somebody reads it */
export function countedBody(
  body: ReadableStream<Uint8Array>,
  onBytes: (bytes: number) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        onBytes(value.byteLength);
        controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    // No piece is fetched ahead: what nobody asks for was not sent.
    { highWaterMark: 0 },
  );
}
