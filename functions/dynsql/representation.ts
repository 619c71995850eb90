/** What an answer is sent as: JSON, a table, or pages. */

import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import { show } from '../../shared/faults/show.ts';
import { accepts, preferredType } from '../../shared/http/accept.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { isFlagged } from '../shapes/flag.ts';

export const formatSchema = z.enum(['json', 'csv', 'xlsx']);

export interface Representation {
  format: z.infer<typeof formatSchema> | 'pdf';
  contentType: string;
  /** Of CSV. */
  hasBom: boolean;
  escapesFormulas: boolean;
}

const mediaTypes = {
  json: 'application/json',
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pdf: 'application/pdf',
} as const;

/** The first one where a client has no wish. */
const ofRows = [mediaTypes.json, mediaTypes.csv, mediaTypes.xlsx] as const;

/**
 * By `format` where it is given, else by `Accept`.
 *
 * @param report that is asked for: then it is a PDF
 * @throws HttpProblem 406, or 400 for parameters that do not go together
 */
export function representationOf(
  request: HttpRequest,
  report: string | undefined,
  isDryRun: boolean,
): Representation {
  const format = formatOf(request, report, isDryRun);
  const hasBom = isFlagged(request.query, 'bom');
  const escapesFormulas = isFlagged(request.query, 'escape');
  if (format !== 'csv') {
    if (hasBom) throw onlyOfCsv('bom');
    if (escapesFormulas) throw onlyOfCsv('escape');
  }
  const parameters = format === 'csv' ? '; charset=utf-8; header=present' : '';
  return { format, contentType: mediaTypes[format] + parameters, hasBom, escapesFormulas };
}

function formatOf(
  request: HttpRequest,
  report: string | undefined,
  isDryRun: boolean,
): Representation['format'] {
  const given = request.query.get('format');
  const accept = request.headers.get('accept');
  if (given !== null) {
    const format = formatSchema.safeParse(given);
    const allowed = `one of ${formatSchema.options.join(', ')}`;
    if (!format.success) throw invalid('format', given, allowed);
    if (report !== undefined) throw invalid('format', given, 'left out: a report is a PDF');
    return isDryRun ? 'json' : format.data;
  }
  if (isDryRun || report !== undefined) {
    const format = isDryRun ? 'json' : 'pdf';
    if (!accepts(accept, mediaTypes[format])) throw notAcceptable(accept, [mediaTypes[format]]);
    return format;
  }
  const type = preferredType(accept, ofRows);
  if (type === undefined) throw notAcceptable(accept, ofRows);
  return type === mediaTypes.json ? 'json' : type === mediaTypes.csv ? 'csv' : 'xlsx';
}

function notAcceptable(given: string | null, types: readonly string[]): HttpProblem {
  const allowed = types.join(' or ');
  const isReport = types.includes(mediaTypes.pdf);
  const message = isReport
    ? 'A report is a PDF: Accept must allow application/pdf.'
    : `Rows are JSON, CSV or XLSX: Accept must allow ${allowed}; a PDF needs ?report=<id>.`;
  return new HttpProblem('not-acceptable', message, {
    errors: [{ field: 'Accept', message, value: show(given), allowed }],
  });
}

const onlyOfCsv = (field: string): HttpProblem =>
  invalid(field, 'true', 'left out: only CSV, ?format=csv, has it');

function invalid(field: string, value: string, allowed: string): HttpProblem {
  const message = `Invalid ${field} value: it must be ${allowed}.`;
  const errors = [{ field, message, value: show(value), allowed }];
  return new HttpProblem('invalid-value', message, { errors });
}
