import { isRecord } from "./layers.plan";

/** What `{{…}}` stands for on a node, beside `{{name}}`. */
export type NodeVariables = Readonly<Record<string, string | number>>;

const placeholder = /\{\{\s*([A-Za-z][A-Za-z0-9_]*)\s*\}\}/g;

/** Whether a text is another one on each node. */
export const hasVariables = (text: string): boolean => /\{\{/.test(text);

interface Place {
  readonly node: string;
  readonly variables?: NodeVariables | undefined;
  readonly path: string;
}

/** A description with every `{{variable}}` of the node in it replaced; what is not set goes to `problems`. */
export function expanded(value: unknown, place: Place, problems: string[]): unknown {
  const { node, variables = {}, path } = place;
  if (typeof value === "string") {
    const known: NodeVariables = { name: node, ...variables };
    const text = value.replace(placeholder, (whole, variable: string) => {
      const found = known[variable];
      if (found === undefined)
        problems.push(
          `${path}: {{${variable}}} is not set for node ${node}; write it in nodes.${node}.variables (there: ${Object.keys(known).join(", ")})`,
        );
      return found === undefined ? whole : String(found);
    });
    if (/\{\{|\}\}/.test(value.replace(placeholder, "")))
      problems.push(`${path}: has braces that mean nothing; write {{name}} or a variable of the nodes`);
    return text;
  }
  const inside = (inner: unknown, at: string) => expanded(inner, { ...place, path: at }, problems);
  if (Array.isArray(value)) return value.map((item, at) => inside(item, `${path}[${at}]`));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inside(inner, `${path}.${key}`)]));
}
