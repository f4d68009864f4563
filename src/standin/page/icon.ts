import { markup, trusted, type Markup } from "./markup.ts";

/** Line drawings on a 16 x 16 grid. */
const SHAPES = {
  alert: '<path d="M8 2 1.2 13.8h13.6Z"/><path d="M8 6.5v3.2M8 11.8v.2"/>',
  book: '<path d="M3 2.5h8.5a1 1 0 0 1 1 1v10H4.5A1.5 1.5 0 0 1 3 12Zm0 9.5a1.5 1.5 0 0 1 1.5-1.5h8"/>',
  check: '<path d="m3 8.5 3.5 3.5 6.5-7.5"/>',
  checks: '<path d="m1.5 4 1.5 1.5 2.5-3M1.5 11 3 12.5l2.5-3M8.5 4.5h6M8.5 11.5h6"/>',
  chevron: '<path d="m4 6 4 4 4-4"/>',
  comment: '<path d="M2 2.5h12v8.5H7.5L4.5 13.8V11H2Z"/>',
  commit: '<circle cx="8" cy="8" r="2.6"/><path d="M1 8h4.4M10.6 8H15"/>',
  cross: '<path d="m4 4 8 8M12 4l-8 8"/>',
  dot: '<circle cx="8" cy="8" r="3.5" fill="currentColor" stroke="none"/>',
  download: '<path d="M8 2v8.5M4.5 7.5 8 11l3.5-3.5M2.5 14h11"/>',
  eye: '<path d="M1 8s2.5-4.5 7-4.5S15 8 15 8s-2.5 4.5-7 4.5S1 8 1 8Z"/><circle cx="8" cy="8" r="2"/>',
  file: '<path d="M3.5 1.8h5.7l3.3 3.3v9.1h-9Z"/><path d="M9 2v3.5h3.5"/>',
  "file-diff": '<path d="M3.5 1.8h9v12.4h-9Z"/><path d="M8 4.5v4M6 6.5h4M6 11.2h4"/>',
  info: '<circle cx="8" cy="8" r="6.5"/><path d="M8 7.3v4M8 4.8V5"/>',
  neutral: '<path d="M3 3h10v10H3Z"/><path d="M6 8h4"/>',
  merge:
    '<circle cx="4" cy="3.3" r="1.6"/><circle cx="4" cy="12.7" r="1.6"/><circle cx="12" cy="9" r="1.6"/><path d="M4 5v6M4.2 5c.3 2.5 2.5 4 6 4"/>',
  pull: '<circle cx="4" cy="3.3" r="1.6"/><circle cx="4" cy="12.7" r="1.6"/><circle cx="12" cy="12.7" r="1.6"/><path d="M4 5v6M12 11V5.5a2 2 0 0 0-2-2H8M9.8 1.5l-2 2 2 2"/>',
  "pull-closed":
    '<circle cx="4" cy="3.3" r="1.6"/><circle cx="4" cy="12.7" r="1.6"/><circle cx="12" cy="12.7" r="1.6"/><path d="M4 5v6M12 11V7.5M10 2l4 4M14 2l-4 4"/>',
  "pull-draft":
    '<circle cx="4" cy="3.3" r="1.6"/><circle cx="4" cy="12.7" r="1.6"/><circle cx="12" cy="12.7" r="1.6"/><path d="M4 5v6M12 3v1M12 7v1"/>',
  tip: '<path d="M5.5 10.5C4 9.5 3.2 8 3.2 6.5a4.8 4.8 0 0 1 9.6 0c0 1.5-.8 3-2.3 4v1.5h-5ZM6 14.5h4"/>',
} as const;

export type IconName = keyof typeof SHAPES;

export function icon(name: IconName): Markup {
  return markup`<svg class="icon icon-${name}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">${trusted(SHAPES[name])}</svg>`;
}
