// Files that are dragged over the page and let go.
import { useEffect, useRef, useState } from 'react';

/** True while something is held over the page. */
export function useDrop(onFiles: (files: readonly File[]) => void): boolean {
  const [over, setOver] = useState(false);
  const take = useRef(onFiles);
  take.current = onFiles;
  useEffect(() => {
    let depth = 0; // enter and leave come for each element on the way
    const carries = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const enter = (event: DragEvent) => {
      if (!carries(event)) return;
      event.preventDefault();
      depth++;
      setOver(true);
    };
    const leave = () => {
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const hold = (event: DragEvent) => {
      if (carries(event)) event.preventDefault(); // else the browser opens the file in place of the page
    };
    const drop = (event: DragEvent) => {
      depth = 0;
      setOver(false);
      if (!carries(event)) return;
      event.preventDefault();
      if (document.querySelector('dialog[open]') === null) take.current([...(event.dataTransfer?.files ?? [])]);
    };
    const all = [['dragenter', enter], ['dragleave', leave], ['dragover', hold], ['drop', drop]] as const;
    for (const [name, listener] of all) window.addEventListener(name, listener);
    return () => {
      for (const [name, listener] of all) window.removeEventListener(name, listener);
    };
  }, []);
  return over;
}
