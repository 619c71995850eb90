/** Rows that come before their turn: compressed in a temporary file. */

import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

/** Bytes on the disk, which has 500 MB where the platform gives least; ten times as much of XML. */
const mostBytes = 256 * 1024 * 1024;

/** Bytes that are read at once. */
const pieceLength = 65_536;

/** What is below the rows of one answer takes too much room. */
export class SpoolFullError extends Error {
  override readonly name = 'SpoolFullError';

  constructor(limit: number) {
    const most = `${Math.floor(limit / (1024 * 1024))} MB`;
    super(`The nested datasets of a workbook take more than ${most} when they are compressed`);
  }
}

/** The room that all files of an answer have together. */
export class SpoolRoom {
  readonly #limit: number;
  #used = 0;

  constructor(limit = mostBytes) {
    this.#limit = limit;
  }

  /** @throws SpoolFullError */
  take(bytes: number): void {
    this.#used += bytes;
    if (this.#used > this.#limit) throw new SpoolFullError(this.#limit);
  }
}

export class Spool {
  readonly #file: FileHandle;
  readonly #room: SpoolRoom;
  readonly #packer = createGzip({ level: 1 });
  readonly #written: Promise<void>;
  #failure: unknown;

  private constructor(file: FileHandle, room: SpoolRoom) {
    this.#file = file;
    this.#room = room;
    // What a packer that has been left says of what comes after is told by `write`.
    this.#packer.on('error', () => {});
    this.#written = this.#fill();
    this.#written.catch((error: unknown) => {
      this.#failure = error;
    });
  }

  /** The file has no name any more when it is there, so that nothing is left however this ends. */
  static async open(room: SpoolRoom): Promise<Spool> {
    const path = join(tmpdir(), `syncboard-${randomUUID()}`);
    const file = await open(path, 'wx+', 0o600);
    try {
      await unlink(path);
    } catch (error) {
      await file.close();
      throw error;
    }
    return new Spool(file, room);
  }

  /** @throws SpoolFullError, or what the disk fails with, in time or with the next text */
  async write(text: string): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#packer.write(text)) return;
    const drained = Promise.withResolvers<void>();
    this.#packer.once('drain', drained.resolve);
    await Promise.race([drained.promise, this.#written]);
  }

  /** What was written; nothing can be written after. @throws as `write` */
  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    this.#packer.end();
    await this.#written;
    const unpacked = createGunzip();
    const reading = pipeline(this.#packed(), unpacked);
    reading.catch(() => {});
    try {
      yield* unpacked as AsyncIterable<Uint8Array>;
    } finally {
      unpacked.destroy();
      await reading.catch(() => {});
    }
  }

  /** Gives the room on the disk back. Never throws. */
  async close(): Promise<void> {
    this.#packer.destroy();
    await this.#written.catch(() => {});
    await this.#file.close().catch(() => {});
  }

  async #fill(): Promise<void> {
    for await (const part of this.#packer as AsyncIterable<Buffer>) {
      this.#room.take(part.length);
      await this.#file.writeFile(part);
    }
  }

  async *#packed(): AsyncGenerator<Buffer, void, undefined> {
    for (let position = 0; ; ) {
      const { bytesRead, buffer } = await this.#file.read({
        buffer: Buffer.allocUnsafe(pieceLength),
        position,
      });
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }
}
