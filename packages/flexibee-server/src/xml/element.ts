/** An XML document as FlexiBee writes and reads it: no namespaces, no mixed content. */

export interface XmlElement {
  name: string;
  attributes: [name: string, value: string][];
  children: XmlElement[];
  /** Of an element without children. */
  text: string;
}

export function element(
  name: string,
  content: string | XmlElement[] = '',
  attributes: [string, string][] = [],
): XmlElement {
  return typeof content === 'string'
    ? { name, attributes, children: [], text: content }
    : { name, attributes, children: content, text: '' };
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** Without the control characters that XML 1.0 has no way to write. */
export const writable = (text: string) => text.replace(unwritable, '');

export function escapeXml(text: string): string {
  return writable(text).replace(/[&<>"\r]/g, (character) => entities[character] ?? '');
}

/** A whole document, indented by two spaces a level. */
export function writeXml(root: XmlElement): string {
  const lines = ['<?xml version="1.0" encoding="utf-8"?>', ''];
  writeElement(root, '', lines);
  return lines.join('\n');
}

function writeElement(
  { name, attributes, children, text }: XmlElement,
  indent: string,
  lines: string[],
) {
  const head = attributes.map(([key, value]) => ` ${key}="${escapeXml(value)}"`).join('');
  if (children.length > 0) {
    lines.push(`${indent}<${name}${head}>`);
    for (const child of children) writeElement(child, `${indent}  `, lines);
    lines.push(`${indent}</${name}>`);
  } else if (text === '') lines.push(`${indent}<${name}${head}/>`);
  else lines.push(`${indent}<${name}${head}>${escapeXml(text)}</${name}>`);
}
