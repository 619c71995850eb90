/** Which media types a client takes. */

/** Whether `Accept` names the type itself; `* / *` counts only where a type is the default. */
export function accepts(accept: string | undefined, type: string, isDefault: boolean): boolean {
  const [family = ''] = type.split('/');
  return (accept ?? '*/*').split(',').some((part) => {
    const [name = '', ...parameters] = part.split(';').map((each) => each.trim().toLowerCase());
    if (parameters.some((each) => /^q=0(\.0*)?$/.test(each))) return false;
    return name === type || (isDefault && (name === '*/*' || name === `${family}/*`));
  });
}
