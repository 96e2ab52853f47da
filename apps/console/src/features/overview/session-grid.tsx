import { useWindowVirtualizer, type Range, defaultRangeExtractor } from '@tanstack/react-virtual';
import { memo, useCallback, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import { useKeys } from '../../frame/keyboard.js';
import type { FleetServer } from '../../live/live-types.js';
import { NoteRow } from './note-row.js';
import { CARD_GAP, lineEnd, lineStart, type Density, type GridRow } from './rows.js';
import { ServerRow } from './server-row.js';
import type { SessionForm } from './session-forms.js';
import { SessionRow } from './session-row.js';

interface GridProps {
  rows: readonly GridRow[];
  density: Density;
  onToggle(server: FleetServer): void;
  onAll(open: boolean): void;
  onWhole(server: FleetServer): void;
  onOpen(server: FleetServer, sessionId: string): void;
  onForm(form: SessionForm, server: FleetServer, sessionId: string): void;
}

/** A function that stays the same and calls the newest one. */
function useSteady<Args extends unknown[]>(run: (...args: Args) => void): (...args: Args) => void {
  const newest = useRef(run);
  useLayoutEffect(() => {
    newest.current = run;
  });
  return useCallback((...args: Args) => newest.current(...args), []);
}

/** Where the list begins on the page; the virtual list needs it to translate the scroll of the window. */
function useOffsetTop(): [(element: HTMLDivElement | null) => (() => void) | undefined, number] {
  const [top, setTop] = useState(0);
  const container = useCallback((element: HTMLDivElement | null) => {
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setTop(Math.round(element.getBoundingClientRect().top + window.scrollY)));
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);
  return [container, top];
}

/**
 * All servers and their sessions as one tree grid on one column grid. Only the rows in sight are in the document; the row
 * with the cursor always is, so that focus is never lost.
 */
export function SessionGrid({ rows, density, onToggle, onAll, onWhole, onOpen, onForm }: GridProps): ReactNode {
  const [container, scrollMargin] = useOffsetTop();
  const [cursorKey, setCursorKey] = useState<string | null>(null);
  const wantsFocus = useRef(false);
  const found = rows.findIndex((row) => row.key === cursorKey);
  const cursor = Math.max(0, found);
  const narrow = density === 'narrow';
  const cards = density === 'cards';

  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => rows[index]?.height ?? 0,
    getItemKey: useCallback((index: number) => rows[index]?.key ?? index, [rows]),
    overscan: 1,
    scrollMargin,
    scrollPaddingStart: 120,
    scrollPaddingEnd: 80,
    rangeExtractor: useCallback(
      (range: Range) => {
        // A line of cards is in sight as a whole.
        const inSight = defaultRangeExtractor({ ...range, startIndex: lineStart(rows, range.startIndex), endIndex: Math.min(range.count - 1, lineEnd(rows, range.endIndex)) });
        return inSight.includes(cursor) || cursor >= range.count ? inSight : [...inSight, cursor].toSorted((a, b) => a - b);
      },
      [cursor, rows],
    ),
  });

  const moveTo = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (!row) return;
    wantsFocus.current = true;
    setCursorKey(row.key);
    virtualizer.scrollToIndex(lineEnd(rows, rows.indexOf(row)), { align: 'auto' });
  };

  useEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    document.querySelector<HTMLElement>(`.grid-row[data-cursor]`)?.focus({ preventScroll: true });
  }, [cursorKey]);

  const current = rows[cursor];
  const activate = (row: GridRow | undefined) => {
    if (row?.kind === 'session') onOpen(row.server, row.sessionId);
    if (row?.kind === 'server') onToggle(row.server);
    if (row?.kind === 'more') onWhole(row.server);
  };
  const fold = (open: boolean) => {
    const header = current && rows.find((row) => row.kind === 'server' && row.server.id === current.server.id);
    if (header?.kind !== 'server' || header.open === open) return;
    onToggle(header.server);
    wantsFocus.current = true;
    setCursorKey(header.key);
  };
  useKeys({
    j: () => moveTo(found < 0 ? 0 : cursor + 1),
    k: () => moveTo(cursor - 1),
    '[': () => fold(false),
    ']': () => fold(true),
    '{': () => onAll(false),
    '}': () => onAll(true),
  });

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (!(event.target instanceof HTMLElement) || !event.target.classList.contains('grid-row')) return;
    const step: Readonly<Record<string, () => void>> = {
      ArrowDown: () => moveTo(cursor + 1),
      ArrowUp: () => moveTo(cursor - 1),
      ArrowRight: () => fold(true),
      ArrowLeft: () => fold(false),
      Home: () => moveTo(0),
      End: () => moveTo(rows.length - 1),
      Enter: () => activate(current),
    };
    const run = step[event.key];
    if (!run) return;
    event.preventDefault();
    run();
  };
  const onPick = useSteady((event: MouseEvent<HTMLElement>, row: GridRow) => {
    setCursorKey(row.key);
    if (event.target instanceof Element && event.target.closest('button,a,[role="menu"]')) return;
    activate(row);
  });
  const steady = { onToggle: useSteady(onToggle), onWhole: useSteady(onWhole), onOpen: useSteady(onOpen), onForm: useSteady(onForm) };

  return (
    <div role="treegrid" aria-label="Servers and their streams" aria-rowcount={rows.length + 1} aria-colcount={narrow ? undefined : 6} className={`grid ${density}`} onKeyDown={onKeyDown}>
      <div role="row" aria-rowindex={1} className={narrow || cards ? 'sr-only' : 'grid-columns grid-head'}>
        <div role="columnheader">Server / title</div>
        <div role="columnheader">Streams / viewer</div>
        <div role="columnheader">Load / delivery</div>
        <div role="columnheader" className="num">
          Mbps
        </div>
        <div role="columnheader" className="num">
          Updates / position
        </div>
        <div role="columnheader">
          <span className="sr-only">Actions</span>
        </div>
      </div>
      <div role="rowgroup" ref={container} className="grid-body" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const row = rows[item.index];
          return row && <PlacedRow key={item.key} row={row} index={item.index} top={item.start - scrollMargin} isCursor={item.index === cursor} density={density} onPick={onPick} onFocus={setCursorKey} {...steady} />;
        })}
      </div>
    </div>
  );
}

