/** A request that FlexiBee refuses; answered as `{success: "false", message}`. */
export class CompanyError extends Error {
  readonly status: 400 | 404;
  /** FlexiBee's `message@messageCode`, where it gives one. */
  readonly code: string | undefined;

  constructor(status: 400 | 404, message: string, code?: string) {
    super(message);
    this.name = 'CompanyError';
    this.status = status;
    this.code = code;
  }
}
