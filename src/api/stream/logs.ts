import { messageOf } from '../../base/index.ts';
import type { LogChunk } from '../backend.ts';
import { breakOff, type Client, type Reply } from '../http/client.ts';
import { before } from '../versions/before.ts';
import { frame, multiplexedType, rawType } from './frame.ts';
import { Outlet } from './outlet.ts';

const typedSince = '1.42';
const newline = 0x0a;

export type LogReply = {
  readonly tty: boolean;
  readonly timestamps: boolean;
  /** Before every line, after its time; "" for nothing. */
  readonly prefix: string;
  readonly lines: AsyncIterable<LogChunk>;
};

/** A container's log: chunked, in frames unless it has a terminal; the head at once, for a silent one that is followed. */
export function logStream(options: LogReply): Reply {
  return async (client) => {
    const { response } = client;
    response.writeHead(200, contentType(client, options.tty));
    response.flushHeaders();
    try {
      const outlet = new Outlet(response);
      await copy(options, outlet);
      outlet.end();
    } catch (error) {
      if (!response.destroyed) client.log.warn(`logs: stream broken off: ${messageOf(error)}`);
      breakOff(client);
    }
  };
}

function contentType({ version }: Client, tty: boolean): Record<string, string> {
  if (before(version, typedSince)) return {};
  return { 'Content-Type': tty ? rawType : multiplexedType };
}

async function copy({ tty, timestamps, prefix, lines }: LogReply, outlet: Outlet): Promise<void> {
  const begun = { stdout: false, stderr: false };
  for await (const chunk of lines) {
    if (outlet.closed) return;
    const { stream, data } = chunk;
    // A line may come in parts: what stands before it belongs before its first.
    const head = begun[stream] ? '' : `${timestamps ? `${timeOf(chunk)} ` : ''}${prefix}`;
    begun[stream] = data.at(-1) !== newline;
    const text = head === '' ? data : Buffer.concat([Buffer.from(head), data]);
    const full = outlet.write(...(tty ? [text] : frame(stream, text)));
    if (full) await full;
  }
}

/** RFC 3339 with nine digits. */
function timeOf({ time, at }: LogChunk): string {
  return time ?? at.toISOString().replace('Z', '000000Z');
}
