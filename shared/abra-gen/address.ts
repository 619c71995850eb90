/** Where an ABRA Gen server is and how to log in there, out of the text of a setting. */

import { parseServerAddress, type ServerAddress } from '../outbound/address.ts';

export type AbraGenAddress = ServerAddress;

export const abraGenAddressForm = 'Url=https://host:699;User Id=…;Password=…';

/**
 * Reads a setting of the form above, `TrustServerCertificate=true` optional.
 *
 * @throws RangeError with what is wrong, to be read after the setting's name; it holds no value
 */
export function parseAbraGenAddress(text: string): AbraGenAddress {
  return parseServerAddress(text, {
    form: abraGenAddressForm,
    url: 'https://host:699',
    afterPort: 'the connection is named in the catalogue',
    encryption:
      'use https; for a certificate that this machine does not know, add TrustServerCertificate=true',
  });
}
