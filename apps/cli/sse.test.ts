import fc from 'fast-check';
import { serverEvents, type ServerEvent } from './sse';

function streamOf(text: string, cuts: readonly number[]): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  const edges = [
    0,
    ...[...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b),
    bytes.length,
  ];
  return new ReadableStream({
    start(controller) {
      edges.slice(1).forEach((edge, at) => controller.enqueue(bytes.slice(edges[at], edge)));
      controller.close();
    },
  });
}

async function collect(stream: ReadableStream<Uint8Array>): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of serverEvents(stream)) events.push(event);
  return events;
}

test('events survive any cut of the stream, comments and progress without an id included', async () => {
  const text = ': ping\n\nid: 7\nevent: admitted\ndata: {"é":1}\n\nevent: progress\ndata: a\ndata: b\n\n';
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat()), async (cuts) => {
      expect(await collect(streamOf(text, cuts))).toEqual([
        { id: '7', event: 'admitted', data: '{"é":1}' },
        { event: 'progress', data: 'a\nb' },
      ]);
    }),
  );
});
