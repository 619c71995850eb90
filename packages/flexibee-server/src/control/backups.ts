/** Backups that control took, in a folder of their own until the server closes. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Company } from '../company/index.ts';

export class Backups {
  #folder: Promise<string> | undefined;
  readonly #files = new Map<string, string>();
  #lastNumber = 0;

  /** In place of an earlier one of that name. */
  async take(company: Company, name: string): Promise<void> {
    this.#folder ??= mkdtemp(join(tmpdir(), 'flexibee-backups-'));
    this.#lastNumber += 1;
    const file = join(await this.#folder, `${this.#lastNumber}.sqlite`);
    company.backup(file);
    this.#files.set(`${company.name}/${name}`, file);
  }

  /** @returns false when there is none of that name */
  restore(company: Company, name: string): boolean {
    const file = this.#files.get(`${company.name}/${name}`);
    if (file === undefined) return false;
    company.restore(file);
    return true;
  }

  async remove(): Promise<void> {
    if (this.#folder) await rm(await this.#folder, { recursive: true, force: true });
  }
}
