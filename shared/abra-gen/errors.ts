/** What can go wrong between us and an ABRA Gen server, each with a name and a cure. */

export type AbraGenTrouble =
  | 'unreachable'
  | 'busy'
  | 'wrong password'
  | 'not allowed'
  | 'not found'
  | 'refused'
  | 'answer not understood';

/** What people can do, in plain words. */
const cures: Readonly<Record<AbraGenTrouble, string>> = {
  unreachable:
    'Check that the web API of ABRA Gen runs, that the Url in the setting is right, and that no firewall is between.',
  busy: 'Try again later, or ask for less at once.',
  'wrong password':
    'Check User Id and Password in the setting of this connection by logging in to ABRA Gen with them.',
  'not allowed':
    'The user of the setting needs the right to use the web API and this dynamic SQL. Check both in ABRA Gen.',
  'not found':
    'Check the id against the list of the connection, and the name of the connection in the catalogue against the one in ABRA Gen.',
  refused: "ABRA Gen's own words say why.",
  'answer not understood':
    'Check that the Url leads to the web API of ABRA Gen and not to a page of a proxy. If it does, its version answers in another form: report the message.',
};

export interface AbraGenErrorDetails {
  kind: AbraGenTrouble;
  /** The catalogue's id of the connection. */
  connection: string;
  /** Packed CLSID of the dynamic SQL, where one was asked. */
  definition?: string | undefined;
  /** Method and path, without the query: `POST /demodata/dynsql/…/exec`. */
  request: string;
  /** HTTP status, where the server answered. */
  status?: number | undefined;
  /** What happened, to be read after connection and request. */
  fault: string;
  /** ABRA Gen's own words, where there were any. */
  said?: string | undefined;
  /** Where the cure of the kind does not fit. */
  cure?: string | undefined;
  isTransient?: boolean | undefined;
  /** Milliseconds that the server asks to be left alone for. */
  retryAfterMs?: number | undefined;
}

/** A request that an ABRA Gen server did not fulfil. No password is in it. */
export class AbraGenError extends Error {
  readonly kind: AbraGenTrouble;
  readonly connection: string;
  readonly definition: string | undefined;
  readonly request: string;
  /** HTTP status of ABRA Gen's answer. */
  readonly status: number | undefined;
  /** ABRA Gen's own words. */
  readonly said: string | undefined;
  /** What people can do about it. */
  readonly cure: string;
  /** Whether the same request may succeed without anybody doing anything. */
  readonly isTransient: boolean;
  readonly retryAfterMs: number;

  constructor(details: AbraGenErrorDetails, options?: ErrorOptions) {
    const { kind, connection, request, status, fault, said } = details;
    const words = said ? `: ${said}` : '';
    super(`ABRA Gen ${connection}: ${request}: ${fault}${words}`, options);
    this.name = 'AbraGenError';
    this.kind = kind;
    this.connection = connection;
    this.definition = details.definition;
    this.request = request;
    this.status = status;
    this.said = said;
    this.cure = details.cure ?? cures[kind];
    this.isTransient = details.isTransient ?? false;
    this.retryAfterMs = details.retryAfterMs ?? 0;
  }
}
