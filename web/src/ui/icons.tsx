// Line icons, drawn on a 24 by 24 grid. Decorative: the control that shows one carries the label.
const paths = {
  plus: 'M12 5v14M5 12h14',
  group: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Zm-6 9c0-3.5 2.7-6 6-6s6 2.5 6 6M16 4.5a3.5 3.5 0 0 1 0 6.5M17.5 14.3c2.100.9 3.500 3 3.500 5.700',
  gear: 'M12 15.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7ZM12 2.800v2.700M12 18.500v2.700M21.200 12h-2.700M5.500 12H2.800M18.500 5.500l-1.900 1.900M7.400 16.600l-1.900 1.900M18.500 18.500l-1.900-1.900M7.400 7.400 5.500 5.500',
  back: 'M15 5l-7 7 7 7',
  close: 'M6 6l12 12M18 6L6 18',
  send: 'M4 12 20 4l-5 16-4-6.500L4 12Zm7 1.500L20 4',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Zm0-10v5M12 7.600v.1',
  clock: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16Zm0-12v4.500l3 1.800',
  tick: 'M5 12.500 10 17.500 19.500 7',
  ticks: 'M1.500 12.500 6.500 17.500 16 7M11.500 16l1.500 1.500L22.500 7',
  attach: 'M20 11.500 12.500 19a4.800 4.800 0 0 1-6.800-6.800l8-8a3.200 3.200 0 0 1 4.500 4.500l-8 8a1.600 1.600 0 0 1-2.300-2.300l7.300-7.200',
  photo: 'M5 4.500h14a1.500 1.500 0 0 1 1.500 1.500v12a1.500 1.500 0 0 1-1.500 1.500H5A1.500 1.500 0 0 1 3.500 18V6A1.500 1.500 0 0 1 5 4.500Zm-1.500 12 5-5 4.500 4.500 2.500-2.500 5 5M15.500 9.500a1 1 0 1 0 0-2 1 1 0 0 0 0 2Z',
  file: 'M13.500 3H7a1.500 1.500 0 0 0-1.500 1.500v15A1.500 1.500 0 0 0 7 21h10a1.500 1.500 0 0 0 1.500-1.500V8l-5-5Zm0 0v5h5M9 13h6M9 16.500h4',
  pin: 'M12 21c4-4.500 6.500-8 6.500-11a6.500 6.500 0 1 0-13 0c0 3 2.500 6.500 6.500 11Zm0-8.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5Z',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7.500 8.500c.5-4 3.500-6 7.500-6s7 2 7.500 6',
  mic: 'M12 14.500a3 3 0 0 0 3-3v-5a3 3 0 0 0-6 0v5a3 3 0 0 0 3 3ZM5.500 11.500a6.500 6.500 0 0 0 13 0M12 18v3',
  play: 'M8 5.500v13l10.500-6.500L8 5.500Z',
  pause: 'M8.500 5.500v13M15.500 5.500v13',
  download: 'M12 4v11M7.500 11l4.500 4.500 4.500-4.500M5 19.500h14',
  reply: 'M9.500 6 4 11.500 9.500 17M4.500 11.500H14a6 6 0 0 1 6 6v1',
  smile: 'M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17ZM8.500 14c1 1.500 2 2.200 3.500 2.200s2.500-.7 3.500-2.200M9 9.500v.1M15 9.500v.1',
  copy: 'M9 8.500h9.500a1 1 0 0 1 1 1V19a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1V9.500a1 1 0 0 1 1-1Zm7-4H5.500a1 1 0 0 0-1 1V16',
  trash: 'M5 7h14M10 7V4.500h4V7M6.500 7l1 12.500h9l1-12.500M10 11v5M14 11v5',
  robot: 'M7 9h10a1.500 1.500 0 0 1 1.500 1.500V17a1.500 1.500 0 0 1-1.500 1.500H7A1.500 1.500 0 0 1 5.500 17v-6.500A1.500 1.500 0 0 1 7 9Zm5 0V5.500M12 5a.8.8 0 1 0 0-1.600A.8.8 0 0 0 12 5ZM9.500 13v.8M14.500 13v.8M3 12.500v3M21 12.500v3',
  forward: 'M9 5l7 7-7 7',
  zoomIn: 'M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13Zm5-1.500L20 20M10.500 8v5M8 10.500h5',
  zoomOut: 'M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13Zm5-1.500L20 20M8 10.500h5',
  list: 'M8.500 7H20M8.500 12H20M8.500 17H20M4.500 7v.1M4.500 12v.1M4.500 17v.1',
  link: 'M14 5h5v5M19 5l-8.500 8.500M17 14v4.500a.5.5 0 0 1-.5.5h-11a.5.5 0 0 1-.5-.5v-11a.5.5 0 0 1 .5-.5H10',
  alert: 'M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17Zm0-13v5.500M12 16.400v.1',
} as const;

export type IconName = keyof typeof paths;

// Those that mean a direction of reading.
const kTurning: ReadonlySet<IconName> = new Set(['back', 'forward', 'send', 'reply', 'link', 'list']);

/** Grows with the text, but not so far that a row of them does not fit on a phone. */
export function Icon({ name, size = 22 }: { readonly name: IconName; readonly size?: number }) {
  const side = `min(${size / 16}rem, ${size * 1.5}px)`;
  return (
    <svg style={{ width: side, height: side }} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" data-turns={kTurning.has(name) || undefined}>
      <path d={paths[name]} />
    </svg>
  );
}
