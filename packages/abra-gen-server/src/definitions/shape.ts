/** A dynamic SQL as ABRA Gen gives it, key by key in its order, and short ways to write one. */

export interface Field {
  /** `A.Code`, or `C.Code AS Currency_Code` where the field is named otherwise. */
  readonly expression: string;
  readonly fieldname: string;
  readonly displaylabel: string;
  /** Class of the record that the value refers to; empty for plain values. */
  readonly packedclsid: string;
  /** Characters of a text. */
  readonly fieldsize: number;
  readonly datatype: 'dtString' | 'dtInteger' | 'dtFloat' | 'dtBoolean' | 'dtDateTime';
  readonly prefixedfield: boolean;
  readonly nationallocalization: string;
  readonly mastermonikerpclsid: string;
  readonly sqljoinbinding: { readonly alias: string; readonly fieldname: string };
  readonly originalfieldname: string;
}

export interface Alias {
  readonly alias: string;
  readonly clsid: string;
  readonly prefix: string;
  readonly description: string;
  readonly joinsql: string;
}

export interface Dataset {
  readonly name: string;
  readonly sql: string;
  readonly master: string;
  readonly displaylabel: string;
  readonly masterfields: string;
  readonly nationallocalization: string;
  readonly fields: readonly Field[];
  readonly aliases: readonly Alias[];
}

export interface Condition {
  readonly id: string;
  readonly dataset: string;
  readonly parentid: string;
  /** Lines `NAME=value`, each ended by CR LF. */
  readonly params: string;
  readonly description: string;
  readonly datatype: 'ctString' | 'ctBoolean' | 'ctInteger' | 'ctFloat' | 'ctDateTime';
  readonly specialsubtype: number;
  readonly caption: string;
  readonly template: string;
  readonly alias: string;
  readonly nationallocalization: string;
}

export interface Key {
  readonly id: string;
  readonly sql: string;
  readonly dataset: string;
  readonly displaylabel: string;
  readonly nationallocalization: string;
  readonly hidden: boolean;
}

export interface Definition {
  readonly id: string;
  readonly name: string;
  readonly datasets: readonly Dataset[];
  readonly conditions: readonly Condition[];
  readonly keys: readonly Key[];
  readonly controller: string;
  readonly system: boolean;
  readonly nationallocalization: string;
}

type Type = `${'string'}(${number})` | 'integer' | 'float' | 'boolean' | 'date';

/**
 * Fields of one alias.
 * @param owner class of the alias's records
 * @param prefix of an alias that is joined: `Currency`, bound by its master's column
 */
export function fieldsOf(
  alias: string,
  owner: string,
  joined?: { prefix: string; label: string; from: string; column: string },
) {
  return (name: string, label: string, type: Type, more: Partial<Field> = {}): Field => {
    const fieldname = joined ? `${joined.prefix}_${name}` : name;
    return {
      expression: `${alias}.${name}${joined ? ` AS ${fieldname}` : ''}`,
      fieldname,
      displaylabel: joined ? `${joined.label} - ${label}` : label,
      packedclsid: '',
      fieldsize: Number(/\d+/.exec(type)?.[0] ?? 1),
      datatype: dataTypes[type.replace(/\(.*/, '')] ?? 'dtString',
      prefixedfield: joined !== undefined,
      nationallocalization: '',
      mastermonikerpclsid: owner,
      sqljoinbinding: { alias: joined?.from ?? '', fieldname: joined?.column ?? '' },
      originalfieldname: joined ? name : '',
      ...more,
    };
  };
}

const dataTypes: Record<string, Field['datatype']> = {
  string: 'dtString',
  integer: 'dtInteger',
  float: 'dtFloat',
  boolean: 'dtBoolean',
  date: 'dtDateTime',
};

export function alias(name: string, clsid: string, joined: Partial<Alias> = {}): Alias {
  return { alias: name, clsid, prefix: '', description: '', joinsql: '', ...joined };
}

export function condition(id: string, template: string, more: Partial<Condition> = {}): Condition {
  return {
    id,
    dataset: 'MAIN',
    parentid: '',
    params: '',
    description: '',
    datatype: 'ctString',
    specialsubtype: 0,
    caption: '',
    template,
    alias: 'A',
    nationallocalization: '',
    ...more,
  };
}

export function key(id: string, sql: string, displaylabel: string, dataset = 'MAIN'): Key {
  return { id, sql, dataset, displaylabel, nationallocalization: '', hidden: false };
}

/** `{ CLASSID: '…' }` as ABRA writes it. */
export function params(lines: Record<string, string>): string {
  return Object.entries(lines)
    .map(([name, value]) => `${name}=${value}\r\n`)
    .join('');
}

/** Lines of SQL as ABRA keeps them. */
export const sql = (...lines: string[]): string => lines.join('\r\n');

/** What the definitions of ABRA's own end with. */
export const system = {
  controller: '00000000000000000000000000',
  system: true,
  nationallocalization: '',
} as const;
