import type { SessionFields } from './live-types.js';

type Flag = SessionFields['flags'][number];

/** Worth knowing, and nothing that needs anybody: where the viewer could go on. It wears no red and is not counted. */
export const isHint = ({ rule }: Flag): boolean => rule === 'WATCH_STATE';
