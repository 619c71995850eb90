/** Texts in the XML of a workbook. */

const special = /[&<>\p{Cc}\p{Cs}\ufffe\uffff]|_x[0-9A-Fa-f]{4}_/u;
const each = /[&<>\p{Cs}\ufffe\uffff]|(?![\t\n])\p{Cc}|_(?=x[0-9A-Fa-f]{4}_)/gu;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * What XML 1.0 has no place for is written `_x0001_`, as the type ST_Xstring of ECMA-376 has it (part
 * 1, 22.9.2.19), and a text that looks so has its `_` written so. A carriage return is among these,
 * since XML makes a newline of it. Half of a pair of surrogates is U+FFFD.
 */
export function xmlText(text: string): string {
  if (!special.test(text)) return text;
  return text.replace(each, (found) => {
    const entity = entities[found];
    if (entity !== undefined) return entity;
    const code = found.charCodeAt(0);
    if (code >= 0xd800 && code <= 0xdfff) return '\ufffd';
    return `_x${code.toString(16).toUpperCase().padStart(4, '0')}_`;
  });
}
