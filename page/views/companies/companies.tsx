import type { Place } from '../../shell/router.ts';
import { CompanyDetail } from './company.tsx';
import { CompanyList } from './company-list.tsx';

/** All companies, or the one that the address names. */
export default function Companies({ place: { path } }: { place: Place }) {
  const [code] = path;
  return code === undefined ? <CompanyList /> : <CompanyDetail key={code} code={code} />;
}
