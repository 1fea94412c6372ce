import { isRecord, layered, switchesIn } from "./layers.plan";
import { expanded, type NodeVariables } from "./node-variables.plan";

/** A child: the name of its resource, and its arguments, without the node where it is of one. */
export interface PlannedChild {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** A node as a stack describes it: its variables, and each part that is different there. */
export type NodeDescription = Readonly<Record<string, unknown>> & { readonly variables?: NodeVariables | undefined };

/** What is said of one part of the nodes, wherever it is said. */
interface Described {
  /** `network`: the key of it in the stack, in what is shared, and in each node. */
  readonly part: string;
  readonly nodes: Readonly<Record<string, NodeDescription>>;
  readonly defaults?: unknown;
  readonly shared?: unknown;
  readonly stack?: unknown;
}

/** The part as it is on each node, with its variables in place. */
export function onEachNode(
  { part, nodes, defaults, shared, stack }: Described,
  problems: string[],
): Record<string, Readonly<Record<string, unknown>>> {
  if (Object.keys(nodes).length === 0) problems.push("nodes: name at least one");
  problems.push(...switchesIn(shared, `shared.${part}`));
  return Object.fromEntries(
    Object.entries(nodes).map(([node, described]) => {
      const merged = layered({ defaults, shared, stack, node: described[part] });
      const found = expanded(merged, { node, variables: described.variables, path: part }, problems);
      return [node, isRecord(found) ? found : {}];
    }),
  );
}

/** All that is wrong, at once. */
export function refusal(kind: string, name: string, problems: readonly string[]): string | undefined {
  const all = [...new Set(problems)];
  if (all.length === 0) return undefined;
  const many = all.length === 1 ? "a problem" : `${all.length} problems`;
  return `${kind} "${name}" has ${many}; nothing of it was touched:\n${all.map((one) => `  ${one}`).join("\n")}`;
}

/** The entries of a record within a description; none where it is left out. */
export const entriesOf = (value: unknown): [string, Readonly<Record<string, unknown>>][] =>
  isRecord(value) ? Object.entries(value).map(([key, inner]) => [key, isRecord(inner) ? inner : {}]) : [];
