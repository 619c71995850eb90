import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { selfSignedCertificate } from './certificate.ts';
import { defaultPacketSize, framePackets, PacketReader, packetType } from './packet.ts';

/** TLS 1.2 at most, as SQL Server below TDS 8; no tickets, which would come unasked for. */
export function createEncryption(): SecureContext {
  const { key, cert } = selfSignedCertificate();
  return createSecureContext({
    key: key.export({ type: 'pkcs8', format: 'pem' }),
    cert,
    maxVersion: 'TLSv1.2',
  });
}

/**
 * What TLS runs over: during the handshake its records travel inside PRELOGIN packets, and bare
 * from the client's first bare record on (MS-TDS 2.2.6.5). The server never speaks first then, so
 * that record is where both directions change.
 */
class HandshakeTransport extends Duplex {
  readonly #socket: Socket;
  readonly #packets = new PacketReader();
  #bare = false;
  #flight: Buffer[] = [];

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('drain', () => this.emit('room'));
    socket.on('close', () => this.destroy());
  }

  #receive(chunk: Buffer): void {
    this.#bare ||= chunk[0] !== packetType.prelogin;
    if (this.#bare) {
      this.#pushUp(chunk);
      return;
    }
    try {
      for (const packet of this.#packets.read(chunk)) {
        this.#pushUp(packet.payload);
      }
    } catch (error) {
      this.destroy(error instanceof Error ? error : undefined);
    }
  }

  #pushUp(bytes: Buffer): void {
    if (bytes.length > 0 && !this.push(bytes)) {
      this.#socket.pause();
    }
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    if (!this.#bare) {
      if (this.#flight.length === 0) {
        setImmediate(() => this.#sendFlight());
      }
      this.#flight.push(chunk);
      done();
    } else if (this.#socket.write(chunk)) {
      done();
    } else {
      this.once('room', () => done());
    }
  }

  /** Clients expect one message for each of theirs, so a flight is gathered first. */
  #sendFlight(): void {
    const { bytes } = framePackets(Buffer.concat(this.#flight), {
      packetSize: defaultPacketSize,
      spid: 0,
      firstNumber: 1,
      end: true,
      type: packetType.prelogin,
    });
    this.#flight = [];
    if (this.#socket.writable) {
      this.#socket.write(bytes);
    }
  }

  override _final(done: (error?: Error) => void): void {
    this.#socket.end();
    done();
  }
}

/** Serves the TLS handshake that follows PRELOGIN on `socket`. Rejects when it fails. */
export async function encrypt(
  socket: Socket,
  secureContext: SecureContext,
  signal: AbortSignal,
): Promise<Duplex> {
  const transport = new HandshakeTransport(socket);
  const encrypted = new TLSSocket(transport, { isServer: true, secureContext });
  encrypted.on('error', () => socket.destroy());
  transport.on('error', () => socket.destroy());
  await once(encrypted, 'secure', { signal });
  return encrypted;
}
