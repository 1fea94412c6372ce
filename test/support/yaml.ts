/** js-yaml has no types of its own. */
const { load: parse } = require("js-yaml") as { load(text: string): unknown };

/** What a file of YAML says; throws where it is none. */
export const load = (text: string): unknown => parse(text);
