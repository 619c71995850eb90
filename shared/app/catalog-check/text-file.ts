import { CatalogError } from '../../faults/catalog-error.ts';

/** A file of text, by the name that people know it by. */
export interface TextFile {
  file: string;
  text: string;
  /** Why it is no text, with its place. */
  fault?: string;
}

/** @throws CatalogError for a file that is no text */
export function textOf({ text, fault }: Pick<TextFile, 'text' | 'fault'>): string {
  if (fault !== undefined) throw new CatalogError([fault]);
  return text;
}
