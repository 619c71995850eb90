const initialSize = 64 * 1024;

/**
 * Little-endian fields into one growing buffer, which is used again and again. `length` may be
 * set back to take back what was written since.
 */
export class ByteWriter {
  buffer = Buffer.allocUnsafeSlow(initialSize);
  length = 0;

  /** Makes room for `size` bytes, moves past them and answers where they begin. */
  reserve(size: number): number {
    const start = this.length;
    const end = start + size;
    if (end > this.buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(end, this.buffer.length * 2));
      this.buffer.copy(larger, 0, 0, start);
      this.buffer = larger;
    }
    this.length = end;
    return start;
  }

  /** The bytes up to `length` as they stand: a view that the next write may change. */
  view(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  /** Drops the first `size` bytes, and the memory that one huge value needed. */
  discard(size: number): void {
    if (this.buffer.length > 16 * initialSize && this.length - size < initialSize) {
      const smaller = Buffer.allocUnsafeSlow(initialSize);
      this.buffer.copy(smaller, 0, size, this.length);
      this.buffer = smaller;
    } else {
      this.buffer.copyWithin(0, size, this.length);
    }
    this.length -= size;
  }

  uint8(value: number): void {
    const start = this.reserve(1);
    this.buffer[start] = value;
  }

  uint16(value: number): void {
    const start = this.reserve(2);
    this.buffer.writeUInt16LE(value, start);
  }

  int16(value: number): void {
    const start = this.reserve(2);
    this.buffer.writeInt16LE(value, start);
  }

  uint32(value: number): void {
    const start = this.reserve(4);
    this.buffer.writeUInt32LE(value, start);
  }

  int32(value: number): void {
    const start = this.reserve(4);
    this.buffer.writeInt32LE(value, start);
  }

  /** Up to 6 bytes. */
  uint(value: number, size: number): void {
    const start = this.reserve(size);
    this.buffer.writeUIntLE(value, start, size);
  }

  uint64(value: bigint): void {
    const start = this.reserve(8);
    this.buffer.writeBigUInt64LE(value, start);
  }

  int64(value: bigint): void {
    const start = this.reserve(8);
    this.buffer.writeBigInt64LE(value, start);
  }

  float(value: number): void {
    const start = this.reserve(4);
    this.buffer.writeFloatLE(value, start);
  }

  double(value: number): void {
    const start = this.reserve(8);
    this.buffer.writeDoubleLE(value, start);
  }

  bytes(value: Uint8Array): void {
    const start = this.reserve(value.length);
    this.buffer.set(value, start);
  }

  utf16(text: string): void {
    const start = this.reserve(text.length * 2);
    this.buffer.write(text, start, 'utf16le');
  }

  /** B_VARCHAR: a byte of length in characters, then UTF-16. Cut at 255 characters. */
  shortText(text: string): void {
    const cut = text.slice(0, 255);
    this.uint8(cut.length);
    this.utf16(cut);
  }

  /** US_VARCHAR: two bytes of length in characters, then UTF-16. */
  longText(text: string): void {
    this.uint16(text.length);
    this.utf16(text);
  }
}
