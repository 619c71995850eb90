/** What the parts of a load hand to one another. */

/** Rows that are loaded together, and of which a whole load deletes what it does not have. */
export interface RowSet {
  /** Code of the data source: `gen-demodata`. */
  source: string;
  /** Name of the entity. */
  entity: string;
  /** `2026-03`; empty of an entity without a date. */
  period: string;
  /** Packed CLSID of the definition that is asked. */
  definition: string;
}

/** One load of one set. */
export interface RowLoad extends RowSet {
  id: string;
  /** ISO 8601 by the clock of the aggregate base: the later one of two loads is the newer one. */
  startedAt: string;
}

export interface KeyedRow {
  key: string;
  /** From 1, of the rows in the batch with this key. */
  nth: number;
  /** An object as JSON text. */
  payload: string;
}

export interface RowBatch {
  /** From 1, without gaps. */
  number: number;
  rows: readonly KeyedRow[];
  /** True: the load is complete, and what it did not have is deleted. */
  isLast: boolean;
}

/** What a load did so far. */
export interface LoadedRows {
  created: number;
  updated: number;
  deleted: number;
}

/** Where rows go. */
export interface RowTarget {
  begin(set: RowSet, signal: AbortSignal): Promise<RowLoad>;
  /**
   * Applies a batch, all or nothing. One that was applied already changes nothing.
   *
   * @throws RowLoadError `superseded` when a newer load of the set has begun
   */
  apply(load: RowLoad, batch: RowBatch, signal: AbortSignal): Promise<LoadedRows>;
}
