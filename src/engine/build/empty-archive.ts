import { Readable } from 'node:stream';

/** Two blocks of zeros: what makes only the folder that it is unpacked under. */
export const emptyArchive = (): Readable => Readable.from([Buffer.alloc(1024)], { objectMode: false });
