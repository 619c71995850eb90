import type { Fault } from '../../shared/app/catalog-check/fault.ts';

/** `catalog.json:12:5: databases[0].server: "DCDB" is not …`, and its cure on a line of its own. */
export function faultText({ severity, file, line, column, path, text, cure }: Fault): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const parts = [place, severity === 'warning' ? 'warning' : '', path ?? '', text];
  const whole = parts.filter((part) => part !== '').join(': ');
  return cure === undefined ? whole : `${whole}\n  ${cure.replaceAll('\n', '\n  ')}`;
}
