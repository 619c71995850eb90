/** API_TOKENS: who may call, what, until when. */

import { z } from 'zod';
import { parseJsonSetting } from '../json/json-setting.ts';
import { rightsMembers } from './rights.ts';
import { isAzure, type Read, type Report } from './settings-error.ts';
import { differ } from './zod-faults.ts';

/** SHA-256 of `demo-token`, the token of `local.settings.sample.json`. */
export const sampleTokenSha256 = '7c43ef5ae21d43ce2743f770c68e24def1a43ee2f416d2438410c8af7af2ff2c';

const expiryForm = 'must be a time with its zone such as 2027-01-31T12:00:00Z, or a date (UTC)';

const apiTokenSchema = z.strictObject({
  name: z.string().regex(/^[\w .@-]{1,64}$/, {
    error: 'must be 1 to 64 letters, digits, spaces or any of . @ _ -',
  }),
  sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, {
      error: 'must be the SHA-256 digest of the token as 64 hexadecimal digits',
    })
    .transform((digest) => digest.toLowerCase()),
  ...rightsMembers,
  /** Its first instant without the token; as given. */
  expires: z
    .union([z.iso.datetime({ offset: true }), z.iso.date()], { error: expiryForm })
    .optional(),
});
/** A token that clients may use; the token itself is not known, only its digest. */
export type ApiToken = z.infer<typeof apiTokenSchema>;

const apiTokensSchema = z
  .array(apiTokenSchema)
  .min(1, { error: 'must hold at least one token' })
  .refine(...differ('name', 'must not use one name twice'))
  .refine(...differ('sha256', 'must not hold one digest twice', (digest) => digest.toLowerCase()));

/**
 * Those that are sound; what is wrong with others is told.
 *
 * @param isNeeded false: others may call as well, and there need not be any
 */
export function parseTokens(read: Read, report: Report, isNeeded: boolean): ApiToken[] {
  const setting = 'API_TOKENS';
  const form = '[{"name": "…", "sha256": "…", "codes": ["*"], "connections": ["*"]}]';
  const text = read(setting);
  if (text === undefined) {
    if (isNeeded) report(setting, `is not set: set it to a JSON array of the form ${form}`);
    return [];
  }
  let value: unknown;
  try {
    value = parseJsonSetting(text, `an array of the form ${form}`);
  } catch (error) {
    report(setting, (error as Error).message);
    return [];
  }
  for (const { path, message } of apiTokensSchema.safeParse(value).error?.issues ?? []) {
    report(`${setting}${z.core.toDotPath(path)}`, message);
  }
  // Those that are sound are looked at further beside one that is not.
  const tokens = (Array.isArray(value) ? value : []).flatMap(
    (one) => apiTokenSchema.safeParse(one).data ?? [],
  );
  for (const token of tokens) {
    if (token.sha256 === sampleTokenSha256 && isAzure(read)) {
      report(
        setting,
        `holds the sample's public token (${token.name}): replace it by one of your own before running in Azure`,
      );
    }
  }
  return tokens;
}
