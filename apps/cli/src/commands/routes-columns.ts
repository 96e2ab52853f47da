import type { CliCandidateFieldsFragment } from '@usher/api-client';
import type { Column } from '../output/columns.js';

export type Candidate = CliCandidateFieldsFragment & { readonly server: string };

const two = (value: number | null | undefined): string | null => (value == null ? null : value.toFixed(2));

function deliveryOf({ delivery, hardware, targetHeight, cost }: Candidate): string | null {
  if (!delivery) return null;
  if (delivery !== 'TRANSCODE') return delivery.toLowerCase().replaceAll('_', '-');
  return `transcode ${targetHeight}p ${hardware ? 'hw' : 'sw'} c ${cost.toFixed(2)}`;
}

/** What is printed is what is stored. */
export const candidateColumns: readonly Column<Candidate>[] = [
  { title: 'candidate', value: (row) => row.server },
  { title: 'delivers', value: deliveryOf },
  { title: 'load', align: 'right', value: (row) => two(row.utilization) },
  { title: 'deciding', value: (row) => row.deciding },
  { title: 'rank', align: 'right', value: (row) => two(row.rank) },
  { title: 'verdict', value: (row) => (row.chosen ? 'chosen' : (row.reason ?? 'not chosen')) + (row.code ? ` (${row.code})` : '') },
  { title: 'assumed', wide: true, value: (row) => row.assumed.join(', ') },
  { title: 'parts', wide: true, value: (row) => row.parts.map(({ part, now, after }) => `${part} ${now.toFixed(2)} to ${after.toFixed(2)}`).join(', ') },
  { title: 'why', wide: true, value: (row) => row.sentence },
];
