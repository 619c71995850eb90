/** A mail server whose answers a test scripts: SMTP (RFC 5321) with AUTH PLAIN, in clear, behind STARTTLS or behind TLS. */

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';

export interface ReceivedMail {
  from: string;
  to: string[];
  /** Header fields by name in lower case, unfolded. */
  headers: ReadonlyMap<string, string>;
  /** Decoded. */
  text: string;
}

export interface SmtpServer {
  port: number;
  readonly mails: ReceivedMail[];
  /** Lines that clients sent, in order. */
  readonly lines: string[];
  /**
   * Answers to commands by their verb (`MAIL`, `RCPT`, `DATA`; `.` is the end of a mail) in place of
   * the usual ones; undefined: the usual one. `break` breaks the connection.
   */
  answer: (verb: string, line: string) => string | undefined;
  /** Connections that are open now. */
  connections(): number;
  close(): Promise<void>;
}

export interface Encryption {
  key: string;
  cert: string;
  /** When it begins: with the first byte, or as soon as the client asks for it. */
  by: 'tls' | 'starttls';
}

export async function startSmtpServer(encryption?: Encryption): Promise<SmtpServer> {
  const sockets = new Set<Socket>();
  const state: SmtpServer = {
    port: 0,
    mails: [],
    lines: [],
    answer: () => undefined,
    connections: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  const heard = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    const starttls = encryption?.by === 'starttls' ? encryption : undefined;
    serve(socket, state, starttls).catch(() => socket.destroy());
  };
  const server =
    encryption?.by === 'tls' ? createTlsServer(encryption, heard) : createServer(heard);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  state.port = (server.address() as AddressInfo).port;
  return state;
}

/** @param starttls until the client has asked for it nothing else is answered (RFC 3207) */
async function serve(
  socket: Socket,
  state: SmtpServer,
  starttls: Encryption | undefined,
  isAgain = false,
): Promise<void> {
  let [from, to]: [string, string[]] = ['', []];
  let data: string[] | undefined;
  const say = (verb: string, line: string, usual: string): boolean => {
    const answer = state.answer(verb, line) ?? usual;
    if (answer === 'break') socket.destroy();
    else socket.write(`${answer}\r\n`);
    return /^[23]/.test(answer);
  };
  if (!isAgain) socket.write('220 test ESMTP\r\n');
  for await (const line of createInterface({
    input: socket,
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    if (data !== undefined) {
      if (line !== '.') {
        data.push(line.replace(/^\./, ''));
        continue;
      }
      const mail = { from, to, ...parsed(data) };
      data = undefined;
      // As a server does: what is not answered may have been taken all the same.
      const answer = state.answer('.', line);
      if (answer === undefined || answer === 'break') state.mails.push(mail);
      if (answer === 'break') socket.destroy();
      else socket.write(`${answer ?? '250 taken'}\r\n`);
      [from, to] = ['', []];
      continue;
    }
    state.lines.push(line);
    const verb = line.split(/[ :]/)[0]?.toUpperCase() ?? '';
    const address = /<([^>]*)>/.exec(line)?.[1] ?? '';
    if (verb === 'STARTTLS' && starttls !== undefined) {
      if (!say(verb, line, '220 go on')) continue;
      const { key, cert } = starttls;
      const secured = new TLSSocket(socket, { isServer: true, key, cert });
      secured.on('error', () => {});
      return await serve(secured, state, undefined, true);
    }
    if (verb === 'EHLO' && starttls !== undefined) say(verb, line, '250-test\r\n250 STARTTLS');
    else if (starttls !== undefined && verb !== 'QUIT') say(verb, line, '530 first STARTTLS');
    else if (verb === 'EHLO') say(verb, line, '250-test\r\n250-AUTH PLAIN\r\n250 8BITMIME');
    else if (verb === 'AUTH') say(verb, line, '235 welcome');
    else if (verb === 'MAIL') {
      if (say(verb, line, '250 ok')) from = address;
    } else if (verb === 'RCPT') {
      if (say(verb, line, '250 ok')) to.push(address);
    } else if (verb === 'DATA') {
      if (say(verb, line, '354 go on')) data = [];
    } else if (verb === 'QUIT') {
      say(verb, line, '221 bye');
      socket.end();
    } else say(verb, line, '250 ok');
  }
}

function parsed(lines: readonly string[]): Pick<ReceivedMail, 'headers' | 'text'> {
  const end = lines.indexOf('');
  const unfolded = lines
    .slice(0, end)
    .join('\n')
    .replace(/\n[ \t]+/g, ' ')
    .split('\n');
  const headers = new Map(
    unfolded.map((line) => {
      const [, name = '', value = ''] = /^([^:]+): ?(.*)$/s.exec(line) ?? [];
      return [name.toLowerCase(), words(value)];
    }),
  );
  const body = lines.slice(end + 1).join('\n');
  return { headers, text: decoded(body, headers.get('content-transfer-encoding') ?? '7bit') };
}

/** RFC 2047. */
function words(value: string): string {
  return value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, form: string, text: string) =>
      form.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64').toString()
        : quoted(text.replaceAll('_', ' ')),
    );
}

function decoded(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  return encoding === 'quoted-printable' ? quoted(body.replace(/=\n/g, '')) : body;
}

function quoted(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString();
}
