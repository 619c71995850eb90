/** What the aggregate base has of an evidence, by number. */

import type { Databases } from '../../database/databases.ts';
import { bracketed } from '../../database/product-schemas.ts';
import { listRecords } from '../base-procedures.ts';
import type { MirrorStamp } from './compare.ts';

export interface RowRange {
  /** Exclusive; absent: from the beginning. */
  afterId?: string | undefined;
  /** Inclusive; absent: to the end. */
  throughId?: string | undefined;
  /** What is compared: `lastUpdate`, or the digest of the payload. */
  by: 'lastUpdate' | 'content';
  /** Only those of this generation that were last read before a moment (ISO 8601). */
  unseen?: { generation: number; readBefore: string };
}

/** Rows that are not deleted, in pages, in the order of numbers. Throws DatabaseError, or the reason of `signal`. */
export interface MirrorRows {
  pages(
    evidence: string,
    range: RowRange,
    signal: AbortSignal,
  ): AsyncGenerator<readonly MirrorStamp[], void, undefined>;
}

/** A page of the source is several of these: what is held of it is the most that is held. */
const pageSize = 5_000;

/** @param databaseOf the catalogue's id of the database that has an evidence */
export function sqlMirrorRows(
  databases: Databases,
  company: string,
  databaseOf: (evidence: string) => string,
): MirrorRows {
  const textIn = (
    schema: string,
  ) => `EXEC ${bracketed(schema)}.${listRecords} @company = @company, @evidence = @evidence,
 @after_id = @after_id, @through_id = @through_id, @digest = @digest, @most = ${pageSize},
 @generation = @generation, @read_before = @read_before`;
  return {
    async *pages(evidence, { afterId, throughId, by, unseen }, signal) {
      const database = databaseOf(evidence);
      const text = textIn(databases.schemas(database).crude);
      for (let from = afterId; ; ) {
        const parameters = [
          { name: 'company', type: 'nvarchar(64)', value: company },
          { name: 'evidence', type: 'nvarchar(64)', value: evidence },
          { name: 'after_id', type: 'bigint', value: from ?? null },
          { name: 'through_id', type: 'bigint', value: throughId ?? null },
          { name: 'digest', type: 'bit', value: by === 'content' },
          { name: 'generation', type: 'int', value: unseen?.generation ?? null },
          { name: 'read_before', type: 'datetime2(3)', value: unseen?.readBefore ?? null },
        ] as const;
        const rows = await databases.query(database, text, parameters, signal);
        const page = rows.map(({ record_id: id, version, content }) => ({
          id: String(id),
          version: Number(version),
          content: content === null ? undefined : String(content),
        }));
        yield page;
        if (page.length < pageSize) return;
        from = page.at(-1)?.id ?? from;
      }
    },
  };
}
