import { markup, type Markup } from "./markup.ts";

export type SetupForm = {
  /** Where GitHub takes the manifest. */
  readonly action: string;
  /** JSON. */
  readonly manifest: string;
  readonly name: string;
  /** Login; empty for the person's own account. */
  readonly organisation: string;
  /** The way into this page. */
  readonly key: string;
  /** Where webhooks will come to. */
  readonly publicUrl: string;
  /** Whether GitHub will find nobody at that address. */
  readonly isUnreachable: boolean;
};

/** The first page of an App that does not exist yet: one button that makes it. */
export function setupPage(form: SetupForm): Markup {
  const { organisation, publicUrl } = form;
  const warning = form.isUnreachable
    ? markup`<p class="callout" role="note">GitHub cannot reach <code>${publicUrl}</code>, which is an address of this machine. End the program, set <code>PUBLIC_URL</code> to this server's address on the internet, and start it again.</p>`
    : undefined;
  return markup`<h1>Set up the App</h1>
<p>GitHub will make an App that may read code, post reviews and checks, put a fix that was asked for on a branch of its own, and hand what an audit finds to code scanning. Its webhooks come to <code>${publicUrl}</code>. Its keys stay on this machine.</p>
${warning}<form class="actions" method="post" action="${form.action}"><input type="hidden" name="manifest" value="${form.manifest}"><button>Make the App on GitHub${organisation === "" ? undefined : markup` for ${organisation}`}</button><span class="muted">named ${form.name}; GitHub asks once more</span></form>
<section aria-labelledby="other-title"><h2 id="other-title">Another name or owner</h2>
<form class="filters" method="get" action="/setup"><input type="hidden" name="key" value="${form.key}"><label>Name of the App<input name="name" value="${form.name}" maxlength="34" required></label><label>Organization (empty: your account)<input name="organization" value="${organisation}" maxlength="39"></label><span class="buttons"><button class="quiet">Take these</button></span></form></section>`;
}
