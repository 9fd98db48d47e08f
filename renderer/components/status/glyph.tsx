/** The shapes that tell states apart without colour: one look each, drawn for 14 px. */
export type GlyphName =
  | 'disc'
  | 'ring'
  | 'triangle'
  | 'triangle_one'
  | 'hourglass'
  | 'cross'
  | 'lock'
  | 'question'
  | 'dash'
  | 'spinner'
  | 'pause'
  | 'check'
  | 'info'
  | 'wave';

const stroke = {
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 1.8,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
} as const;

const SHAPES: Readonly<Record<GlyphName, React.ReactNode>> = {
  disc: <circle cx="8" cy="8" r="5.5" fill="currentColor" />,
  ring: <circle cx="8" cy="8" r="5" {...stroke} />,
  triangle: <path d="M8 2.2 14.4 13.6H1.6Z M8 6.6v3 M8 11.6v.1" {...stroke} />,
  triangle_one: (
    <>
      <path d="M8 1 15.2 14.4H.8Z" fill="currentColor" />
      <path d="M6.9 7.6 8.3 6.6v5.8" {...stroke} stroke="var(--surface)" strokeWidth={1.5} />
    </>
  ),
  hourglass: (
    <path d="M4 2h8 M4 14h8 M5 2v2.5L8 8l-3 3.5V14 M11 2v2.5L8 8l3 3.5V14" {...stroke} strokeWidth={1.6} />
  ),
  cross: <path d="M3.5 3.5l9 9 M12.5 3.5l-9 9" {...stroke} strokeWidth={2.4} />,
  lock: <path d="M3.5 7.5h9v6h-9Z M5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5" {...stroke} />,
  question: (
    <>
      <circle cx="8" cy="8" r="6.2" {...stroke} strokeWidth={1.4} />
      <path d="M6.3 6.2a1.8 1.8 0 1 1 2.5 1.7c-.6.3-.8.6-.8 1.2 M8 11.2v.1" {...stroke} strokeWidth={1.5} />
    </>
  ),
  dash: <path d="M3.5 8h9" {...stroke} strokeWidth={2.2} />,
  spinner: <path d="M8 2.5a5.5 5.5 0 1 1-5.5 5.5" {...stroke} className="spin" />,
  pause: <path d="M5.5 3.5v9 M10.5 3.5v9" {...stroke} strokeWidth={2.4} />,
  check: <path d="M3 8.5l3.5 3.5L13 4.5" {...stroke} strokeWidth={2.2} />,
  info: (
    <>
      <circle cx="8" cy="8" r="6.2" {...stroke} strokeWidth={1.4} />
      <path d="M8 7.4v4 M8 4.7v.1" {...stroke} />
    </>
  ),
  wave: <path d="M1.5 8c1.6-5 3.2-5 4.6 0s3 5 4.4 0 2.4-3.4 4-1" {...stroke} />,
};

/** Decoration: the word next to it says the same. */
export function Glyph({ name, size = 14 }: { name: GlyphName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" className="glyph">
      {SHAPES[name]}
    </svg>
  );
}
