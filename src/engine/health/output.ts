/** As much of a probe's output as Docker keeps. */
const limitBytes = 4096;

/** Reads all there is, and keeps its beginning; `...` says that there was more. */
export class ProbeOutput {
  readonly #kept: Buffer[] = [];
  #bytes = 0;
  #cut = false;

  async read(output: AsyncIterable<{ readonly data: Buffer }>): Promise<void> {
    for await (const { data } of output) {
      const room = limitBytes - this.#bytes;
      if (data.length > room) this.#cut = true;
      if (room === 0) continue;
      this.#kept.push(data.subarray(0, room));
      this.#bytes += Math.min(room, data.length);
    }
  }

  get text(): string {
    return `${Buffer.concat(this.#kept).toString()}${this.#cut ? '...' : ''}`;
  }
}
