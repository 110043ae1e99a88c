export interface ServerEvent {
  readonly id?: string;
  readonly event: string;
  readonly data: string;
}

function parseBlock(block: string): ServerEvent | undefined {
  const fields = new Map<string, string[]>();
  for (const line of block.split('\n')) {
    if (line === '' || line.startsWith(':')) continue;
    const at = line.indexOf(':');
    const key = at === -1 ? line : line.slice(0, at);
    const value = at === -1 ? '' : line.slice(at + 1).replace(/^ /, '');
    fields.set(key, [...(fields.get(key) ?? []), value]);
  }
  const data = fields.get('data');
  if (data === undefined) return undefined;
  const id = fields.get('id')?.[0];
  return {
    event: fields.get('event')?.[0] ?? 'message',
    data: data.join('\n'),
    ...(id === undefined ? {} : { id }),
  };
}

/** Events of one `text/event-stream` answer, in order (WHATWG HTML §9.2.6); ends when the server closes it. */
export async function* serverEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let buffer = '';
  for await (const chunk of body) {
    buffer += decoder.decode(chunk, { stream: true }).replace(/\r\n?/g, '\n');
    const blocks = buffer.split('\n\n');
    buffer = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parseBlock(block);
      if (event !== undefined) yield event;
    }
  }
}
