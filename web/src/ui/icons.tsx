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
  alert: 'M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17Zm0-13v5.500M12 16.400v.1',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 22 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
