/**
 * FlexiBee's JSON and XML are one model: `@version` is the attribute `version`, `firma@ref` the
 * attribute `ref` of `<firma>`, an array is an element that repeats.
 */

import { element, type XmlElement } from './element.ts';

type Json = unknown;
export type JsonObject = { [member: string]: Json };

/** `<name>` of a JSON value; members that are arrays repeat. */
export function toXml(name: string, value: Json): XmlElement {
  return build(name, value, (member, item) =>
    Array.isArray(item) ? item.map((one) => toXml(member, one)) : [toXml(member, item)],
  );
}

/** A record: `external-ids` are further `<id>`, child rows stand inside the field's element. */
export function recordToXml(evidence: string, record: JsonObject): XmlElement {
  return build(evidence, record, (member, item) => {
    if (!Array.isArray(item)) return [toXml(member, item)];
    if (member === 'external-ids') return item.map((id) => element('id', String(id)));
    if (member === 'id') return item.map((id) => element('id', String(id)));
    const row = `${evidence}-polozka`;
    return [
      element(
        member,
        item.map((one) => recordToXml(row, one as JsonObject)),
      ),
    ];
  });
}

function build(
  name: string,
  value: Json,
  members: (member: string, item: Json) => XmlElement[],
): XmlElement {
  if (typeof value !== 'object' || value === null)
    return element(name, value === null || value === undefined ? '' : String(value));
  const attributes: [string, string][] = [];
  const children: XmlElement[] = [];
  const later: [member: string, attribute: string, value: string][] = [];
  let text = '';
  for (const [member, item] of Object.entries(value)) {
    const at = member.indexOf('@');
    if (at === 0) attributes.push([member.slice(1), String(item)]);
    else if (at > 0) later.push([member.slice(0, at), member.slice(at + 1), String(item)]);
    else if (member === '$') text = String(item);
    else children.push(...members(member, item));
  }
  for (const [member, attribute, item] of later) {
    children.find((child) => child.name === member)?.attributes.push([attribute, item]);
  }
  return { name, attributes, children, text };
}

/** What `<winstrom>` says, in the form of JSON's `winstrom`. */
export function fromXml(root: XmlElement): JsonObject {
  const winstrom = attributesOf(root);
  for (const child of root.children) {
    if (child.children.length === 0 && child.attributes.length === 0)
      add(winstrom, child.name, child.text);
    else {
      const records = winstrom[child.name];
      if (Array.isArray(records)) records.push(fromRecord(child));
      else winstrom[child.name] = [fromRecord(child)];
    }
  }
  return winstrom;
}

function fromRecord({ attributes, children }: XmlElement): JsonObject {
  const record: JsonObject = {};
  for (const [name, value] of attributes) add(record, name === 'id' ? 'id' : `@${name}`, value);
  for (const child of children) {
    for (const [name, value] of child.attributes) record[`${child.name}@${name}`] = value;
    if (child.children.length === 0) add(record, child.name, child.text);
    else record[child.name] = child.children.map(fromRecord);
  }
  return record;
}

function attributesOf({ attributes }: XmlElement): JsonObject {
  return Object.fromEntries(attributes.map(([name, value]) => [`@${name}`, value]));
}

/** A member that comes again becomes an array. */
function add(target: JsonObject, member: string, value: string): void {
  const present = target[member];
  if (present === undefined) target[member] = value;
  else if (Array.isArray(present)) present.push(value);
  else target[member] = [present, value];
}
