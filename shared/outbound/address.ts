/** Where an HTTP server is and how to log in there, out of the text of a setting. */

import {
  booleanOf,
  FaultList,
  isLoopback,
  isMalformed,
  keywordsOf,
  unknownKeyword,
} from '../settings/keyword-text.ts';

export interface ServerAddress {
  /** `https://server.example:5434`: no path, no credentials. */
  origin: string;
  user: string;
  /** Secret. */
  password: string;
  /** True: any certificate will do. */
  trustServerCertificate: boolean;
}

/** What a complaint says about one kind of server. */
export interface AddressWords {
  /** Of the whole setting: `Url=https://host:5434;User Id=…;Password=…`. */
  form: string;
  /** Of a Url: `https://host:5434`. */
  url: string;
  /** Where what follows the port belongs. */
  afterPort: string;
  /** How to encrypt. */
  encryption: string;
}

const url = 'url';
const user = 'user id';
const password = 'password';
const trust = 'trustservercertificate';
const known = ['Url', 'User Id', 'Password', 'TrustServerCertificate'];

/**
 * Reads a setting of the form above, `TrustServerCertificate=true` optional.
 *
 * @throws RangeError with every fault, to be read after the setting's name; it holds no value
 */
export function parseServerAddress(text: string, words: AddressWords): ServerAddress {
  const keywords = keywordsOf(text);
  if (isMalformed(text)) {
    throw new RangeError(
      `is not of the form ${words.form} with TrustServerCertificate=true where wanted: a value that holds a semicolon or begins with a quote goes in quotes`,
    );
  }
  const faults = new FaultList();
  for (const [index, keyword] of [...keywords.keys()].entries()) {
    const isKnown = known.some((one) => one.toLowerCase() === keyword);
    if (!isKnown) faults.add(unknownKeyword(keyword, index + 1, known));
  }
  const required = (keyword: string, shown: string): string => {
    const value = keywords.get(keyword);
    if (value) return value;
    throw new RangeError(`has no ${shown}; the form is ${words.form}`);
  };
  const address = {
    origin: faults.attempt(() => parseUrl(required(url, 'Url'), words), ''),
    user: faults.attempt(() => parseUser(required(user, 'User Id')), ''),
    password: faults.attempt(() => required(password, 'Password'), ''),
    trustServerCertificate: faults.attempt(
      () => booleanOf('TrustServerCertificate', keywords.get(trust) ?? 'false'),
      false,
    ),
  };
  faults.throwIfAny();
  return address;
}

/** HTTP Basic ends the name at the first colon (RFC 7617). */
function parseUser(name: string): string {
  if (name.includes(':')) throw new RangeError('has a colon in User Id, which cannot be sent');
  return name;
}

/** The header that logs in with every request: servers are not asked first. */
export function basicAuthorization({ user, password }: ServerAddress): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function parseUrl(text: string, words: AddressWords): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new RangeError(`has a Url that is no address such as ${words.url}`);
  }
  const { origin, protocol, hostname, username, password, pathname, search, hash } = new URL(text);
  if (username || password) {
    throw new RangeError('has a name or password in Url: they go to User Id and Password');
  }
  if (pathname !== '/' || search || hash) {
    throw new RangeError(
      `has a Url with more than the server in it: leave out what follows the port, ${words.afterPort}`,
    );
  }
  if (protocol === 'http:' && !isLoopback(hostname)) {
    throw new RangeError(
      `has a Url without encryption, which is allowed on this machine only (localhost, 127.0.0.1): ${words.encryption}`,
    );
  }
  return origin;
}
