/** App settings of one machine, as Core Tools reads them. */

import fs from 'node:fs/promises';
import { join } from 'node:path';
import { type ParseError, parse as parseJson, printParseErrorCode } from 'jsonc-parser';
import { z } from 'zod';

/** What Core Tools takes of `Host`. */
const hostSchema = z.object({
  /** Port, where the command line names none. */
  LocalHttpPort: z.int().min(0).max(65_535).optional(),
  /** Origins that may call from a browser, divided by commas; `*` for all. */
  CORS: z.string().optional(),
  CORSCredentials: z.boolean().optional(),
});

const settingsSchema = z.object({
  Host: hostSchema.prefault({}),
  IsEncrypted: z.literal(false, 'encrypted settings are not supported').optional(),
  Values: z.record(z.string(), z.string('must be a string: "7", not 7')),
});

/**
 * Reads `local.settings.json`, or `local.settings.sample.json` where there is none.
 * @returns its `Values`, over which `environment` wins.
 * @throws Error naming the file and every wrong member, never a value.
 */
export async function readSettings(
  directory: string,
  environment: NodeJS.ProcessEnv,
): Promise<Record<string, string>> {
  const { Values: values } = await readFile(directory);
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined) values[name] = value;
  }
  return values;
}

/** @throws as `readSettings`. */
export async function readHostSettings(directory: string): Promise<HostSettings> {
  const {
    LocalHttpPort: port,
    CORS = '',
    CORSCredentials = false,
  } = (await readFile(directory)).Host;
  const origins = CORS.split(',').flatMap((origin) => origin.trim() || []);
  return {
    ...(port !== undefined && { port }),
    ...(origins.length > 0 && { cors: { origins, credentials: CORSCredentials } }),
  };
}

export interface HostSettings {
  port?: number;
  cors?: CorsSettings;
}

export interface CorsSettings {
  /** `*` for all. */
  origins: string[];
  /** Whether browsers may send cookies and the like; not with `*`. */
  credentials: boolean;
}

async function readFile(directory: string): Promise<z.output<typeof settingsSchema>> {
  for (const name of ['local.settings.json', 'local.settings.sample.json']) {
    const path = join(directory, name);
    let text: string;
    try {
      text = await fs.readFile(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      throw error;
    }
    const result = settingsSchema.safeParse(parse(path, text));
    if (!result.success) throw new Error(`${path}: ${z.prettifyError(result.error)}`);
    return result.data;
  }
  return { Host: {}, Values: {} };
}

/** With comments and commas at the end, which Core Tools takes, too. */
function parse(path: string, text: string): unknown {
  const errors: ParseError[] = [];
  const value: unknown = parseJson(text.replace(/^\uFEFF/, ' '), errors, {
    allowTrailingComma: true,
  });
  const [error] = errors;
  if (error === undefined) return value;
  const lines = text.slice(0, error.offset).split('\n');
  const where = `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
  // Never a word of the text, which may be a secret.
  const what = printParseErrorCode(error.error)
    .replace(/(?<=[a-z])[A-Z]/g, ' $&')
    .toLowerCase();
  throw new Error(`${path}: ${where}: ${what}`);
}

/** Replaces `%NAME%` by that setting, as trigger properties allow. */
export function resolveSettings(text: string, settings: Record<string, string>): string {
  return text.replaceAll(/%([^%]+)%/g, (_, name: string) => {
    const value = settings[name];
    if (value === undefined) throw new Error(`setting "${name}" is not set`);
    return value;
  });
}
