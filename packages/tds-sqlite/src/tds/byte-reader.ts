/** The client broke the protocol: its connection is closed, nothing else is touched. */
export class ProtocolError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProtocolError';
  }
}

/** What the client asks for is in the protocol, but not in this server: it is told so and stays. */
export class UnsupportedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnsupportedError';
  }
}

/** Reads little-endian fields off a message. Reading past its end is a ProtocolError. */
export class ByteReader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#position;
  }

  /** Moves past `size` bytes and answers where they began. */
  #take(size: number): number {
    const start = this.#position;
    if (size > this.#bytes.length - start) {
      throw new ProtocolError(
        `the message ends at byte ${this.#bytes.length}, but ${size} bytes are announced at ${start}`,
      );
    }
    this.#position = start + size;
    return start;
  }

  peekUint8(): number {
    const start = this.#take(1);
    this.#position = start;
    return this.#bytes.readUInt8(start);
  }

  uint8(): number {
    return this.#bytes.readUInt8(this.#take(1));
  }

  uint16(): number {
    return this.#bytes.readUInt16LE(this.#take(2));
  }

  int16(): number {
    return this.#bytes.readInt16LE(this.#take(2));
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#take(4));
  }

  int32(): number {
    return this.#bytes.readInt32LE(this.#take(4));
  }

  /** Up to 6 bytes. */
  uint(size: number): number {
    return this.#bytes.readUIntLE(this.#take(size), size);
  }

  uint64(): bigint {
    return this.#bytes.readBigUInt64LE(this.#take(8));
  }

  int64(): bigint {
    return this.#bytes.readBigInt64LE(this.#take(8));
  }

  float(): number {
    return this.#bytes.readFloatLE(this.#take(4));
  }

  double(): number {
    return this.#bytes.readDoubleLE(this.#take(8));
  }

  /** A view, valid as long as the message is. */
  bytes(size: number): Buffer {
    const start = this.#take(size);
    return this.#bytes.subarray(start, start + size);
  }

  /** UTF-16 of `length` code units. */
  utf16(length: number): string {
    const start = this.#take(length * 2);
    return this.#bytes.toString('utf16le', start, start + length * 2);
  }

  /** B_VARCHAR: a byte of length in characters, then UTF-16. */
  shortText(): string {
    return this.utf16(this.uint8());
  }

  /** US_VARCHAR: two bytes of length in characters, then UTF-16. */
  longText(): string {
    return this.utf16(this.uint16());
  }
}
