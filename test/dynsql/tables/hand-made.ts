/** Answers made by hand, and what a workbook has in it. */

import assert from 'node:assert/strict';
import { inflateRawSync } from 'node:zlib';
import type { Cell, Table, TableAnswer, TableRow } from '../../../shared/dynsql/tables/table.ts';

/** `'dataset < parent: KEY type, OTHER type'`; keys are marked by `*`. */
export function tableOf(text: string, tables: readonly Table[]): Table {
  const [names = '', columns = ''] = text.split(':');
  const [dataset = '', above] = names.split('<').map((name) => name.trim());
  const parent = tables.findIndex((table) => table.dataset === above);
  const list = columns.split(',').filter((column) => column.trim() !== '');
  return {
    dataset,
    parent: above === undefined ? undefined : parent,
    depth: above === undefined ? 0 : (tables[parent]?.depth ?? 0) + 1,
    columns: list.map((column) => {
      const [key = '', datatype = 'dtString', zone = 'UTC'] = column.trim().split(' ');
      return { key: key.replace('*', ''), datatype, zone };
    }),
    keys: list.flatMap((column, at) => (column.includes('*') ? [at] : [])),
    hasChildren: false,
  };
}

export function answerOf(
  texts: readonly string[],
  batches: Iterable<readonly TableRow[]>,
  seen = { hasLeft: false },
): TableAnswer {
  const tables: Table[] = [];
  for (const text of texts) tables.push(tableOf(text, tables));
  const withChildren = tables.map((table, place) => {
    return { ...table, hasChildren: tables.some(({ parent }) => parent === place) };
  });
  async function* rows() {
    try {
      yield* batches;
    } finally {
      seen.hasLeft = true;
    }
  }
  return { name: 'Ručně', tables: withChildren, rows: rows() };
}

/** A row of a table; values as they would be in JSON, but for numbers, which are doubles. */
export const row = (place: number, ...values: (string | number | boolean | null)[]): TableRow => ({
  place,
  cells: values.map((value): Cell => (typeof value === 'number' ? value : JSON.stringify(value))),
});

/** The files of a zip archive by their paths, as its central directory has them. */
export function unzipped(bytes: Buffer): Map<string, string> {
  const end = bytes.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'));
  assert.ok(end >= 0, 'no end of a zip archive');
  const files = new Map<string, string>();
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [size, name, extra, comment] = [20, 28, 30, 32].map((offset) =>
      offset === 20 ? bytes.readUInt32LE(at + offset) : bytes.readUInt16LE(at + offset),
    ) as [number, number, number, number];
    const start = bytes.readUInt32LE(at + 42);
    const path = bytes.subarray(at + 46, at + 46 + name).toString();
    const from = start + 30 + bytes.readUInt16LE(start + 26) + bytes.readUInt16LE(start + 28);
    files.set(path, inflateRawSync(bytes.subarray(from, from + size)).toString());
    at += 46 + name + extra + comment;
  }
  return files;
}

export interface Sheet {
  name: string;
  /** Cells by their places: `B2`; texts as they are read, others with their type in front. */
  cells: Record<string, string>;
}

/** The sheets of a workbook, read as plainly as can be. */
export function sheetsOf(bytes: Buffer): Sheet[] {
  const files = unzipped(bytes);
  const links = new Map(
    [
      ...(files.get('xl/_rels/workbook.xml.rels') ?? '').matchAll(
        /Id="(\w+)"[^>]*Target="([^"]+)"/g,
      ),
    ].map(([, id, target]) => [id, target]),
  );
  return [
    ...(files.get('xl/workbook.xml') ?? '').matchAll(/<sheet name="([^"]*)"[^>]*r:id="(\w+)"/g),
  ].map(([, name = '', id]) => {
    const xml = files.get(`xl/${links.get(id)}`) ?? '';
    assert.ok(xml.endsWith('</sheetData></worksheet>'), name);
    return { name: plain(name), cells: cellsOf(xml) };
  });
}

function cellsOf(xml: string): Record<string, string> {
  const cells = xml.matchAll(
    /<c r="([A-Z]+\d+)"(?: s="(\d+)")?(?: t="(\w+)")?>(?:<v>([^<]*)<\/v>|<is><t[^>]*>([^<]*)<\/t><\/is>)<\/c>/g,
  );
  return Object.fromEntries(
    [...cells].map(([, place, style, type, value, text]) => {
      if (type === 'inlineStr') return [place, plain(text ?? '')];
      if (type === 'b') return [place, `b:${value}`];
      return [place, `${style === undefined ? 'n' : style}:${value}`];
    }),
  );
}

const plain = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll(/_x([0-9A-F]{4})_/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
