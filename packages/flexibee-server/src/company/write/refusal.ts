/** Why a record cannot be written, in FlexiBee's shape. */
export interface RefusalDetails {
  message: string;
  /** FlexiBee's `message@messageCode`, where it gives one. */
  messageCode?: string;
  /** The field. */
  for?: string;
  value?: string;
  code?: 'PROP' | 'INVALID';
}

/** Ends the writing of a record; in an atomic request, of all of them. */
export class Refusal extends Error {
  readonly details: RefusalDetails;

  constructor(details: RefusalDetails) {
    super(details.message);
    this.name = 'Refusal';
    this.details = details;
  }

  /** One of `errors`. @param record `faktura-vydana[temporary-id=null]` */
  toJson(record: string): Record<string, string> {
    const { message, messageCode, for: field, value, code } = this.details;
    return {
      message,
      ...(messageCode !== undefined && { 'message@messageCode': messageCode }),
      ...(field !== undefined && { for: field, path: `${record}.${field}` }),
      ...(value !== undefined && { value }),
      ...(code !== undefined && { code }),
    };
  }
}

export const notFound = (evidence: string, ident: string, field?: string): Refusal =>
  new Refusal({
    message: `Záznam nebyl v datovém zdroji nalezen: ${evidence}#${ident}`,
    messageCode: 'formZaznamNenalezen',
    ...(field !== undefined && { for: field, value: ident, code: 'PROP' }),
  });
