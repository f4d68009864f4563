import { markup, type Markup } from "./markup.ts";

/** What every page needs beside its own content. */
export type Frame = {
  /** Whose eyes it is for; undefined before anybody is known. */
  readonly viewer: { readonly name: string; readonly canLeave: boolean } | undefined;
  /** Goes into every form: a page of somebody else does not know it. */
  readonly csrf: string;
  /** Addresses of the style sheet and of the script. */
  readonly assets: { readonly style: string; readonly script: string };
};

/** The parts of the site, and which of them a page belongs to. */
type Section = "runs" | "costs" | "dead-letters";

export type PageContent = {
  readonly title: string;
  readonly section?: Section | undefined;
  /** Each a live block or what never changes. */
  readonly content: Markup;
  /** Where changes of this page are told; absent for a page that stands still. */
  readonly events?: string | undefined;
};

const SECTIONS: readonly { readonly section: Section; readonly path: string; readonly name: string }[] = [
  { section: "runs", path: "/runs", name: "Runs" },
  { section: "costs", path: "/costs", name: "Costs" },
  { section: "dead-letters", path: "/dead-letters", name: "Dead letters" },
];

/** A whole document. It runs no script but ours, and is complete without it. */
export function pageDocument(page: PageContent, frame: Frame): string {
  const { viewer, csrf, assets } = frame;
  const links = SECTIONS.map(({ section, path, name }) =>
    section === page.section
      ? markup`<a href="${path}" aria-current="page">${name}</a>`
      : markup`<a href="${path}">${name}</a>`,
  );
  const leave =
    viewer?.canLeave === true
      ? markup`<form method="post" action="/logout"><input type="hidden" name="csrf" value="${csrf}"><button class="quiet">Sign out</button></form>`
      : undefined;
  const person =
    viewer === undefined ? undefined : markup`<div class="viewer"><span>${viewer.name}</span>${leave}</div>`;
  const script = page.events === undefined ? undefined : markup`<script src="${assets.script}" defer></script>`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title} · parallel-review</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${assets.style}">
${script}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top"><a class="home" href="/"><span class="mark" aria-hidden="true"></span>parallel-review</a>${viewer === undefined ? undefined : markup`<nav aria-label="Sections">${links}</nav>`}${person}</header>
<main id="main" tabindex="-1"${page.events === undefined ? undefined : markup` data-events="${page.events}"`}>
${page.content}
</main>
</body>
</html>
`.toString();
}
