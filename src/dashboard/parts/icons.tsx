import type { ReactNode } from 'preact/compat';

const PATHS = {
  overview: 'M4 13h6V4H4zm0 7h6v-5H4zm10 0h6v-9h-6zm0-16v5h6V4z',
  queries: 'M4 6h16M4 12h16M4 18h10',
  people:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Zm-6 9c0-3.3 2.7-6 6-6s6 2.7 6 6M16 4.5a3.5 3.5 0 0 1 0 6.5m2.5 3.6c1.5 1 2.5 2.9 2.5 5.4',
  workgroups: 'M12 3 3 8l9 5 9-5zM3 12.5l9 5 9-5M3 17l9 5 9-5',
  tables: 'M4 5h16v14H4zM4 10h16M4 15h16M10 5v14',
  tools:
    'M14.500 6.500a4 4 0 0 1 5-3.800l-2.800 2.800 1.800 1.800 2.800-2.800a4 4 0 0 1-5.400 4.600L8 17a2 2 0 0 1-2.800-2.800l7.900-7.900M4 20h5',
  cost: 'M12 3v18M16.5 7.5c-.8-1.3-2.5-2-4.5-2-2.600 0-4.500 1.200-4.500 3.200 0 4.600 9.500 2 9.500 6.600 0 2-2 3.200-5 3.200-2.200 0-4-.8-5-2.300',
  audit: 'M12 3 5 6v5c0 4.500 2.900 8.300 7 10 4.100-1.700 7-5.500 7-10V6zM9 12l2.200 2.200L15.500 10',
  identities:
    'M4 6h16v12H4zM8.500 13a1.800 1.800 0 1 0 0-3.600 1.800 1.800 0 0 0 0 3.600Zm-2.500 3c.3-1.300 1.300-2 2.500-2s2.200.7 2.500 2M14 10h4M14 14h3',
  console: 'M4 5h16v14H4zM8 10l3 2.500L8 15M13 15h4',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2v2m0 16v2M4.900 4.900l1.400 1.400m11.400 11.400 1.400 1.400M2 12h2m16 0h2M4.900 19.100l1.400-1.400M17.700 6.300l1.400-1.400',
  moon: 'M20 14.500A8 8 0 1 1 9.500 4a6.500 6.500 0 0 0 10.500 10.500Z',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  download: 'M12 4v11m-4.500-4.500L12 15l4.500-4.500M5 20h14',
  search: 'M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13Zm5-1.500L20 20',
  close: 'M6 6l12 12M18 6 6 18',
  menu: 'M4 7h16M4 12h16M4 17h16',
  link: 'M10 14a4 4 0 0 0 5.700 0l3-3A4 4 0 0 0 13 5.300l-1 1M14 10a4 4 0 0 0-5.700 0l-3 3A4 4 0 0 0 11 18.700l1-1',
  bookmark: 'M7 4h10v16l-5-4-5 4z',
  chevron: 'M9 6l6 6-6 6',
  keyboard: 'M3 7h18v10H3zM7 10.500h.01M10.500 10.500h.01M14 10.500h.01M17.500 10.500h.01M8 14h8',
} as const;

export type IconName = keyof typeof PATHS;

/** A line drawing that stands beside a text. */
export function Icon({ name }: { readonly name: IconName }): ReactNode {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