/** A card takes its share of the width of the list; other rows have all of it. */
function placeOf(row: GridRow): { left: string; width: string } | undefined {
  if (row.kind !== 'session' || row.column === undefined) return undefined;
  const share = `(100% + ${CARD_GAP}px) / ${row.columns}`;
  return { left: `calc(${share} * ${row.column})`, width: `calc(${share} - ${CARD_GAP}px)` };
}

type PlacedRowProps = RowBodyProps & {
  index: number;
  /** px from the top of the list */
  top: number;
  isCursor: boolean;
  onPick(event: MouseEvent<HTMLElement>, row: GridRow): void;
  onFocus(key: string): void;
};

/** A row at its place. Scrolling renders only the rows that come into sight. */
const PlacedRow = memo(
  function PlacedRow({ row, index, top, isCursor, onPick, onFocus, ...body }: PlacedRowProps): ReactNode {
    const place = placeOf(row);
    const columns = body.density !== 'narrow' && !place && row.kind !== 'note' && row.kind !== 'more';
    const classes = ['grid-row', `row-${row.kind}`, row.last && 'row-last', row.kind === 'server' && row.open && 'row-open', row.kind === 'session' && row.stale && 'row-stale', columns && 'grid-columns'];
    return (
      <div
        role="row"
        aria-rowindex={index + 2}
        aria-level={row.kind === 'server' ? 1 : 2}
        aria-expanded={row.kind === 'server' ? row.open : undefined}
        tabIndex={isCursor ? 0 : -1}
        data-cursor={isCursor || undefined}
        data-skip-target={isCursor || undefined}
        data-tint={tintOf(row)}
        className={classes.filter(Boolean).join(' ')}
        style={{ height: row.body, transform: `translateY(${top}px)`, ...place }}
        onClick={(event) => onPick(event, row)}
        onFocus={() => onFocus(row.key)}
      >
        <GridRowBody row={row} {...body} />
      </div>
    );
  },
  // rows are made anew with every snapshot; what they say mostly stays
  ({ row, ...props }, { row: nextRow, ...next }) => sameFields(row, nextRow) && sameFields(props, next),
);

function sameFields<T extends object>(one: T, other: T): boolean {
  const keys = Object.keys(other) as (keyof T)[];
  return keys.length === Object.keys(one).length && keys.every((key) => one[key] === other[key]);
}

function tintOf(row: GridRow): 'danger' | 'warning' | undefined {
  if (row.server.state === 'OFFLINE') return 'danger';
  return row.server.stale || row.server.state === 'DEGRADED' ? 'warning' : undefined;
}

type RowBodyProps = Omit<GridProps, 'rows' | 'onAll'> & { row: GridRow };

function GridRowBody({ row, density, onToggle, onWhole, onOpen, onForm }: RowBodyProps): ReactNode {
  if (row.kind === 'server') return <ServerRow server={row.server} open={row.open} narrow={density === 'narrow'} onToggle={onToggle} />;
  if (row.kind === 'session') return <SessionRow server={row.server} sessionId={row.sessionId} stale={row.stale} density={density} onOpen={onOpen} onForm={onForm} />;
  if (row.kind === 'note') return <NoteRow server={row.server} />;
  return (
    <div role="gridcell" className="more-cell">
      <button type="button" className="link" tabIndex={-1} onClick={() => onWhole(row.server)}>
        Show {row.hidden} more on {row.server.alias}
      </button>
    </div>
  );
}
