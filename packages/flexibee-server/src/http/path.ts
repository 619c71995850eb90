/** Paths of FlexiBee: `/c/demo/adresar/(nazev like 'a/b').json`. */

import { Refusal } from 'stand-in-kit';
import { type Format, splitSuffix } from './format.ts';

export interface Path {
  /** Decoded, without filter and suffix. */
  segments: string[];
  /** Inside of the parentheses, decoded. */
  filter?: string;
  suffix?: Format | 'elsewhere';
}

/** A segment that begins with a parenthesis is a filter up to the last one, slashes included. */
const withFilter = /^(.*?)\/((?:\(|%28).*(?:\)|%29))([^()]*)$/is;

/** @throws Refusal 400 when it is not properly percent-encoded */
export function parsePath(pathname: string): Path {
  const [, head = pathname, filter, tail = ''] = withFilter.exec(pathname) ?? [];
  const segments = head
    .split('/')
    .filter((segment) => segment !== '')
    .map(decode);
  // After a filter comes the suffix; anything more makes a path that is nobody's.
  const last = filter === undefined ? (segments.pop() ?? '') : decode(tail);
  // The name of a file that is uploaded: `prilohy/new/logo.png`.
  const isFile = segments.slice(-2).join('/') === 'prilohy/new';
  const { name, suffix } = isFile ? { name: last, suffix: undefined } : splitSuffix(last);
  // After a filter there may be `/$sum`.
  if (name !== '') segments.push(filter === undefined ? name : name.replace(/^\//, ''));
  return {
    segments,
    ...(filter === undefined ? {} : { filter: decode(filter).slice(1, -1) }),
    ...(suffix ? { suffix } : {}),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal(400, `Chybně zakódovaná adresa: ${text}`);
  }
}
