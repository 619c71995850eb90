/** One registered hook, how it is called, and the file that keeps a company's hooks. */

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { changesJson, changesXml } from '../changes-document.ts';
import type { ChangesPage } from '../company/index.ts';
import { writeXml } from '../xml/element.ts';

export interface Hook {
  readonly id: number;
  readonly url: string;
  readonly format: 'JSON' | 'XML';
  /** Sent with every call as `X-FB-Hook-SecKey`. */
  readonly secKey?: string;
  /** The latest version it has been told. */
  lastVersion: number;
  /** Failed calls since the last success; while above 0 it waits, longer each time. */
  penalty: number;
}

/** @returns what it is told of changes */
export function notification(format: Hook['format'], page: ChangesPage): string {
  return format === 'JSON' ? JSON.stringify(changesJson(page)) : writeXml(changesXml(page));
}

/** @returns whether it was answered 2xx before the signal */
export async function callHook(
  { url, format, secKey }: Pick<Hook, 'url' | 'format' | 'secKey'>,
  body: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': format === 'JSON' ? 'application/json' : 'application/xml',
        ...(secKey === undefined ? {} : { 'x-fb-hook-seckey': secKey }),
      },
      body,
      redirect: 'manual',
      signal,
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

export interface HookFile {
  lastId: number;
  hooks: Hook[];
}

export function readHooks(file: string | undefined): HookFile {
  if (file === undefined || !existsSync(file)) return { lastId: 0, hooks: [] };
  return JSON.parse(readFileSync(file, 'utf8')) as HookFile;
}

export function writeHooks(file: string | undefined, content: HookFile): void {
  if (file === undefined) return;
  writeFileSync(`${file}.new`, JSON.stringify(content, undefined, 2));
  renameSync(`${file}.new`, file);
}
