import { ProtocolError } from './byte-reader.ts';
import { type Packet, packetStatus } from './packet.ts';

export interface IncomingMessage {
  type: number;
  /** Bits of the first packet's status. */
  status: number;
  /** The client took it back half-way: it is answered, not served. */
  ignored: boolean;
  body: Buffer;
}

/** Large enough for a bulk load or a (max) value, small enough for one client not to end all. */
const maximumMessageSize = 256 * 1024 * 1024;
/** LOGIN7 is at most 128 KiB (MS-TDS 2.2.6.4); nothing else comes before it. */
const maximumSizeBeforeLogin = 128 * 1024;

/**
 * Puts packets together to messages and holds at most one of them until it is taken: a client
 * sends its next request when it has read the response to the last.
 */
export class Inbox {
  #type = 0;
  #status = 0;
  #parts: Buffer[] = [];
  #size = 0;
  #waiting: IncomingMessage | undefined;
  #wake: (() => void) | undefined;
  #closed = false;
  loggedIn = false;

  /** Takes one packet, but for an attention. Throws a ProtocolError. */
  put(packet: Packet): void {
    if (this.#parts.length === 0) {
      this.#type = packet.type;
      this.#status = packet.status;
    } else if (packet.type !== this.#type) {
      throw new ProtocolError(`a packet of type ${packet.type} in a message of ${this.#type}`);
    }
    this.#parts.push(packet.payload);
    this.#size += packet.payload.length;
    const limit = this.loggedIn ? maximumMessageSize : maximumSizeBeforeLogin;
    if (this.#size > limit) {
      throw new ProtocolError(`a message above ${limit} bytes`);
    }
    if (packet.status & packetStatus.end) {
      const [first, ...others] = this.#parts;
      const message: IncomingMessage = {
        type: this.#type,
        status: this.#status,
        ignored: (packet.status & packetStatus.ignore) !== 0,
        body: first && others.length === 0 ? first : Buffer.concat(this.#parts, this.#size),
      };
      this.dropPartial();
      this.#deliver(message);
    }
  }

  #deliver(message: IncomingMessage): void {
    if (this.#waiting) {
      throw new ProtocolError('a third request before the response to the first');
    }
    this.#waiting = message;
    this.#wake?.();
  }

  /** An attention in the middle of a message takes it back. */
  dropPartial(): void {
    this.#parts = [];
    this.#size = 0;
  }

  /** Takes back the message that waits, if one does. */
  dropWaiting(): boolean {
    const dropped = this.#waiting !== undefined;
    this.#waiting = undefined;
    return dropped;
  }

  /** The next message, or undefined once closed. One caller at a time. */
  async take(): Promise<IncomingMessage | undefined> {
    // The message stays here until the caller runs, so that an attention right after it finds it.
    while (!this.#waiting && !this.#closed) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    const message = this.#waiting;
    this.#waiting = undefined;
    return message;
  }

  /** Like `take`, for a message that can only be of one type. */
  async expect(type: number): Promise<IncomingMessage | undefined> {
    const message = await this.take();
    if (message && message.type !== type) {
      throw new ProtocolError(`a message of type ${message.type} where ${type} belongs`);
    }
    return message;
  }

  close(): void {
    this.#closed = true;
    this.dropPartial();
    this.#waiting = undefined;
    this.#wake?.();
  }
}
