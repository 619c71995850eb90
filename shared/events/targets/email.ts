/**
 * Mail by SMTP. Each attempt of one event has the same Message-ID, by which mail programs know that
 * they have it. A server that takes it for some of the addresses has taken it.
 */

import { connect } from 'node:net';
import type { SendMailOptions, SentMessageInfo } from 'nodemailer';
import type { SMTPTransportGetSocket } from 'nodemailer/lib/smtp-transport';
import { unlessAborted } from '../../async/abort.ts';
import type { Event } from '../event.ts';
import { type Message, textOf } from '../messages/message.ts';
import { type Attempt, hushed, type Sent } from './sent.ts';
import type { SmtpAddress, Target } from './target.ts';

/** Milliseconds; RFC 5321 allows minutes, which nobody has here. */
const limits = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };
const deadlineMs = 45_000;

const priorities = { info: 'low', warning: 'normal', error: 'high' } as const;

export async function sendMail(
  target: Extract<Target, { type: 'email' }>,
  event: Event,
  message: Message,
  { signal }: Attempt,
): Promise<Sent> {
  const smtp = target.smtp();
  const { user, password = '' } = smtp;
  // As they are, and as AUTH sends them: LOGIN each by itself, PLAIN (RFC 4616) together.
  const secrets = [password, base64(`\0${user}\0${password}`), base64(password), base64(user)];
  // Loaded with the first mail, as the identity library is.
  const { createTransport } = await import('nodemailer');
  const opened = new AbortController();
  const getSocket = socketOpener(smtp, opened.signal);
  const transport = createTransport({ ...connectionOf(smtp), ...limits, getSocket });
  try {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
    const sent = await unlessAborted(transport.sendMail(mailOf(target, event, message)), bounded);
    return takenBy(sent, secrets);
  } catch (error) {
    opened.abort();
    signal.throwIfAborted();
    return { isTaken: false, error: hushed(faultOf(error), secrets) };
  } finally {
    transport.close();
  }
}

/**
 * The library lets go of a server that says nothing only when that has said nothing for a while: a
 * socket of our own is let go of at once.
 */
function socketOpener({ host, port }: SmtpAddress, signal: AbortSignal): SMTPTransportGetSocket {
  return (_options, callback) => {
    const socket = connect({ host, port, signal });
    const tooLong = () => socket.destroy(new Error('Connection timeout'));
    socket.setTimeout(limits.connectionTimeout, tooLong);
    socket.once('error', callback);
    socket.once('connect', () => {
      socket.setTimeout(0).off('timeout', tooLong).off('error', callback);
      // What it says from now on the library hears.
      socket.on('error', () => {});
      callback(null, { connection: socket });
    });
  };
}

function connectionOf({ host, port, security, user, password }: SmtpAddress) {
  return {
    ...{ host, port, secure: security === 'tls' },
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(user !== undefined && password !== undefined && { auth: { user, pass: password } }),
    // Of every mail: the library reads no file and no URL that one names.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function mailOf(
  { from, to, name }: Extract<Target, { type: 'email' }>,
  event: Event,
  message: Message,
): SendMailOptions {
  return {
    ...{ from, to: [...to], subject: message.title, text: textOf(message) },
    messageId: `<${event.id}.${name}@syncboard>`,
    date: new Date(event.at),
    priority: priorities[event.severity],
    // RFC 3834: nobody's holiday is answered to it.
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

function takenBy({ rejected }: SentMessageInfo, secrets: readonly string[]): Sent {
  if (rejected === undefined || rejected.length === 0) return { isTaken: true };
  return { isTaken: true, odd: hushed(`not taken for ${rejected.join(', ')}`, secrets) };
}

function faultOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return code === undefined ? message : `${message} (${code})`;
}

function base64(text = ''): string {
  return Buffer.from(text).toString('base64');
}
