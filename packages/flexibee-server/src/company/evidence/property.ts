import type { ImportStatus, PropertyType } from '../types.ts';

/** One field of an evidence. Names, types and lengths are those of a real server's properties. */
export interface Property {
  name: string;
  /** Czech, for people. */
  label: string;
  type: PropertyType;
  maxLength?: number;
  digits?: number;
  decimal?: number;
  /** Of a select: key to Czech text. */
  values?: Readonly<Record<string, string>>;
  /** Of a relation: the evidence or code list it points into. */
  target?: string;
  /** Part of detail=summary. */
  summary?: boolean;
  mandatory?: boolean;
  readOnly?: boolean;
  upperCase?: boolean;
  unsortable?: boolean;
}

type Options = Omit<Property, 'name' | 'label' | 'type'>;

export interface Evidence {
  path: string;
  /** Czech, for people. */
  name: string;
  /** FlexiBee's evidenceType. */
  type: string;
  properties: readonly Property[];
  /** Columns that no client sees: which documents a pairing is between, an attachment's bytes. */
  own?: readonly Property[];
  /** Order of a listing that asks for none; then by id. */
  newestFirst?: boolean;
  /** It has platiOd and platiDo (years), and listings leave out what is not valid this year. */
  validity?: boolean;
  /** Rows that live and die with a record of this evidence. */
  children?: {
    field: string;
    /** Another name of the field, as newer clients have it; answered under the name asked for. */
    alias?: string;
    /** Below a record's path, and in its `relations.json`. */
    url: string;
    evidence: string;
    parent: string;
  };
  /** Default SUPPORTED. */
  importStatus?: ImportStatus;
  /** Further prefixes of identifiers and the field each looks at: `in:` for ic. */
  identifiers?: Readonly<Record<string, string>>;
}

const property =
  (type: PropertyType) =>
  (name: string, label: string, options: Options = {}): Property => ({
    name,
    label,
    type,
    ...options,
  });

export const text = property('string');
export const whole = property('integer');
export const date = property('date');
const datetime = property('datetime');
export const logic = property('logic');
/** Base64 in JSON and XML. */
export const blob = property('blob');

export const amount = (name: string, label: string, options: Options = {}) =>
  property('numeric')(name, label, { digits: 15, decimal: 2, ...options });

export const quantity = (name: string, label: string, options: Options = {}) =>
  property('numeric')(name, label, { digits: 19, decimal: 6, ...options });

export const percent = (name: string, label: string, options: Options = {}) =>
  property('numeric')(name, label, { digits: 6, decimal: 2, ...options });

export const select = (
  name: string,
  label: string,
  values: Readonly<Record<string, string>>,
  options: Options = {},
) => property('select')(name, label, { maxLength: 50, values, ...options });

export const relation = (name: string, label: string, target: string, options: Options = {}) =>
  property('relation')(name, label, { target, ...options });

/** Codes of labels: `VIP, DEALER`. What is written is added to them. */
export const labels = text('stitky', 'Štítky', { unsortable: true });

export const id = whole('id', 'ID', { summary: true, readOnly: true });

/** What every evidence but `vazba` begins with. */
export const keys: readonly Property[] = [
  id,
  datetime('lastUpdate', 'Poslední změna', { summary: true, readOnly: true }),
];

/** Years; what is not valid this year is not listed. */
export const validity = [whole('platiOd', 'Platí od roku'), whole('platiDo', 'Platí do roku')];
