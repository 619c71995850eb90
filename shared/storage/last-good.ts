/**
 * What a setting's blobs last held that could be used: `state/good/<setting>.json`. A worker that
 * starts while somebody has damaged them goes on with that, and says so.
 */

import type { ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';
import { DocumentConflictError, DocumentStore } from './documents.ts';
import type { Place } from './place.ts';

const snapshotSchema = z.object({
  /** The value of the setting. */
  where: z.string(),
  /** By path; that of the place itself is empty. */
  texts: z.record(z.string(), z.string()),
  folders: z.record(z.string(), z.array(z.string())),
});
type Snapshot = z.infer<typeof snapshotSchema>;

const form = { schema: snapshotSchema, version: 1, maxBytes: 256 * 1024 * 1024 };

export class LastGood {
  readonly #documents: DocumentStore<Snapshot>;
  readonly #setting: string;

  constructor(container: ContainerClient, setting: string) {
    this.#documents = new DocumentStore(container, 'state/good/', form);
    this.#setting = setting;
  }

  /** Keeps what was read, if it is not there already. */
  async keep(snapshot: Snapshot, signal: AbortSignal): Promise<void> {
    const instead = () => ({ value: snapshot, metadata: {}, meaning: 'it is kept anew' });
    const stored = await this.#documents.readMended(this.#setting, instead, signal);
    if (stored !== undefined && isSame(stored.value, snapshot)) return;
    try {
      if (stored === undefined) await this.#documents.create(this.#setting, snapshot, {}, signal);
      else await this.#documents.replace(this.#setting, snapshot, {}, stored.etag, signal);
    } catch (error) {
      // Another worker that starts keeps its own, which is as good.
      if (!(error instanceof DocumentConflictError)) throw error;
    }
  }

  /**
   * The place as it was then; undefined where nothing was kept of it.
   *
   * @throws DocumentNewerError, DocumentDamagedError, or storage's error
   */
  async place(where: string, signal: AbortSignal): Promise<Place | undefined> {
    const stored = await this.#documents.read(this.#setting, signal);
    if (stored === undefined || stored.value.where !== where) return undefined;
    const { texts, folders } = stored.value;
    return {
      async text(path = '') {
        const text = Object.hasOwn(texts, path) ? texts[path] : undefined;
        if (text === undefined) throw new Error(`nothing was kept of ${path || where}`);
        return text;
      },
      files: async (folder) => (Object.hasOwn(folders, folder) ? folders[folder] : []) ?? [],
    };
  }
}

/** A place that remembers what was read of it. */
export function recorded(where: string, place: Place): { place: Place; snapshot: Snapshot } {
  const snapshot: Snapshot = { where, texts: {}, folders: {} };
  return {
    snapshot,
    place: {
      async text(path) {
        const text = await place.text(path);
        snapshot.texts[path ?? ''] = text;
        return text;
      },
      async files(folder) {
        const names = await place.files(folder);
        snapshot.folders[folder] = names;
        return names;
      },
    },
  };
}

function isSame(one: Snapshot, other: Snapshot): boolean {
  const inOrder = ({ where, texts, folders }: Snapshot) =>
    JSON.stringify([where, ...[texts, folders].map((map) => Object.entries(map).sort())]);
  return inOrder(one) === inOrder(other);
}
