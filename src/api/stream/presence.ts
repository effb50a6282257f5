import type { Duplex } from 'node:stream';

/** How often a half-closed connection is asked whether anybody still reads, in milliseconds. */
const probeEveryMs = 5000;
const nothing = Buffer.alloc(0);

/**
 * Calls `onGone` once when the client has left. The end of its input is no sign of that: a client without stdin shuts its
 * write side at once. A unix socket refuses even an empty write (EPIPE) when the peer is closed, so after the end of
 * input that is tried now and then, or a silent container would keep what an abandoned client held.
 */
export function watchPresence(socket: Duplex, onGone: () => void, everyMs = probeEveryMs): void {
  let probe: NodeJS.Timeout | undefined;
  socket.on('error', () => {}); // 'close' follows
  socket.once('end', () => {
    probe = setInterval(() => socket.write(nothing), everyMs).unref();
  });
  socket.once('close', () => {
    clearInterval(probe);
    onGone();
  });
  if (socket.destroyed) onGone();
}
