/** What web hooks of FlexiBee need: a secret they prove themselves with, and our address. */

import { isLoopback } from './keyword-text.ts';
import { isAzure, type Read, type Report } from './settings-error.ts';

/** The secret of `local.settings.sample.json`. */
const sampleHookSecret = 'demo-hook-secret-for-one-machine-only';

export interface HookSettings {
  /** Secret; absent: hooks are refused. A function, so that it does not show in print. */
  secret(): string | undefined;
  /** `https://syncboard.example`, without a trailing slash; absent: hooks cannot be registered. */
  publicUrl?: string;
}

/** Both are optional: who polls only needs neither. */
export function parseHooks(read: Read, report: Report): HookSettings {
  const secret = read('FLEXIBEE_HOOK_SECRET');
  if (secret !== undefined && !/^[\w.~-]{32,200}$/.test(secret)) {
    report(
      'FLEXIBEE_HOOK_SECRET',
      'must be 32 to 200 letters, digits or any of _ . ~ - (Latin letters), such as openssl rand -hex 32 makes',
    );
  }
  if (secret === sampleHookSecret && isAzure(read)) {
    report(
      'FLEXIBEE_HOOK_SECRET',
      "is the sample's public secret: replace it by one of your own before running in Azure",
    );
  }
  const publicUrl = parsePublicUrl(read('PUBLIC_URL'), report);
  return { secret: () => secret, ...(publicUrl !== undefined && { publicUrl }) };
}

function parsePublicUrl(text: string | undefined, report: Report): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOurs =
    url !== undefined && `${url.username}${url.password}${url.search}${url.hash}` === '';
  if (!isOurs || !/^https?:$/.test(url.protocol)) {
    report(
      'PUBLIC_URL',
      'must be an address such as https://syncboard.example, with nothing after the path',
    );
    return undefined;
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    report(
      'PUBLIC_URL',
      'is without encryption, which is allowed on this machine only (localhost, 127.0.0.1): use https',
    );
  }
  return url.href.replace(/\/+$/, '');
}
