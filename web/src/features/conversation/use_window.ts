// A long conversation of which only the lines around what one sees are drawn. One line in sight is the anchor: whatever
// comes above it, changes its size or leaves the page, the anchor stays where it is on the screen. At the end of the
// conversation the end is the anchor, so that new lines push the others up.
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';

const kAbove = 30; // lines drawn above the middle one
const kBelow = 50;
const kSlack = 12; // how far the middle may be from what one sees before others are drawn
const kNearEndPx = 120;
const kGuessPx = 62; // of a line that was never drawn

interface Keyed {
  readonly key: string;
  readonly kind: string;
}
interface Anchor {
  readonly key: string;
  readonly offset: number; // of its upper edge from that of the box
}

export interface ChatWindow {
  readonly box: RefObject<HTMLDivElement | null>; // what scrolls
  readonly list: RefObject<HTMLOListElement | null>; // its children are the lines, in order
  readonly from: number;
  readonly to: number; // not included
  readonly abovePx: number; // in place of what is not drawn
  readonly belowPx: number;
  readonly atEnd: boolean;
  isAtEnd(): boolean; // just now
  onScroll(): void;
  toEnd(): void;
  /** Draws this line a third down the page. */
  show(key: string): void;
}

export function useWindow(lines: readonly Keyed[]): ChatWindow {
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const heights = useRef(new Map<string, number>());
  const anchor = useRef<Anchor | undefined>(undefined); // none: the end
  const going = useRef(false); // to a line that is not drawn yet: where the page is until then is no wish
  const [middle, setMiddle] = useState<string>(); // undefined: the end
  const [atEnd, setAtEnd] = useState(true);
  const indexes = useRef<{ readonly lines: readonly Keyed[]; readonly of: Map<string, number> }>({ lines: [], of: new Map() });
  if (indexes.current.lines !== lines) indexes.current = { lines, of: new Map(lines.map(({ key }, i) => [key, i])) };

  const at = middle === undefined ? undefined : indexes.current.of.get(middle);
  const from = Math.max(0, (at ?? lines.length - kBelow) - kAbove);
  const to = at === undefined ? lines.length : Math.min(lines.length, at + kBelow);
  const heightOf = (line: Keyed) => heights.current.get(line.key) ?? kGuessPx;
  const sum = (part: readonly Keyed[]) => part.reduce((total, line) => total + heightOf(line), 0);
  const abovePx = sum(lines.slice(0, from));
  const belowPx = sum(lines.slice(to));

  const isAtEnd = useCallback(() => {
    const scroller = box.current;
    return scroller !== null && scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < kNearEndPx;
  }, []);

  const restore = () => {
    const [scroller, ol] = [box.current, list.current];
    if (scroller === null || ol === null) return;
    if (anchor.current === undefined) {
      scroller.scrollTop = scroller.scrollHeight;
      return;
    }
    const { key, offset } = anchor.current;
    const line = ol.children[(indexes.current.of.get(key) ?? -1) - from];
    if (line === undefined) {
      if (!indexes.current.of.has(key)) going.current = false;
      return;
    }
    going.current = false;
    const moved = line.getBoundingClientRect().top - scroller.getBoundingClientRect().top - offset;
    if (Math.abs(moved) >= 1) scroller.scrollTop += moved;
  };
  const now = useRef({ lines, from, to, restore });
  now.current = { lines, from, to, restore };

  const measure = () => {
    const children = [...(list.current?.children ?? [])] as HTMLElement[];
    children.forEach((child, i) => {
      const line = lines[from + i];
      const next = children[i + 1];
      if (line !== undefined) heights.current.set(line.key, next === undefined ? child.offsetHeight + 3 : next.offsetTop - child.offsetTop);
    });
  };
  useLayoutEffect(() => {
    measure();
    restore();
    if (going.current) return;
    const end = to === lines.length && isAtEnd();
    if (end) anchor.current = undefined; // what comes next is seen
    setAtEnd(end);
  });
  // Pictures that come, a window that is turned, a keyboard that opens.
  useEffect(() => {
    if (typeof ResizeObserver === 'undefined' || list.current === null || box.current === null) return undefined;
    const watcher = new ResizeObserver(() => now.current.restore());
    watcher.observe(list.current);
    watcher.observe(box.current);
    return () => watcher.disconnect();
  }, []);

  const onScroll = useCallback(() => {
    const [scroller, ol] = [box.current, list.current];
    if (scroller === null || ol === null || going.current) return;
    const { lines: all, from: first, to: last } = now.current;
    const end = last === all.length && isAtEnd();
    setAtEnd(end);
    if (end) {
      anchor.current = undefined;
      setMiddle(undefined);
      return;
    }
    const top = scroller.getBoundingClientRect().top;
    let seen = firstBelow(ol.children, top);
    // A day moves up when older ones of it come.
    if (seen !== undefined && all[first + seen]?.kind === 'day' && first + seen + 1 < last) seen++;
    const gap = first > 0 && (ol.children[0]?.getBoundingClientRect().top ?? top) > top + 1;
    if (seen !== undefined && !gap) {
      const index = first + seen;
      anchor.current = { key: all[index]?.key ?? '', offset: (ol.children[seen]?.getBoundingClientRect().top ?? top) - top };
      setMiddle((before) => {
        const known = before === undefined ? all.length - kBelow : (indexes.current.of.get(before) ?? -1e9);
        return Math.abs(known - index) < kSlack && before !== undefined ? before : all[index]?.key;
      });
      return;
    }
    // Far from all that is drawn: by the heights that are known or guessed.
    let [index, below] = [0, 0];
    const inset = ol.offsetTop;
    while (index < all.length - 1 && inset + below + heightOf(all[index]!) < scroller.scrollTop) below += heightOf(all[index++]!);
    anchor.current = { key: all[index]?.key ?? '', offset: inset + below - scroller.scrollTop };
    setMiddle(all[index]?.key);
  }, []);

  const toEnd = useCallback(() => {
    going.current = false;
    anchor.current = undefined;
    setMiddle(undefined);
    setAtEnd(true);
    now.current.restore();
  }, []);
  const show = useCallback((key: string) => {
    anchor.current = { key, offset: (box.current?.clientHeight ?? 600) / 3 };
    going.current = true;
    setMiddle(key);
    setAtEnd(false);
    now.current.restore();
  }, []);
  return { box, list, from, to, abovePx, belowPx, atEnd, isAtEnd, onScroll, toEnd, show };
}

// The first child whose lower edge is below this height. They stand in order.
function firstBelow(children: HTMLCollection, top: number): number | undefined {
  let [low, high] = [0, children.length];
  while (low < high) {
    const half = (low + high) >> 1;
    if ((children[half]?.getBoundingClientRect().bottom ?? 0) > top) high = half;
    else low = half + 1;
  }
  return low < children.length ? low : undefined;
}
