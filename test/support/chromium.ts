import { existsSync } from "node:fs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** A browser of this machine; undefined where there is none: then what needs one is skipped, and says so. */
export const chromiumPath = PLACES.find((path) => existsSync(path));

if (chromiumPath === undefined) console.warn(`Nothing is tested in a browser: there is none of ${PLACES.join(", ")}.`);
