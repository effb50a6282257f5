import { messageOf } from '../../base/index.ts';
import { breakOff, type Client, type Reply } from '../http/client.ts';
import { Outlet } from './outlet.ts';

/** Objects as they come, one a line, each whole in one chunk; the head at once. */
export function jsonLines(items: AsyncIterable<object>): Reply {
  return async (client) => {
    begin(client);
    await writeLines(client, items[Symbol.asyncIterator]());
  };
}

/** The same, but a failure before the first object is an ordinary refusal with a status. */
export function jsonLinesChecked(items: AsyncIterable<object>): Reply {
  return async (client) => {
    const source = items[Symbol.asyncIterator]();
    const first = await source.next();
    begin(client);
    await writeLines(client, source, first);
  };
}

/** The first object only, as a document. */
export function firstOf(items: AsyncIterable<object>): Reply {
  return async ({ response }) => {
    const source = items[Symbol.asyncIterator]();
    const first = await source.next();
    await source.return?.();
    const body = Buffer.from(first.done ? '' : `${JSON.stringify(first.value)}\n`);
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length });
    response.end(body);
  };
}

/** Progress of a long verb: a failure after the first line is a last line, as Docker's clients read it. */
export function progressLines(items: AsyncIterable<object>): Reply {
  return jsonLinesChecked(withFailureLine(items));
}

/** The same with no refusal: every failure is a line. So load answers, and clients look for its failures there. */
export function progressLinesAlways(items: AsyncIterable<object>): Reply {
  return jsonLines(withFailureLine(items, true));
}

async function* withFailureLine(items: AsyncIterable<object>, always = false): AsyncIterable<object> {
  let begun = always;
  try {
    for await (const item of items) {
      begun = true;
      yield item;
    }
  } catch (error) {
    if (!begun) throw error;
    const message = messageOf(error);
    yield { errorDetail: { message }, error: message };
  }
}

function begin({ response }: Client): void {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.flushHeaders();
}

async function writeLines(client: Client, source: AsyncIterator<object>, first?: IteratorResult<object>) {
  const { response } = client;
  const outlet = new Outlet(response);
  const gone = new Promise<{ readonly done: true }>((resolve) => response.once('close', () => resolve({ done: true })));
  try {
    let item = first ?? (await Promise.race([source.next(), gone]));
    while (!item.done && !outlet.closed) {
      const full = outlet.write(`${JSON.stringify(item.value)}\r\n`);
      if (full) await full;
      item = await Promise.race([source.next(), gone]);
    }
    outlet.end();
  } catch (error) {
    client.log.warn(`${client.request.method} ${client.request.url}: stream broken off: ${messageOf(error)}`);
    breakOff(client);
  } finally {
    void source.return?.()?.catch(() => {});
  }
}
