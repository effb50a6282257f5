/** Who answers what a listener hears. */
export type Handler = {
  /**
   * Answers the message in the first `length` bytes in place and says how long the answer is; or `noAnswer`; or
   * `askOthers`, with the message untouched.
   */
  readonly respond: (bytes: Buffer, length: number, transport: 'udp' | 'tcp') => number;
  /** The answer of others to a message, which is the handler's to keep. Never rejects. */
  readonly forward: (message: Buffer, transport: 'udp' | 'tcp') => Promise<Buffer>;
};
