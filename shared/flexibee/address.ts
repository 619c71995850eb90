/** Where a FlexiBee server is and how to log in there, out of the text of a setting. */

import { parseServerAddress, type ServerAddress } from '../outbound/address.ts';

export type FlexibeeAddress = ServerAddress;

export const flexibeeAddressForm = 'Url=https://host:5434;User Id=…;Password=…';

/**
 * Reads a setting of the form above; with `TrustServerCertificate=true` any certificate will do,
 * since FlexiBee ships with a self-signed one.
 *
 * @throws RangeError with what is wrong, to be read after the setting's name; it holds no value
 */
export function parseFlexibeeAddress(text: string): FlexibeeAddress {
  return parseServerAddress(text, {
    form: flexibeeAddressForm,
    url: 'https://host:5434',
    afterPort: 'the company is named in the catalogue',
    encryption:
      'use https; for the certificate that FlexiBee made itself, add TrustServerCertificate=true',
  });
}
