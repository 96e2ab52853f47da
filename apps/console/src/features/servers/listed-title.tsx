import type { ConsoleListedItemFragment } from '@usher/api-client';
import type { ReactNode } from 'react';
import { episodeCode } from '../../format/media.js';

type Item = ConsoleListedItemFragment['item'];

/** Title over series and number, over the album, or over the year. */
export function ListedTitle({ item }: { item: Item }): ReactNode {
  const code = item.type === 'EPISODE' ? episodeCode(item) : '';
  const below = [item.parentTitle, code, item.parentTitle === null && item.year !== null ? String(item.year) : null].filter(Boolean).join(' · ');
  return (
    <span className="listed-title">
      <span className="strong block clip">{item.title}</span>
      {below && <span className="small dim block clip">{below}</span>}
    </span>
  );
}
