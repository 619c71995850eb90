/** Parameters of the apply procedures. See docs/flexibee.md, "The apply procedure". */

import { z } from 'zod';
import type { SqlParameter } from '../database/link.ts';
import type { Part } from './apply-parts.ts';
import type { AppliedRows, Batch, Change, MirrorPage } from './types.ts';

const noRecords = '[]';

/** Of a procedure that takes one evidence; of the only batch of a page, or of a part of it. */
export function batchParameters(
  { company, generation, readAt }: MirrorPage,
  { evidence, changes, gone }: Batch,
  part: Part,
  isLast: boolean,
): SqlParameter[] {
  const end = isLast ? gone : undefined;
  return [
    { name: 'company', type: 'nvarchar(64)', value: company },
    { name: 'evidence', type: 'nvarchar(64)', value: evidence },
    { name: 'generation', type: 'int', value: generation },
    { name: 'read_at', type: 'datetime2(3)', value: readAt },
    { name: 'changes', type: 'nvarchar(max)', value: journal(isLast ? changes : []) },
    { name: 'records', type: 'nvarchar(max)', value: part.get(evidence) ?? noRecords },
    { name: 'gone_read_before', type: 'datetime2(3)', value: end?.readBefore ?? null },
    { name: 'gone_version', type: 'bigint', value: end?.version ?? null },
    { name: 'created', type: 'int', value: null, output: true },
    { name: 'updated', type: 'int', value: null, output: true },
    { name: 'deleted', type: 'int', value: null, output: true },
  ];
}

export function batchRows(
  { evidence }: Batch,
  output: Record<string, unknown>,
): [string, AppliedRows][] {
  const [created, updated, deleted] = [output['created'], output['updated'], output['deleted']];
  const rows = {
    created: Number(created),
    updated: Number(updated),
    deleted: Number(deleted),
  };
  return [[evidence, rows]];
}

/** Of the procedure that takes a page, or of a part of it. */
export function pageParameters(
  { company, generation, readAt, batches }: MirrorPage,
  writtenBy: string | undefined,
  part: Part,
  isLast: boolean,
): SqlParameter[] {
  const inPart = isLast ? batches : batches.filter(({ evidence }) => part.has(evidence));
  let evidences = '';
  for (const { evidence, changes, gone } of inPart) {
    const end = isLast && gone !== undefined ? `,"gone":${JSON.stringify(gone)}` : '';
    evidences += `${evidences === '' ? '[' : ','}{"evidence":${JSON.stringify(evidence)}`;
    evidences += `,"changes":${journal(isLast ? changes : [])}`;
    evidences += `,"records":${part.get(evidence) ?? noRecords}${end}}`;
  }
  return [
    { name: 'company', type: 'nvarchar(64)', value: company },
    { name: 'generation', type: 'int', value: generation },
    { name: 'read_at', type: 'datetime2(3)', value: readAt },
    { name: 'written_by', type: 'nvarchar(100)', value: writtenBy ?? null },
    { name: 'evidences', type: 'nvarchar(max)', value: `${evidences}]` },
    { name: 'rows', type: 'nvarchar(max)', value: null, output: true },
  ];
}

const count = z.int().nonnegative();
const rowsSchema = z.array(
  z.object({ evidence: z.string(), created: count, updated: count, deleted: count }),
);

/** @throws ZodError for what the procedure does not answer */
export function pageRows(output: Record<string, unknown>): [string, AppliedRows][] {
  const rows = rowsSchema.parse(JSON.parse(String(output['rows'])));
  return rows.map(({ evidence, ...counts }) => [evidence, counts]);
}

/** Without the evidence, which goes without saying. */
function journal(changes: readonly Change[]): string {
  return JSON.stringify(
    changes.map(({ version, id, operation, at, externalIds }) => ({
      version,
      id,
      operation,
      at,
      externalIds,
    })),
  );
}
