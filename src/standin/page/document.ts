import { createHash } from "node:crypto";

import { icon } from "./icon.ts";
import { LIVE_SCRIPT, versionOf } from "./live.ts";
import { markup, trusted, type Markup } from "./markup.ts";
import { STYLESHEET } from "./style/stylesheet.ts";

export interface PageDocument {
  readonly title: string;
  /** Links from the start page down to this one: text and address. */
  readonly trail: readonly (readonly [text: string, address: string])[];
  /** Each a live block. */
  readonly blocks: readonly Markup[];
  /** Adds the script that keeps the page up to date. */
  readonly isLive: boolean;
}

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Nothing runs and nothing is fetched but what this server wrote: our one style sheet and script, known by their hashes. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(STYLESHEET)}`,
  `script-src ${hashOf(LIVE_SCRIPT)}`,
  "connect-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A whole page, without a request to anywhere. */
export function renderDocument({ title, trail, blocks, isLive }: PageDocument): string {
  const links = trail.map(
    ([text, address], index) =>
      markup`${index === 0 ? undefined : markup`<span class="muted">/</span>`}<a href="${address}">${text}</a>`,
  );
  const content = markup`${[...blocks]}`;
  const script = isLive ? markup`<script>${trusted(LIVE_SCRIPT)}</script>` : undefined;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trusted(STYLESHEET)}</style>
</head>
<body>
<header class="top"><a class="home" href="/" aria-label="All pull requests">${icon("pull")}</a><nav class="trail">${links}</nav><span class="stand-in">local stand-in</span></header>
<main id="live" data-version="${versionOf(content.text)}">
${content}
</main>
${script}
</body>
</html>
`.text;
}
