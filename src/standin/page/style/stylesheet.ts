import { CONVERSATION_STYLE } from "./conversation-style.ts";
import { DIFF_STYLE } from "./diff-style.ts";
import { MARKDOWN_STYLE } from "./markdown-style.ts";
import { PAGE_STYLE } from "./page-style.ts";

/** All pages' one style sheet, inline in each. */
export const STYLESHEET = [PAGE_STYLE, CONVERSATION_STYLE, MARKDOWN_STYLE, DIFF_STYLE].join("\n");
