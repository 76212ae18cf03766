import type { ReactNode } from 'preact/compat';

/** A little line of bars inside a table cell; the numbers stand beside it. */
export function Spark({ values }: { readonly values: readonly number[] | null | undefined }): ReactNode {
  if (!values || values.length === 0) return null;
  const highest = Math.max(...values, 1e-9);
  const step = 90 / values.length;
  return (
    <svg className="spark" viewBox="0 0 90 20" width="90" height="20" aria-hidden="true" preserveAspectRatio="none">
      {values.map((value, index) => {
        const height = value > 0 ? Math.max((value / highest) * 18, 1.5) : 0;
        // biome-ignore lint/suspicious/noArrayIndexKey: places in time have no other key
        return <rect key={index} x={index * step} width={Math.max(step - 0.7, 0.5)} y={20 - height} height={height} />;
      })}
    </svg>
  );
}
