import type { ReactNode } from 'react';
import { initials, mainTitle } from '../format/media.js';
import type { SessionFields } from '../live/live-types.js';

const HUES = 8;

/** A stable number from a title, so that a title keeps its colour everywhere. */
export function posterHue(title: string): number {
  let hash = 0;
  for (const char of title) hash = (hash * 31 + char.codePointAt(0)!) % 65_521;
  return hash % HUES;
}

/** Placeholder made from the title's initials; it names nothing that the row does not name. */
export function Poster({ item, stale = false, large = false, card = false }: { item: Pick<NonNullable<SessionFields['item']>, 'title' | 'seriesTitle'>; stale?: boolean; large?: boolean; card?: boolean }): ReactNode {
  const title = mainTitle(item);
  return (
    <span className={`poster poster-${posterHue(title)} ${large ? 'large' : card ? 'card' : ''} ${stale ? 'stale' : ''}`} aria-hidden>
      {initials(title)}
    </span>
  );
}
