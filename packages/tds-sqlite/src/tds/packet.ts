/** Packets: eight bytes of header (type, status, length, spid, number, window), then a payload. */

import { ProtocolError } from './byte-reader.ts';

export const headerSize = 8;
export const defaultPacketSize = 4096;
/** MS-TDS 2.2.3.1.3 */
export const maximumPacketSize = 32_767;
export const minimumPacketSize = 512;

export const packetType = {
  batch: 0x01,
  rpc: 0x03,
  response: 0x04,
  attention: 0x06,
  bulkLoad: 0x07,
  federatedToken: 0x08,
  transaction: 0x0e,
  login: 0x10,
  prelogin: 0x12,
} as const;

const fromClient: ReadonlySet<number> = new Set([
  packetType.batch,
  packetType.rpc,
  packetType.attention,
  packetType.bulkLoad,
  packetType.federatedToken,
  packetType.transaction,
  packetType.login,
  packetType.prelogin,
]);

export const packetStatus = {
  /** The message ends with this packet. */
  end: 0x01,
  /** The client took the message back while it was sending it. */
  ignore: 0x02,
  resetConnection: 0x08,
  resetConnectionKeepTransaction: 0x10,
} as const;

export interface Packet {
  type: number;
  status: number;
  payload: Buffer;
}

/** Cuts the client's bytes into packets, however TCP has cut them. */
export class PacketReader {
  #rest: Buffer = Buffer.alloc(0);

  /** Throws a ProtocolError at the first header that cannot be one. */
  *read(chunk: Buffer): Generator<Packet> {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      // A wrong first byte is told at once: whoever speaks something else may never send eight.
      const type = bytes[0];
      if (type !== undefined && !fromClient.has(type)) {
        throw new ProtocolError(`0x${type.toString(16)} is not the type of a packet`);
      }
      if (bytes.length < headerSize) {
        break;
      }
      const length = bytes.readUInt16BE(2);
      if (length < headerSize || length > maximumPacketSize) {
        throw new ProtocolError(`a packet of ${length} bytes`);
      }
      if (bytes.length < length) {
        break;
      }
      const packet = bytes.subarray(0, length);
      bytes = bytes.subarray(length);
      this.#rest = bytes;
      yield {
        type: packet.readUInt8(0),
        status: packet.readUInt8(1),
        payload: packet.subarray(headerSize),
      };
    }
    this.#rest = bytes;
  }
}

/**
 * Cuts `payload` into packets. `end` marks the last one as the message's last;
 * `firstNumber` counts on from the packets before, modulo 256.
 */
export function framePackets(
  payload: Uint8Array,
  options: { packetSize: number; spid: number; firstNumber: number; end: boolean; type: number },
): { bytes: Buffer; count: number } {
  const capacity = options.packetSize - headerSize;
  const count = Math.max(1, Math.ceil(payload.length / capacity));
  const bytes = Buffer.allocUnsafe(payload.length + count * headerSize);
  for (let index = 0; index < count; index++) {
    const from = index * capacity;
    const part = payload.subarray(from, from + capacity);
    const at = index * options.packetSize;
    bytes[at] = options.type;
    bytes[at + 1] = options.end && index === count - 1 ? packetStatus.end : 0;
    bytes.writeUInt16BE(part.length + headerSize, at + 2);
    bytes.writeUInt16BE(options.spid & 0xffff, at + 4);
    bytes[at + 6] = (options.firstNumber + index) & 0xff;
    bytes[at + 7] = 0;
    bytes.set(part, at + headerSize);
  }
  return { bytes, count };
}
