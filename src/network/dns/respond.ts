import { lookup } from './lookup.ts';
import { headerBytes, parseQuery, Rcode, readQuestion } from './message/query.ts';
import { type Answer, replyLimit, writeError, writeReply } from './message/reply.ts';
import { shuffle } from './shuffle.ts';
import type { SandboxView } from './types.ts';
import type { Zones } from './zones.ts';

/** What became of a query: the length of the answer that stands in its place now, or one of these. */
export const noAnswer = 0;
export const askOthers = -1;

/** Questions that one sandbox asked lately. One that asks for ever new names must not fill the memory. */
const maxRemembered = 1000;

/**
 * Answers the queries of one sandbox from the zones. What a question's bytes led to is remembered until a zone
 * changes, so that nearly all queries cost one look into a map.
 */
export class Responder {
  readonly #zones: Zones;
  readonly #remembered = new Map<string, readonly Answer[] | undefined>();
  #generation = -1;
  view: SandboxView;

  constructor(zones: Zones, view: SandboxView) {
    this.#zones = zones;
    this.view = view;
  }

  /**
   * Answers the query in the first `length` bytes in place, at most as long as the buffer: the answer's length,
   * `noAnswer` for noise, or `askOthers` with the query untouched.
   */
  respond(bytes: Buffer, length: number, transport: 'udp' | 'tcp'): number {
    const query = parseQuery(bytes, length);
    if (query === undefined) return noAnswer;
    if ('rcode' in query) return writeError(bytes, query.rcode);
    if (query.edns !== undefined && query.edns.version !== 0) return writeError(bytes, Rcode.badVers, query);
    const key = bytes.toString('latin1', headerBytes, query.end);
    this.#forgetOld();
    let answers = this.#remembered.get(key);
    if (answers === undefined && !this.#remembered.has(key)) {
      answers = lookup(this.#zones, this.view, readQuestion(bytes, query));
      this.#remembered.set(key, answers);
    }
    if (answers === undefined) return askOthers;
    return writeReply(bytes, query, shuffle(answers), replyLimit(query, transport));
  }

  #forgetOld(): void {
    if (this.#generation === this.#zones.generation && this.#remembered.size < maxRemembered) return;
    this.#generation = this.#zones.generation;
    this.#remembered.clear();
  }
}
