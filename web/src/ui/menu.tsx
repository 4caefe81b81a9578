// A menu at a place of the page: by right click, by a long touch, or by the menu key. Arrows move, Enter chooses, Escape
// and Tab close; the focus goes back to where it was.
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { MouseEvent, PointerEvent } from 'react';
import { createPortal } from 'react-dom';
import css from './menu.module.css';
import { Icon } from './icons';
import type { IconName } from './icons';
import { speaking } from './text';

export interface MenuItem {
  readonly key: string;
  readonly icon?: IconName;
  readonly text: string;
  readonly danger?: boolean;
  readonly keepOpen?: boolean; // another page of the same menu follows
  readonly onChoose: () => void;
}
export interface Point {
  readonly x: number;
  readonly y: number;
}

const kEdgePx = 8;

export function Menu({ label, items, at, onClose }: { readonly label: string; readonly items: readonly MenuItem[]; readonly at: Point; readonly onClose: () => void }) {
  const ref = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState(at);
  const [opener] = useState(() => document.activeElement);
  const names = items.map((item) => item.key).join();
  useLayoutEffect(() => {
    const box = ref.current?.getBoundingClientRect();
    if (box === undefined) return;
    const from = speaking().direction === 'rtl' ? at.x - box.width : at.x; // it opens along the writing
    setPlace({
      x: Math.max(kEdgePx, Math.min(from, window.innerWidth - box.width - kEdgePx)),
      y: Math.max(kEdgePx, Math.min(at.y, window.innerHeight - box.height - kEdgePx)),
    });
    ref.current?.querySelector('button')?.focus({ preventScroll: true });
  }, [at, names]);
  useEffect(() => {
    const outside = (event: Event) => {
      if (event.target instanceof Node && ref.current?.contains(event.target) !== true) onClose();
    };
    document.addEventListener('pointerdown', outside);
    window.addEventListener('blur', onClose);
    return () => {
      document.removeEventListener('pointerdown', outside);
      window.removeEventListener('blur', onClose);
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
    };
  }, []);
  const step = (to: (at: number, count: number) => number) => {
    const all = [...(ref.current?.querySelectorAll<HTMLElement>('button') ?? [])];
    all[to(all.indexOf(document.activeElement as HTMLElement), all.length)]?.focus();
  };
  return createPortal(
    <div
      ref={ref}
      role="menu"
      aria-label={label}
      className={css['menu']}
      style={{ left: place.x, top: place.y }}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Escape' || event.key === 'Tab') onClose();
        else if (event.key === 'ArrowDown') step((now, count) => (now + 1) % count);
        else if (event.key === 'ArrowUp') step((now, count) => (now - 1 + count) % count);
        else if (event.key === 'Home') step(() => 0);
        else if (event.key === 'End') step((_, count) => count - 1);
        else return;
        event.preventDefault();
      }}
    >
      {items.map((item) => (
        <button
          key={item.key}
          type="button"
          role="menuitem"
          tabIndex={-1}
          className={item.danger ? css['danger'] : undefined}
          onClick={(event) => {
            event.stopPropagation();
            if (!item.keepOpen) onClose();
            item.onChoose();
          }}
        >
          {item.icon !== undefined && <Icon name={item.icon} size={19} />}
          <span>{item.text}</span>
        </button>
      ))}
    </div>,
    document.body, // above everything, however the opener is clipped
  );
}

const kHoldMs = 450;
const kSlackPx = 10;

/** Opens a menu by right click, by the menu key, or by a touch that stays. Give each thing its own. */
export function useMenuAt(onOpen: (at: Point) => void) {
  const touch = useRef<{ readonly from: Point; readonly timer: ReturnType<typeof setTimeout> }>(undefined);
  const held = useRef(false);
  const end = () => {
    if (touch.current !== undefined) clearTimeout(touch.current.timer);
    touch.current = undefined;
  };
  useEffect(() => end, []);
  return {
    onContextMenu: (event: MouseEvent<HTMLElement>) => {
      event.preventDefault();
      end();
      const box = event.currentTarget.getBoundingClientRect();
      const byKey = event.clientX === 0 && event.clientY === 0;
      onOpen(byKey ? { x: box.left + 40, y: box.top + box.height / 2 } : { x: event.clientX, y: event.clientY });
    },
    onPointerDown: (event: PointerEvent) => {
      held.current = false;
      if (event.pointerType !== 'touch') return;
      const from = { x: event.clientX, y: event.clientY };
      const timer = setTimeout(() => {
        end();
        held.current = true;
        onOpen(from);
      }, kHoldMs);
      touch.current = { from, timer };
    },
    onPointerMove: (event: PointerEvent) => {
      const from = touch.current?.from;
      if (from !== undefined && Math.hypot(event.clientX - from.x, event.clientY - from.y) > kSlackPx) end();
    },
    onPointerUp: end,
    onPointerCancel: end,
    onClickCapture: (event: MouseEvent) => {
      if (!held.current) return;
      held.current = false; // the touch that opened the menu is no press on what lies below
      event.preventDefault();
      event.stopPropagation();
    },
  };
}
