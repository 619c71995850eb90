/** Speaks TDS byte by byte, to do what no proper client does. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { TdsServer } from '../../src/tds/server.ts';

export const type = {
  batch: 1,
  rpc: 3,
  attention: 6,
  bulkLoad: 7,
  transaction: 14,
  login: 16,
  prelogin: 18,
};

/** One packet; `length` is what its header says of its size. */
export function packet(
  packetType: number,
  payload: Uint8Array,
  status = 1,
  length?: number,
): Buffer {
  const header = Buffer.alloc(8);
  header[0] = packetType;
  header[1] = status;
  header.writeUInt16BE((length ?? payload.length + 8) & 0xffff, 2);
  header[6] = 1;
  return Buffer.concat([header, payload]);
}

export const preloginBody = Buffer.from('0100060001ff02', 'hex');

/** ALL_HEADERS with no transaction. */
export const headers = Buffer.from('16000000120000000200000000000000000001000000', 'hex');

export function batchBody(sql: string): Buffer {
  return Buffer.concat([headers, Buffer.from(sql, 'utf16le')]);
}

export function loginBody(
  fields: {
    user?: string;
    password?: string;
    database?: string;
    version?: number;
    size?: number;
  } = {},
): Buffer {
  const obscured = Buffer.from(fields.password ?? 'Пароль1', 'utf16le').map(
    (byte) => ((byte << 4) | (byte >> 4)) ^ 0xa5,
  );
  const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
  const values = [
    utf16('host'),
    utf16(fields.user ?? 'sa'),
    Buffer.from(obscured),
    utf16('raw'),
    utf16('server'),
    Buffer.alloc(0),
    utf16('raw client'),
    utf16(''),
    utf16(fields.database ?? 'HCS'),
  ];
  const fixed = Buffer.alloc(94);
  let offset = fixed.length;
  for (const [index, value] of values.entries()) {
    fixed.writeUInt16LE(offset, 36 + index * 4);
    fixed.writeUInt16LE(value.length / 2, 38 + index * 4);
    offset += value.length;
  }
  fixed.writeUInt32LE(offset, 0);
  fixed.writeUInt32LE(fields.version ?? 0x74000004, 4);
  fixed.writeUInt32LE(fields.size ?? 4096, 8);
  return Buffer.concat([fixed, ...values]);
}

export interface Reply {
  body: Buffer;
  /** Sizes of its packets, headers included. */
  packets: number[];
}

export class RawClient {
  readonly socket: Socket;
  readonly closed: Promise<unknown>;
  #bytes = Buffer.alloc(0);
  #parts: Buffer[] = [];
  #packets: number[] = [];
  #replies: Reply[] = [];
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    this.closed = once(socket, 'close');
    socket.on('data', (chunk) => this.#receive(chunk));
    // A cut connection is what many tests are about.
    socket.on('error', () => {});
    socket.on('close', () => this.#wake?.());
  }

  /** Closed at the end of the test, if not before. */
  static async connect(test: TestContext, tds: TdsServer): Promise<RawClient> {
    const socket = connect(tds.port, '127.0.0.1');
    await once(socket, 'connect');
    const client = new RawClient(socket);
    test.after(() => client.close());
    return client;
  }

  static async login(
    test: TestContext,
    tds: TdsServer,
    fields?: Parameters<typeof loginBody>[0],
  ): Promise<RawClient> {
    const client = await RawClient.connect(test, tds);
    client.send(type.prelogin, preloginBody);
    await client.reply();
    client.send(type.login, loginBody(fields));
    return client;
  }

  #receive(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    for (;;) {
      const length = this.#bytes.length < 8 ? 8 : this.#bytes.readUInt16BE(2);
      if (this.#bytes.length < length) {
        return;
      }
      this.#parts.push(this.#bytes.subarray(8, length));
      this.#packets.push(length);
      const last = this.#bytes.readUInt8(1) & 1;
      this.#bytes = this.#bytes.subarray(length);
      if (last) {
        this.#replies.push({ body: Buffer.concat(this.#parts), packets: this.#packets });
        this.#parts = [];
        this.#packets = [];
        this.#wake?.();
      }
    }
  }

  send(packetType: number, payload: Uint8Array, status?: number): void {
    this.socket.write(packet(packetType, payload, status));
  }

  /** The next message, or undefined when the server cut the connection before its end. */
  async reply(): Promise<Reply | undefined> {
    while (this.#replies.length === 0 && !this.socket.destroyed) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    return this.#replies.shift();
  }

  async close(): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }
}

/** Status bits of the DONE, DONEPROC or DONEINPROC that ends a message. */
export function lastDone(reply: Reply | undefined): {
  token: number;
  status: number;
  rowCount: number;
} {
  const done = reply?.body.subarray(-13) ?? Buffer.alloc(13);
  return {
    token: done.readUInt8(0),
    status: done.readUInt16LE(1),
    rowCount: Number(done.readBigUInt64LE(5)),
  };
}
