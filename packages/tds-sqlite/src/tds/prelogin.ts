import { ProtocolError } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

const option = {
  version: 0,
  encryption: 1,
  instance: 2,
  threadId: 3,
  mars: 4,
  federated: 6,
} as const;
const terminator = 0xff;
/** Each entry of the table: token, offset and length, the last two from high to low. */
const entrySize = 5;

export const encryption = { off: 0, on: 1, notSupported: 2, required: 3 } as const;

/** What the client says of encryption (`notSupported` where it says nothing) and of Entra. */
export function readPrelogin(body: Buffer): { encryption: number; federated: boolean } {
  let asked: number = encryption.notSupported;
  let federated = false;
  for (let at = 0; body[at] !== terminator; at += entrySize) {
    if (at + entrySize > body.length) {
      throw new ProtocolError('PRELOGIN without an end of its table');
    }
    const offset = body.readUInt16BE(at + 1);
    const length = body.readUInt16BE(at + 3);
    if (offset + length > body.length) {
      throw new ProtocolError(`PRELOGIN option ${body[at]} lies outside of the message`);
    }
    if (body[at] === option.encryption && length > 0) {
      asked = body.readUInt8(offset);
    }
    if (body[at] === option.federated && length > 0) {
      federated = body.readUInt8(offset) === 1;
    }
  }
  return { encryption: asked, federated };
}

export function writePrelogin(
  writer: ByteWriter,
  answer: {
    encryption: number;
    federated: boolean;
    version: { major: number; minor: number; build: number };
  },
): void {
  const { major, minor, build } = answer.version;
  const options: [number, number[]][] = [
    [option.version, [major, minor, build >> 8, build & 0xff, 0, 0]],
    [option.encryption, [answer.encryption]],
    [option.instance, [0]],
    [option.threadId, []],
    [option.mars, [0]],
    ...(answer.federated ? [[option.federated, [1]] satisfies [number, number[]]] : []),
  ];
  let offset = options.length * entrySize + 1;
  for (const [name, data] of options) {
    writer.bytes(Uint8Array.of(name, offset >> 8, offset & 0xff, 0, data.length));
    offset += data.length;
  }
  writer.uint8(terminator);
  for (const [, data] of options) {
    writer.bytes(Uint8Array.from(data));
  }
}
