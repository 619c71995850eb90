import type { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ByteWriter } from './byte-writer.ts';
import { defaultPacketSize, framePackets, headerSize, packetType } from './packet.ts';

/** How many bytes of tokens are gathered before packets are made of them. */
const sendAt = 32 * 1024;

/** Responses on their way to the client: tokens in, packets out. */
export class Outbox {
  readonly writer = new ByteWriter();
  packetSize = defaultPacketSize;
  spid = 0;
  stream: Duplex;
  #number = 1;
  #sentSinceTurn = false;

  constructor(stream: Duplex) {
    this.stream = stream;
  }

  /** Call between tokens: sends full packets once there is enough for them. */
  sendFull(): void {
    if (this.writer.length >= sendAt) {
      const capacity = this.packetSize - headerSize;
      this.#send(Math.floor(this.writer.length / capacity) * capacity, false);
    }
  }

  /** Sends everything there is, as a message's middle; the client sees it at once. */
  flush(): void {
    if (this.writer.length > 0) {
      this.#send(this.writer.length, false);
    }
  }

  /** Ends the message. */
  end(): void {
    this.#send(this.writer.length, true);
    this.#number = 1;
  }

  #send(size: number, end: boolean): void {
    const { bytes, count } = framePackets(this.writer.view().subarray(0, size), {
      packetSize: this.packetSize,
      spid: this.spid,
      firstNumber: this.#number,
      end,
      type: packetType.response,
    });
    this.#number = (this.#number + count) & 0xff;
    this.writer.discard(size);
    this.#sentSinceTurn = true;
    if (this.stream.writable) {
      this.stream.write(bytes);
    }
  }

  /**
   * Resolves when the stream takes more; rejects with the signal's reason. After every send it
   * waits for one turn of the event loop at least, since writes to a fast reader never fill the
   * stream, and a cancel would else not be read.
   */
  ready(signal: AbortSignal): Promise<void> {
    return this.#sentSinceTurn || signal.aborted ? this.#wait(signal) : resolved;
  }

  async #wait(signal: AbortSignal): Promise<void> {
    this.#sentSinceTurn = false;
    signal.throwIfAborted();
    if (this.stream.writableNeedDrain) {
      await drained(this.stream, signal);
    } else {
      await nextTurn();
      signal.throwIfAborted();
    }
  }
}

const resolved = Promise.resolve();

function drained(stream: Duplex, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      stream.off('drain', settle);
      stream.off('close', settle);
      signal.removeEventListener('abort', settle);
      if (signal.aborted || stream.destroyed) {
        reject(signal.reason ?? new Error('the client is gone'));
      } else {
        resolve();
      }
    };
    stream.on('drain', settle);
    stream.on('close', settle);
    signal.addEventListener('abort', settle);
  });
}
