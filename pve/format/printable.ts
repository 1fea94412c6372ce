/** Controls beside the line feed and the tab, and the characters that turn the direction of what follows. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Text of a server, a guest or a file, fit for a terminal: nothing in it moves the cursor, changes a title or hides what
 * stands beside it. What is taken out shows as its code. The engine's own markup (`<{%red%}>`) is broken up too: one that
 * it does not know ends the command.
 */
export const printable = (text: string): string =>
  text
    .replace(/\r\n?/g, "\n")
    .replace(CONTROLS, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replace(/<\{(?=%)/g, "< {");
