/** Where targets of events are, and what they know us by. */

import type { SmtpAddress } from '../events/targets/target.ts';
import { FaultList, isLoopback, isMalformed, keywordsOf, unknownKeyword } from './keyword-text.ts';
import type { Read, Report } from './settings-error.ts';

/** Undefined where it is none, which is told without its value: what leads to Teams and Slack is a secret. */
export function parseUrl(setting: string, read: Read, report: Report): string | undefined {
  const text = read(setting);
  const form = 'an address such as https://hooks.example/…';
  if (text === undefined) {
    report(setting, `is not set: its target in NOTIFICATIONS needs ${form}`);
    return undefined;
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username || url.password) {
    report(setting, `must be ${form}, without a user or password before the host`);
    return undefined;
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    report(
      setting,
      'is without encryption, which is allowed on this machine only (localhost, 127.0.0.1): use https',
    );
    return undefined;
  }
  return url.href;
}

/** Standard Webhooks asks for 24 to 64 bytes (Signature scheme). */
const secretBytes = { least: 24, most: 64 };
/** While one is being exchanged for another: the receiver takes whichever it knows. */
const mostSecrets = 2;

export function parseSecrets(setting: string, read: Read, report: Report): Buffer[] | undefined {
  const form =
    'whsec_ and 24 to 64 bytes in Base64, such as printf whsec_; openssl rand -base64 32 make';
  const text = read(setting);
  if (text === undefined) {
    report(setting, `is not set: its target in NOTIFICATIONS needs a secret to sign with, ${form}`);
    return undefined;
  }
  const secrets = text.split(/\s+/).map(secretIn);
  if (secrets.length > mostSecrets || secrets.some((secret) => secret === undefined)) {
    report(setting, `must be ${form}; or two of them with a space between, the newer first`);
    return undefined;
  }
  return secrets.flatMap((secret) => secret ?? []);
}

function secretIn(text: string): Buffer | undefined {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  if (base64 === undefined || base64.length % 4 !== 0) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  return bytes.length >= secretBytes.least && bytes.length <= secretBytes.most ? bytes : undefined;
}

const smtpKeywords = ['Host', 'Port', 'User Id', 'Password', 'Encrypt'];
/** RFC 8314: TLS from the first byte. */
const tlsPort = 465;
/** RFC 6409. */
const submissionPort = 587;

export function parseSmtp(setting: string, read: Read, report: Report): SmtpAddress | undefined {
  const form = 'Host=smtp.example;Port=587;User Id=…;Password=…';
  const text = read(setting);
  if (text === undefined) {
    report(setting, `is not set: its target in NOTIFICATIONS needs the form ${form}`);
    return undefined;
  }
  if (isMalformed(text)) {
    report(setting, `must be of the form ${form}`);
    return undefined;
  }
  try {
    return smtpIn(keywordsOf(text));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    report(setting, error.message);
    return undefined;
  }
}

function smtpIn(given: ReadonlyMap<string, string>): SmtpAddress {
  const faults = new FaultList();
  for (const [index, keyword] of [...given.keys()].entries()) {
    const isKnown = smtpKeywords.some((one) => one.toLowerCase() === keyword);
    if (!isKnown) faults.add(unknownKeyword(keyword, index + 1, smtpKeywords));
  }
  const host = given.get('host') ?? '';
  if (!/^[\w.:[\]-]+$/.test(host)) faults.add('needs Host=…, the name of the mail server');
  const portText = given.get('port') ?? String(submissionPort);
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : 0;
  if (port < 1 || port > 65_535) faults.add('has a Port that is no number from 1 to 65535');
  const encrypt = given.get('encrypt')?.toLowerCase() ?? 'true';
  if (encrypt !== 'true' && encrypt !== 'false') {
    faults.add('has an Encrypt that is neither true nor false');
  }
  if (encrypt === 'false' && !isLoopback(host)) {
    faults.add('has Encrypt=false, which is allowed on this machine only (localhost, 127.0.0.1)');
  }
  const user = given.get('user id');
  const password = given.get('password');
  if ((user === undefined) !== (password === undefined)) {
    faults.add('needs both of User Id and Password, or none of them');
  }
  faults.throwIfAny();
  const encrypted = port === tlsPort ? 'tls' : 'starttls';
  return {
    ...{ host, port, security: encrypt === 'false' ? 'none' : encrypted },
    ...(user !== undefined && password !== undefined && { user, password }),
  };
}
