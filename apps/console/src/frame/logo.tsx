import type { ReactNode } from 'react';

/** Usher's mark: two steps that lead to a seat. */
export function Logo({ size = 20 }: { size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden className="logo">
      <rect width="20" height="20" rx="5" className="logo-ground" />
      <path d="M4.5 6.5 10 10l5.5-3.5v3L10 13 4.5 9.5z" className="logo-mark" />
      <path d="M4.5 11.8 10 15.2l5.5-3.4" className="logo-line" />
    </svg>
  );
}
