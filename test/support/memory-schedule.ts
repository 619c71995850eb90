import type { StoredSchedule } from '../../shared/board/schedule/start-due.ts';
import type { Found } from '../../shared/storage/documents.ts';

/** Storage in memory: one document, replaced only by whoever has seen the latest. */
export class StoredInMemory {
  #value: StoredSchedule;
  #etag = 1;
  writes = 0;
  /** What every call fails with. */
  fail: Error | undefined;

  constructor(value: StoredSchedule) {
    this.#value = value;
  }

  get value(): StoredSchedule {
    return this.#value;
  }

  /** Somebody writes it meanwhile. */
  put(change: (value: StoredSchedule) => StoredSchedule): void {
    this.#etag += 1;
    this.#value = change(this.#value);
  }

  async read(): Promise<Found<StoredSchedule>> {
    if (this.fail) throw this.fail;
    return { value: this.#value, etag: String(this.#etag), ageMs: 0 };
  }

  async withState(
    { value, etag }: Found<StoredSchedule>,
    state: NonNullable<StoredSchedule['state']>,
  ): Promise<Found<StoredSchedule> | undefined> {
    if (this.fail) throw this.fail;
    if (etag !== String(this.#etag)) return undefined;
    this.writes += 1;
    this.#etag += 1;
    this.#value = { ...value, state: structuredClone(state) };
    return await this.read();
  }
}
