import type { ReactNode } from 'preact/compat';
import { PageHead } from '../parts/page-head.js';
import { QueryDetail } from '../query/query-detail.js';

/** One query with an address of its own. */
export function PageQuery({ id }: { readonly id: string }): ReactNode {
  return (
    <div className="page-query">
      <QueryDetail
        id={id}
        head={(title) => <PageHead title={title} crumb={{ name: 'Queries', path: '/queries' }} hasRange={false} />}
      />
    </div>
  );
}
