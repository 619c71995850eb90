/** The schemas of the product in a database: under their usual names, or those that the catalogue gives. */

export interface ProductSchemas {
  /** Of the mirror of companies and of dynsql's rows. */
  readonly crude: string;
  /** Of the typed tables of companies. */
  readonly flexi: string;
}

export const usualSchemas: ProductSchemas = { crude: 'crude', flexi: 'flexi' };

/** As an identifier, whatever letters it has. */
export const bracketed = (name: string) => `[${name.replaceAll(']', ']]')}]`;
