/** A query of as many rows as one likes, as the app answers it: by pages, and all of it at once. */

import type { Connections, DefinitionName, Help } from '../../page/api/schema.d.ts';

/** Its rows come by pages; those of the other, as those of ABRA Gen do, all at once. */
export const connections: Connections = {
  connections: [
    { id: 'db', kind: 'database', description: 'Database' },
    { id: 'gen', kind: 'abra-gen', description: 'ABRA Gen' },
  ],
};

export const definition: DefinitionName = { id: 'BENCH00000000000000ROWS001', name: 'Payments' };

const fields = [
  { name: 'Code', datatype: 'dtString', type: 'text' },
  { name: 'Name', datatype: 'dtString', type: 'text' },
  { name: 'DocDate', datatype: 'dtDate', type: 'date' },
  { name: 'Amount', datatype: 'dtCurrency', type: 'number' },
  { name: 'Paid', datatype: 'dtBoolean', type: 'yes or no' },
] as const;

/** What the page asks for: all of it. */
export const everyField = { select: fields.map(({ name }) => name) };

export function help(connection: string): Help {
  const at = `/${connection}/dynsql/${definition.id}`;
  return {
    ...definition,
    dataset: {
      ...{ name: 'MAIN', label: 'Payments', unique: ['Code'], conditions: [], keys: [] },
      ...{ datasets: [], fields: fields.map((one) => ({ ...one, key: one.name.toUpperCase() })) },
    },
    examples: [],
    links: { definition: at, exec: `${at}/exec`, rows: `${at}/rows`, schema: `${at}/schema` },
  };
}

const dayMs = 86_400_000;
const names = ['Ледовый дворец', 'Družstvo Květná', 'Water works', 'Управляющая компания'];

function rowText(index: number): string {
  const day = new Date(Date.UTC(2015, 0, 1) + (index % 4_000) * dayMs).toISOString().slice(0, 10);
  const amount = (((index * 7_919) % 1_000_000) / 100).toFixed(2);
  const name = `${names[index % names.length]} ${index % 977}`;
  return `{"CODE":"${codeAt(index)}","NAME":"${name}","DOCDATE":"${day}","AMOUNT":${amount},"PAID":${index % 3 === 0}}`;
}

export const codeAt = (index: number): string => `P${String(index).padStart(9, '0')}`;

/** Rows that are sent at once. */
const piece = 1_000;

interface Asked {
  top?: number;
  skip?: number;
  count?: boolean;
  /** True: it is to be told; a text: where to go on. */
  next?: string | boolean;
}

/** The answer to a query of `rows` in all, in pieces. */
export function* answerTo(
  { top = Number.POSITIVE_INFINITY, skip = 0, count, next }: Asked,
  rows: number,
): Generator<string> {
  const from = typeof next === 'string' ? Number(next) : skip;
  const to = Math.min(rows, from + top);
  yield `{"name":"MAIN",${count ? `"count":${rows},` : ''}"items":[`;
  for (let at = from; at < to; at += piece) {
    const length = Math.min(piece, to - at);
    const texts = Array.from({ length }, (_, place) => rowText(at + place));
    yield `${at > from ? ',' : ''}${texts.join(',')}`;
  }
  yield next !== undefined && to < rows ? `],"next":"${to}"}` : ']}';
}
