import { Flag } from 'lucide-react';
import type { ReactNode } from 'react';
import { SEVERITY_TONES, SEVERITY_WORDS } from './mismatch-words.js';
import type { Mismatch } from './use-mismatches.js';

/** The flag of a row in the list, in the tone of its severity. */
export const SeverityMark = ({ severity }: { severity: Mismatch['severity'] }): ReactNode => (
  <Flag size={14} className={severity === 'LOW' ? 'dim' : `text-${SEVERITY_TONES[severity]}`} aria-label={`Severity ${SEVERITY_WORDS[severity]}`} role="img" />
);
