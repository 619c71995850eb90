import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { SecureContext } from 'node:tls';
import { SqlServerError } from '../procedure.ts';
import type { Backend, Session } from './backend.ts';
import { readBulkLoad } from './bulk.ts';
import { ProtocolError, UnsupportedError } from './byte-reader.ts';
import { encrypt } from './encryption.ts';
import { Inbox, type IncomingMessage } from './inbox.ts';
import { readAccessToken } from './login.ts';
import { answerLogin } from './login-response.ts';
import { Outbox } from './outbox.ts';
import { PacketReader, packetStatus, packetType } from './packet.ts';
import { encryption, readPrelogin, writePrelogin } from './prelogin.ts';
import { readBatch, readRpc, readTransactionRequest } from './request.ts';
import { Response } from './response.ts';
import {
  doneStatus,
  doneToken,
  writeDone,
  writeFederatedInfo,
  writeResetAcknowledgement,
} from './tokens.ts';
import { ValueError } from './types/codec.ts';

/** From the TCP connection to the end of the login. */
const loginTimeout = 15_000;
/** For a client that does not read the last response of a connection that ends. */
const lingerTimeout = 5000;
/** How long a cancelled request may wind down before the client is told that it is cancelled. */
const cancelGrace = 50;

/** A request being served. */
interface Running {
  controller: AbortController;
  response: Response;
  /** Resolves, never rejects, when the session has wound down. */
  settled: Promise<void>;
  /** Set by an attention: resolves when the client has been answered. */
  cancelled?: Promise<void>;
  acknowledged: boolean;
}

/** One client's connection, from its first packet to its end. */
export class Connection {
  readonly #socket: Socket;
  readonly #backend: Backend;
  readonly #secureContext: SecureContext;
  readonly #packets = new PacketReader();
  readonly #inbox = new Inbox();
  readonly #outbox: Outbox;
  readonly #lost = new AbortController();
  #running: Running | undefined;
  /** What the client was not told with its cancelled request goes before the next response. */
  #late: ReturnType<Response['takeLate']> = [];

  constructor(socket: Socket, backend: Backend, secureContext: SecureContext) {
    this.#socket = socket;
    this.#backend = backend;
    this.#secureContext = secureContext;
    this.#outbox = new Outbox(socket);
  }

  /** Serves until the connection and its session are closed. Never rejects. */
  async serve(): Promise<void> {
    const socket = this.#socket;
    socket.on('data', this.#receive);
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.destroy());
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
    socket.on('close', () => this.#lose());
    let session: Session | undefined;
    try {
      session = await this.#login();
      if (session) {
        await this.#serveRequests(session);
      }
    } catch {
      // Nothing sensible can be said to a client that does not speak the protocol.
      socket.destroy();
    } finally {
      this.#lose();
      this.#outbox.stream.end(() => socket.destroySoon());
      socket.setTimeout(lingerTimeout, () => socket.destroy());
      await closeQuietly(session);
      await closed;
    }
  }

  #lose(): void {
    this.#lost.abort(new Error('the client is gone'));
    this.#running?.controller.abort(this.#lost.signal.reason);
    this.#inbox.close();
  }

