/** `syncboard query`: dynsql, as JSON, CSV or a workbook while the rows come. */

import { definitionsSchema } from '../../functions/shapes/dynsql.ts';
import { wholeNumber } from '../../shared/command-line/options.ts';
import { RowLoadError } from '../../shared/dynsql/rows/row-error.ts';
import { RowSplitter } from '../../shared/dynsql/rows/row-splitter.ts';
import { didYouMean } from '../../shared/faults/near-name.ts';
import { type Client, clientHelp, clientOf, clientOptions } from '../client.ts';
import { cliCommand, type Surroundings, writeJson } from '../command.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { readJson } from '../read-file.ts';
import { table } from '../terminal/table.ts';
import { clean } from '../terminal/text.ts';

export const query = cliCommand(
  'query',
  'ask the aggregate base or ABRA Gen, to JSON, CSV or XLSX',
  {
    what: 'Writes rows as they come. Without DEFINITION it lists the definitions of a connection.',
    operands: [
      { name: 'CONNECTION', help: 'of the catalogue: ab, demodata' },
      { name: 'DEFINITION', help: 'its id or its name', isOptional: true },
    ],
    options: {
      select: { type: 'text', value: 'FIELDS', help: 'fields: Code,Name' },
      where: {
        type: 'text',
        value: 'CONDITION',
        help: 'a condition: Code=C*, or one or more as JSON',
      },
      order: { type: 'text', value: 'KEYS', help: 'keys: Name, with - in front downwards' },
      top: wholeNumber('how many rows', 1, Number.MAX_SAFE_INTEGER),
      skip: wholeNumber('how many are left out before', 0, Number.MAX_SAFE_INTEGER),
      body: { type: 'text', value: 'FILE', help: 'a whole query as JSON, in place of these' },
      csv: { type: 'flag', help: 'rows as CSV in UTF-8' },
      bom: { type: 'flag', help: 'of CSV: a byte order mark in front, for Excel' },
      escape: { type: 'flag', help: 'of CSV: an apostrophe in front of what looks like a formula' },
      xlsx: { type: 'flag', help: 'rows as a workbook, a sheet a dataset: > FILE' },
      dry: { type: 'flag', help: 'SQL and parameters in place of rows' },
      describe: {
        type: 'flag',
        help: 'in place of rows what can be asked: fields, conditions, keys, reports, examples',
      },
      schema: {
        type: 'flag',
        help: 'in place of rows the JSON Schema of a query, by which editors complete --body',
      },
      ...clientOptions,
    },
    more: clientHelp,
  },
  async ({ operands: [connection = '', definition], ...options }, surroundings) => {
    const { body, csv, bom, escape: escapes, xlsx, dry, describe, schema, ...typed } = options;
    const { url, 'token-file': tokenFile, ...parts } = typed;
    const file = fileOf({ csv, bom, escapes, xlsx }, surroundings);
    const client = await clientOf({ url, 'token-file': tokenFile }, surroundings);
    const path = `${encodeURIComponent(connection)}/dynsql`;
    const all =
      definition !== undefined && isId.test(definition)
        ? []
        : await client.askFor(definitionsSchema, 'GET', path);
    if (definition === undefined) {
      const rows = all.map(({ id, name }) => [id, name]);
      for (const line of table(rows, surroundings.terminal?.columns)) surroundings.write(line);
      return exitCodes.ok;
    }
    const id = isId.test(definition) ? definition : idOf(definition, all);
    const place = `${path}/${encodeURIComponent(id)}`;
    if (describe) {
      const { write } = surroundings;
      const text = await client.page(`${place}/help`);
      for (const line of text.trimEnd().split('\n')) write(clean(line));
      return exitCodes.ok;
    }
    if (schema) {
      writeJson(await client.ask('GET', `${place}/schema`), surroundings);
      return exitCodes.ok;
    }
    const json = body === undefined ? queryOf(parts) : await readJson(body, surroundings);
    const exec = `${place}/exec`;
    if (dry)
      writeJson(await client.ask('POST', exec, { json, query: { dry: 'true' } }), surroundings);
    else if (file === undefined) await stream(client, exec, json, surroundings);
    else await copy(client, exec, { json, query: file }, surroundings);
    return exitCodes.ok;
  },
);

