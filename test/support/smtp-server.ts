/** A mail server whose answers a test scripts: SMTP (RFC 5321) with AUTH PLAIN, without encryption. */

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

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
  close(): Promise<void>;
}

export async function startSmtpServer(): Promise<SmtpServer> {
  const sockets = new Set<Socket>();
  const state: SmtpServer = {
    port: 0,
    mails: [],
    lines: [],
    answer: () => undefined,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    serve(socket, state).catch(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  state.port = (server.address() as AddressInfo).port;
  return state;
}

async function serve(socket: Socket, state: SmtpServer): Promise<void> {
  let [from, to]: [string, string[]] = ['', []];
  let data: string[] | undefined;
  const say = (verb: string, line: string, usual: string): boolean => {
    const answer = state.answer(verb, line) ?? usual;
    if (answer === 'break') socket.destroy();
    else socket.write(`${answer}\r\n`);
    return /^[23]/.test(answer);
  };
  socket.write('220 test ESMTP\r\n');
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
    if (verb === 'EHLO') say(verb, line, '250-test\r\n250-AUTH PLAIN\r\n250 8BITMIME');
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
