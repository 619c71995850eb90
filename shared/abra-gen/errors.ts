/** What can go wrong between us and an ABRA Gen server, each with a name and a cure. */

import { type CommonTrouble, type FailedRequest, ServerError } from '../outbound/failure.ts';

export type AbraGenTrouble = CommonTrouble | 'busy' | 'not allowed' | 'not found' | 'refused';

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

export interface AbraGenErrorDetails extends FailedRequest<AbraGenTrouble> {
  /** The catalogue's id of the connection. */
  connection: string;
  /** Packed CLSID of the dynamic SQL, where one was asked. */
  definition?: string | undefined;
}

/** A request that an ABRA Gen server did not fulfil. No password is in it. */
export class AbraGenError extends ServerError<AbraGenTrouble> {
  override readonly name = 'AbraGenError';
  readonly connection: string;
  readonly definition: string | undefined;

  constructor(details: AbraGenErrorDetails, options?: ErrorOptions) {
    const { connection, definition } = details;
    super(`ABRA Gen ${connection}`, details, cures, options);
    this.connection = connection;
    this.definition = definition;
  }
}