/** A packed CLSID. */
const isId = /^[0-9A-Za-z]{26}$/;

function idOf(name: string, all: readonly { id: string; name: string }[]): string {
  const found = all.filter((one) => one.name.toLowerCase() === name.toLowerCase());
  const [one, other] = found;
  if (one !== undefined && other === undefined) return one.id;
  const why = other === undefined ? 'is no definition' : 'is the name of several definitions';
  const near = didYouMean(
    name,
    all.map((own) => own.name),
  );
  throw new CliError(
    exitCodes.usage,
    `${name} ${why}: use an id, as query CONNECTION lists them${near}`,
  );
}

interface Parts {
  select?: string | undefined;
  where?: string | undefined;
  order?: string | undefined;
  top?: number | undefined;
  skip?: number | undefined;
}

function queryOf({ select, where, order, top, skip }: Parts): object {
  const list = (text: string) => text.split(',').map((one) => one.trim());
  const key = (text: string) =>
    text.startsWith('-') ? { id: text.slice(1), ordering: 'desc' } : { id: text };
  return {
    ...(select !== undefined && { select: list(select) }),
    ...(where !== undefined && { where: conditionOf(where) }),
    ...(order !== undefined && { orderby: list(order).map(key) }),
    ...(top !== undefined && { top }),
    ...(skip !== undefined && { skip }),
  };
}

function conditionOf(text: string): unknown {
  if (/^\s*[[{]/.test(text)) {
    try {
      return JSON.parse(text);
    } catch {
      throw new CliError(
        exitCodes.usage,
        '--where is no JSON: use Code=C*, or {"id": "Code", "value": "C*"}',
      );
    }
  }
  const at = text.indexOf('=');
  return at < 0 ? { id: text } : { id: text.slice(0, at).trim(), value: text.slice(at + 1).trim() };
}

interface FileForm {
  csv: boolean;
  bom: boolean;
  escapes: boolean;
  xlsx: boolean;
}

/** How the app is asked for a file; undefined where JSON is wanted. @throws CliError */
function fileOf(
  { csv, bom, escapes, xlsx }: FileForm,
  { terminal }: Surroundings,
): Readonly<Record<string, string>> | undefined {
  const wrong = (text: string) => new CliError(exitCodes.usage, text);
  if (csv && xlsx) throw wrong('--csv and --xlsx: use one of them');
  if (bom && !csv) throw wrong('--bom is for --csv');
  if (escapes && !csv) throw wrong('--escape is for --csv');
  if (csv) return { format: 'csv', bom: String(bom), escape: String(escapes) };
  if (!xlsx) return undefined;
  if (terminal !== undefined) throw wrong('a workbook is no text to read: add > rows.xlsx');
  return { format: 'xlsx' };
}

/** A file as it comes; one that breaks off is an error of the connection's. */
async function copy(
  client: Client,
  path: string,
  asked: { json: unknown; query: Readonly<Record<string, string>> },
  { send }: Surroundings,
): Promise<void> {
  const response = await client.exchange('POST', path, { ...asked, isSlow: true });
  for await (const piece of client.pieces(response)) await send(piece);
}

/** Only as much is held as has come and is not taken. */
async function stream(
  client: Client,
  path: string,
  json: unknown,
  { send }: Surroundings,
): Promise<void> {
  const response = await client.exchange('POST', path, { json, isSlow: true });
  const decoder = new TextDecoder();
  const splitter = new RowSplitter();
  try {
    for await (const piece of client.pieces(response)) {
      splitter.push(decoder.decode(piece, { stream: true }));
      await send(piece);
    }
    splitter.end();
  } catch (error) {
    if (!(error instanceof RowLoadError)) throw error;
    throw new CliError(exitCodes.failed, error.message, { cause: error });
  }
}
