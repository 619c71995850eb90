/** What is asked of a print, beside its rows. */
export interface PrintJob {
  readonly printed: Date;
  /** Who prints it: the name of a token. */
  readonly user?: string | undefined;
  /**
   * The body of the query, as it was found right: its conditions are told in the head. Of `top` rows
   * that it asks for the next one is expected, too, and tells that there are more.
   */
  readonly query?: unknown;
}
