export interface JournalEvent {
  readonly seq?: number;
  readonly type?: string;
  readonly candidate?: string;
  readonly n?: number;
  readonly phase?: string;
  readonly step?: number;
  readonly steps?: number;
}

interface Block {
  readonly id?: string;
  readonly data: string;
}

/** Splits what has arrived of an event stream into whole blocks and the unfinished rest (WHATWG HTML §9.2.6). */
export function takeBlocks(buffer: string): { readonly blocks: readonly Block[]; readonly rest: string } {
  const parts = buffer.replace(/\r\n?/g, '\n').split('\n\n');
  const rest = parts.pop() ?? '';
  const blocks = parts.map(parseBlock).filter((block) => block.data !== '');
  return { blocks, rest };
}

function parseBlock(text: string): Block {
  const lines = text.split('\n');
  const of = (key: string) =>
    lines
      .filter((line) => line.startsWith(`${key}:`))
      .map((line) => line.slice(key.length + 1).replace(/^ /, ''));
  const id = of('id')[0];
  return { data: of('data').join('\n'), ...(id === undefined ? {} : { id }) };
}

const RETRY_MS = 2_000;

/** Follows a search's journal until aborted; after a loss it goes on behind the last event it saw. */
export async function followJournal(
  searchId: string,
  after: number | undefined,
  onEvent: (event: JournalEvent) => void,
  onState: (live: boolean) => void,
  signal: AbortSignal,
): Promise<void> {
  let last = after === undefined ? undefined : String(after);
  while (!signal.aborted) {
    try {
      const answer = await fetch(`/v1/searches/${searchId}/journal`, {
        credentials: 'same-origin',
        headers: { accept: 'text/event-stream', ...(last === undefined ? {} : { 'last-event-id': last }) },
        signal,
      });
      if (answer.status === 401 || answer.status === 404) return;
      if (!answer.ok || answer.body === null) throw new Error(`HTTP ${answer.status}`);
      onState(true);
      last = await drain(answer.body, last, onEvent);
    } catch {
      if (signal.aborted) return;
    }
    onState(false);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

async function drain(
  body: ReadableStream<Uint8Array>,
  last: string | undefined,
  onEvent: (event: JournalEvent) => void,
): Promise<string | undefined> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
  let buffer = '';
  let seen = last;
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    const { blocks, rest } = takeBlocks(buffer + chunk.value);
    buffer = rest;
    for (const block of blocks) {
      seen = block.id ?? seen;
      onEvent(JSON.parse(block.data) as JournalEvent);
    }
  }
  return seen;
}
