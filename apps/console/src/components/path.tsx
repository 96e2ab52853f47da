import { Link, type LinkProps } from '@tanstack/react-router';
import { Fragment, type ReactNode } from 'react';

interface Step extends Pick<LinkProps, 'to' | 'params'> {
  readonly label: string;
}

/** The pages above this one, before its heading. */
export function Path({ steps }: { steps: readonly Step[] }): ReactNode {
  return (
    <nav aria-label="Path" className="inline">
      {steps.map(({ label, ...to }) => (
        <Fragment key={label}>
          <Link {...to} className="dim crumb">
            {label}
          </Link>
          <span className="faint" aria-hidden>
            /
          </span>
        </Fragment>
      ))}
    </nav>
  );
}
