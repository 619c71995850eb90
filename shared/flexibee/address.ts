/** Where a FlexiBee server is and how to log in there, out of the text of a setting. */

export interface FlexibeeAddress {
  /** `https://flexibee.example:5434`: no path, no credentials. */
  origin: string;
  user: string;
  /** Secret. */
  password: string;
  /** True: any certificate will do; FlexiBee ships with a self-signed one. */
  trustServerCertificate: boolean;
}

export const flexibeeAddressForm = 'Url=https://host:5434;User Id=…;Password=…';

/**
 * Reads a setting of the form above, `TrustServerCertificate=true` optional.
 *
 * @throws RangeError with what is wrong, to be read after the setting's name; it holds no value
 */
export function parseFlexibeeAddress(text: string): FlexibeeAddress {
  throw new RangeError(`is not read yet (${text.length} characters)`);
}
