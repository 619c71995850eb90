/** Texts of a layout with values in braces: `Источник {DataSource}, {Period:month}`. */

import { notOneOf } from '../../faults/catalog-error.ts';

/** The formats that a template may name; a field's own format comes from its column. */
const templateFormats = ['integer', 'decimal', 'date', 'datetime', 'month'] as const;
type TemplateFormat = (typeof templateFormats)[number];

interface Placeholder {
  readonly name: string;
  readonly format: TemplateFormat | undefined;
}

const placeholder = /\{([^{}:]*)(?::([^{}]*))?\}/g;

const isFormat = (text: string): text is TemplateFormat =>
  (templateFormats as readonly string[]).includes(text);

/** The names between braces. */
export const namesOf = (template: string): string[] =>
  [...template.matchAll(placeholder)].map(([, name = '']) => name);

/** The text with each placeholder replaced by what `fill` gives for it. */
export function filled(template: string, fill: (placeholder: Placeholder) => string): string {
  return template.replace(placeholder, (_, name: string, format?: string) =>
    fill({ name, format: format !== undefined && isFormat(format) ? format : undefined }),
  );
}

/**
 * What is wrong with a template, in words.
 *
 * @param known the names it may use, without formats; undefined: any
 */
export function templateFault(template: string, known?: readonly string[]): string | undefined {
  if (/[{}]/.test(template.replaceAll(placeholder, ''))) {
    return 'a brace without its partner; write {Name}';
  }
  for (const [whole, name = '', format] of template.matchAll(placeholder)) {
    if (name.trim() === '') return `${whole} names nothing; write {Name}`;
    if (known !== undefined && !known.includes(name)) {
      return `${whole}: ${notOneOf(name, 'a name here', known)}`;
    }
    if (format === undefined) continue;
    if (known !== undefined) return `${whole}: no format is taken here; write {${name}}`;
    if (!isFormat(format)) return `${whole}: ${notOneOf(format, 'a format', templateFormats)}`;
  }
  return undefined;
}
