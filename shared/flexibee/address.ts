/** Where a FlexiBee server is and how to log in there, out of the text of a setting. */

import { isLoopback, isMalformed, keywordsOf } from '../connection-string.ts';

export interface FlexibeeAddress {
  /** `https://flexibee.example:5434`: no path, no credentials. */
  origin: string;
  user: string;
  /** Secret. */
  password: string;
  /** True: any certificate will do; FlexiBee ships with a self-signed one. */
  trustServerCertificate: boolean;
}

export const flexibeeAddressForm = 'Url=https://host:5434;User Id=…;Password=…';

const url = 'url';
const user = 'user id';
const password = 'password';
const trust = 'trustservercertificate';

/**
 * Reads a setting of the form above, `TrustServerCertificate=true` optional.
 *
 * @throws RangeError with what is wrong, to be read after the setting's name; it holds no value
 */
export function parseFlexibeeAddress(text: string): FlexibeeAddress {
  const keywords = keywordsOf(text);
  const known = [url, user, password, trust];
  // The keyword itself may be a piece of a password with a semicolon, so it is not told.
  if (isMalformed(text) || [...keywords.keys()].some((keyword) => !known.includes(keyword))) {
    throw new RangeError(
      `is not of the form ${flexibeeAddressForm} with TrustServerCertificate=true where wanted: a value that holds a semicolon or begins with a quote goes in quotes`,
    );
  }
  const trustServerCertificate = parseTrust(keywords.get(trust) ?? 'false');
  const address = { origin: parseUrl(required(keywords, url, 'Url')), trustServerCertificate };
  const name = required(keywords, user, 'User Id');
  // HTTP Basic ends the name at the first colon (RFC 7617).
  if (name.includes(':')) throw new RangeError('has a colon in User Id, which cannot be sent');
  return { ...address, user: name, password: required(keywords, password, 'Password') };
}

function required(keywords: Map<string, string>, keyword: string, shown: string): string {
  const value = keywords.get(keyword);
  if (value) return value;
  throw new RangeError(`has no ${shown}; the form is ${flexibeeAddressForm}`);
}

function parseTrust(value: string): boolean {
  const isTrusted = /^(true|yes)$/i.test(value);
  if (isTrusted || /^(false|no)$/i.test(value)) return isTrusted;
  throw new RangeError('has a TrustServerCertificate that is neither true nor false');
}

function parseUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new RangeError('has a Url that is no address such as https://host:5434');
  }
  const { origin, protocol, hostname, username, password, pathname, search, hash } = new URL(text);
  if (username || password) {
    throw new RangeError('has a name or password in Url: they go to User Id and Password');
  }
  if (pathname !== '/' || search || hash) {
    throw new RangeError(
      'has a Url with more than the server in it: leave out what follows the port, the company is named in the catalogue',
    );
  }
  if (protocol === 'http:' && !isLoopback(hostname)) {
    throw new RangeError(
      'has a Url without encryption, which is allowed on this machine only (localhost, 127.0.0.1): use https; for the certificate that FlexiBee made itself, add TrustServerCertificate=true',
    );
  }
  return origin;
}
