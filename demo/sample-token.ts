/** The token of local.settings.sample.json, which everybody knows. */

import { parseTokens, sampleTokenSha256 } from '../shared/settings/api-tokens.ts';

export const sampleTokenText = 'demo-token';

/** It, where the app's settings have it and it is good today; else undefined. */
export function sampleToken(
  settings: Readonly<Record<string, string>>,
  now: Date,
): string | undefined {
  const read = (name: string) => settings[name]?.trim() || undefined;
  // What is wrong with them the app has told, which does not start then.
  const tokens = parseTokens(read, () => {}, false);
  const isGood = tokens.some(
    ({ sha256, expires }) =>
      sha256 === sampleTokenSha256 && (expires === undefined || new Date(expires) > now),
  );
  return isGood ? sampleTokenText : undefined;
}