  #receive = (chunk: Buffer): void => {
    try {
      for (const packet of this.#packets.read(chunk)) {
        if (packet.type === packetType.attention) {
          this.#attention();
        } else {
          this.#inbox.put(packet);
        }
      }
    } catch {
      this.#socket.destroy();
    }
  };

  async #login(): Promise<Session | undefined> {
    const timer = setTimeout(() => this.#socket.destroy(), loginTimeout);
    try {
      const prelogin = await this.#inbox.expect(packetType.prelogin);
      if (!prelogin) {
        return undefined;
      }
      await this.#answerPrelogin(prelogin.body);
      const login = await this.#inbox.expect(packetType.login);
      const session =
        login &&
        (await answerLogin(login.body, this.#backend, this.#outbox, this.#lost.signal, () =>
          this.#askForToken(),
        ));
      this.#inbox.loggedIn = session !== undefined;
      return session;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Says where to get an access token and for what, and waits for it. */
  async #askForToken(): Promise<string | undefined> {
    writeFederatedInfo(this.#outbox.writer);
    this.#outbox.end();
    const message = await this.#inbox.expect(packetType.federatedToken);
    return message && readAccessToken(message.body);
  }

  /** Encrypts everything or nothing: to encrypt the login alone protects nobody today. */
  async #answerPrelogin(body: Buffer): Promise<void> {
    const { encryption: asked, federated } = readPrelogin(body);
    const encrypted = asked === encryption.on || asked === encryption.required;
    writePrelogin(this.#outbox.writer, {
      encryption: encrypted ? encryption.on : encryption.notSupported,
      federated,
      version: this.#backend.version,
    });
    this.#outbox.end();
    if (encrypted) {
      this.#socket.off('data', this.#receive);
      const stream = await encrypt(this.#socket, this.#secureContext, this.#lost.signal);
      stream.on('data', this.#receive);
      this.#outbox.stream = stream;
    }
  }

  async #serveRequests(session: Session): Promise<void> {
    session.killed?.addEventListener('abort', () => this.#running ?? this.#inbox.close());
    for (;;) {
      const message = await this.#inbox.take();
      if (!message) {
        return;
      }
      if (message.ignored) {
        this.#endWith(doneStatus.error);
      } else {
        const fatal = await this.#serveRequest(session, message);
        if (fatal) {
          return;
        }
      }
    }
  }

  /** Answers true when the connection has to end. Rejects with a ProtocolError. */
  async #serveRequest(session: Session, message: IncomingMessage): Promise<boolean> {
    const controller = new AbortController();
    const kind = message.type === packetType.rpc ? 'rpc' : 'other';
    const response = new Response(this.#outbox, controller.signal, kind);
    for (const change of this.#late) {
      change(this.#outbox);
    }
    const work = execute(session, message, response, this.#outbox, controller.signal);
    const settled = work.catch(() => {});
    const running: Running = { controller, response, settled, acknowledged: false };
    this.#running = running;
    if (this.#lost.signal.aborted) {
      controller.abort(this.#lost.signal.reason);
    }
    try {
      await work;
    } catch (error) {
      if (error instanceof ProtocolError) {
        throw error;
      }
      this.#report(error, response);
    } finally {
      await running.cancelled;
      this.#running = undefined;
      this.#late = response.takeLate();
    }
    if (!running.acknowledged) {
      this.#end(response);
    }
    return response.fatal;
  }

  #end(response: Response): void {
    try {
      response.end();
    } catch (error) {
      this.#report(error, response);
      response.end();
    }
  }

  #report(error: unknown, response: Response): void {
    const server = this.#backend.serverName;
    if (error instanceof SqlServerError) {
      const { number, severity, state, message: text, line, procedure } = error;
      const where = procedure === undefined ? { line } : { line, procedure };
      response.error({ number, severity, state, text, server, ...where });
    } else if (error instanceof ValueError) {
      response.error({ number: 8114, severity: 16, state: 1, text: error.message, server });
    } else if (error instanceof UnsupportedError) {
      const text = `Not supported by this server: ${error.message}.`;
      response.error({ number: 40510, severity: 16, state: 1, text, server });
    } else {
      const text = `A severe error occurred on the current command: ${String(error)}`;
      response.error({ number: 596, severity: 21, state: 1, text, server });
    }
  }

  #attention(): void {
    const running = this.#running;
    if (!this.#inbox.loggedIn) {
      throw new ProtocolError('an attention before the login');
    }
    if (running && !running.cancelled) {
      running.cancelled = this.#cancel(running);
    } else if (!running || running.acknowledged) {
      // The response is out already, or the request it means has not been begun.
      this.#inbox.dropPartial();
      if (this.#inbox.dropWaiting()) {
        this.#endWith(doneStatus.error);
      }
      this.#endWith(doneStatus.attention);
    }
  }

  /** The response ends where it stands; the acknowledgement is a message of its own. */
  async #cancel(running: Running): Promise<void> {
    running.controller.abort(new DOMException('cancelled by the client', 'AbortError'));
    await Promise.race([running.settled, delay(cancelGrace, undefined, { ref: false })]);
    running.response.endCancelled();
    this.#endWith(doneStatus.attention);
    running.acknowledged = true;
  }

  #endWith(status: number): void {
    writeDone(this.#outbox.writer, { token: doneToken.done, status });
    this.#outbox.end();
  }
}

/** Reads the request and hands it to the session. */
async function execute(
  session: Session,
  message: IncomingMessage,
  response: Response,
  outbox: Outbox,
  signal: AbortSignal,
): Promise<void> {
  const keepTransaction = (message.status & packetStatus.resetConnectionKeepTransaction) !== 0;
  if (keepTransaction || message.status & packetStatus.resetConnection) {
    writeResetAcknowledgement(outbox.writer);
    await session.reset({ keepTransaction }, response);
  }
  switch (message.type) {
    case packetType.batch:
      return session.batch(readBatch(message.body), response, signal);
    case packetType.rpc:
      return session.rpc(readRpc(message.body), response, signal);
    case packetType.transaction:
      return session.transactionRequest(readTransactionRequest(message.body), response, signal);
    case packetType.bulkLoad: {
      const { columns, rows } = readBulkLoad(message.body);
      return session.bulkLoad(columns, rows, response, signal);
    }
    default:
      throw new ProtocolError(`a message of type ${message.type} after the login`);
  }
}

async function closeQuietly(session: Session | undefined): Promise<void> {
  try {
    await session?.close();
  } catch {
    // There is nobody left to tell.
  }
}
